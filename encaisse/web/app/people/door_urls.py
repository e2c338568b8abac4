"""An invitation is opened by people who are in no company yet."""

from django.urls import path

from encaisse.web.app.people import door

urlpatterns = [path("invitation/<str:token>/", door.invitation, name="invitation")]
