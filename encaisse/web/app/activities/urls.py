from django.urls import path

from encaisse.web.app.activities import letters, reminder
from encaisse.web.app.activities.pages import activities_page
from encaisse.web.list_screens import ListScreen

_reminder = "activites/<int:reminder_id>/"

screen = ListScreen(
    "activities",
    "activites/",
    "activities/page.html",
    "activites",
    asked=activities_page,
    capability="activity.view",
)

urlpatterns = [
    *screen.urls,
    path("activites/courriers.zip", letters.letters, name="activities_letters"),
    path(_reminder, reminder.reminder, name="reminder"),
    path(f"{_reminder}contenu/", reminder.reminder_content, name="reminder_content"),
    path(f"{_reminder}courrier.pdf", reminder.reminder_file, name="reminder_file"),
    path(f"{_reminder}fichiers/<int:number>/", reminder.attachment, name="reminder_attachment"),
    path(f"{_reminder}verifier/", reminder.resolve_reminder, name="reminder_resolve"),
    path(f"{_reminder}annuler/", reminder.cancel_reminder, name="reminder_cancel"),
]
