from django.urls import path

from encaisse.web.app.disputes import actions, views

_dispute = "litiges/<int:dispute_id>/"

urlpatterns = [
    path("litiges/", views.disputes, name="disputes"),
    path("litiges/export.<slug:kind>", views.export_disputes, name="disputes_export"),
    path(f"{_dispute}modifier/", actions.edit, name="dispute_edit"),
    path(f"{_dispute}suspendre/", actions.suspend, name="dispute_suspend"),
    path(f"{_dispute}reprendre/", actions.resume, name="dispute_resume"),
]
