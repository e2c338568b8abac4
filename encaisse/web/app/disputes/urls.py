from django.urls import path

from encaisse.web.app.disputes import actions
from encaisse.web.app.disputes.pages import disputes_page
from encaisse.web.list_screens import ListScreen

_dispute = "litiges/<int:dispute_id>/"

screen = ListScreen("disputes", "litiges/", "disputes/page.html", "litiges", asked=disputes_page)

urlpatterns = [
    *screen.urls,
    path(f"{_dispute}modifier/", actions.edit, name="dispute_edit"),
    path(f"{_dispute}suspendre/", actions.suspend, name="dispute_suspend"),
    path(f"{_dispute}reprendre/", actions.resume, name="dispute_resume"),
]
