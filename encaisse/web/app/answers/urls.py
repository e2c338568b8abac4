from django.urls import path

from encaisse.web.app.answers import views
from encaisse.web.app.answers.pages import asked_page
from encaisse.web.list_screens import ListScreen

screen = ListScreen(
    "answers",
    "suivre/reponses/",
    "answers/page.html",
    "reponses",
    asked=asked_page,
    capability="activity.view",
)

urlpatterns = [
    *screen.urls,
    path("suivre/reponses/<int:answer_id>/", views.answer, name="answer"),
    path("suivre/reponses/<int:answer_id>/traiter/", views.handle, name="answer_handle"),
    path("suivre/reponses/<int:answer_id>/rouvrir/", views.reopen, name="answer_reopen"),
]
