from django.urls import path

from encaisse.web.app.activities import reminder, views

_reminder = "activites/<int:reminder_id>/"

urlpatterns = [
    path("activites/", views.activities, name="activities"),
    path("activites/export.<slug:kind>", views.export_activities, name="activities_export"),
    path(_reminder, reminder.reminder, name="reminder"),
    path(f"{_reminder}contenu/", reminder.reminder_content, name="reminder_content"),
    path(f"{_reminder}courrier.pdf", reminder.reminder_file, name="reminder_file"),
    path(f"{_reminder}fichiers/<int:number>/", reminder.attachment, name="reminder_attachment"),
    path(f"{_reminder}verifier/", reminder.resolve_reminder, name="reminder_resolve"),
    path(f"{_reminder}annuler/", reminder.cancel_reminder, name="reminder_cancel"),
]
