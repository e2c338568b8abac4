from django.urls import path

from encaisse.collection.operations.clicks import PATH
from encaisse.web.app.events.links import follow_link
from encaisse.web.app.events.views import take_service_events

urlpatterns = [
    path("evenements/<str:token>/<slug:service>/", take_service_events, name="service_events"),
    path(f"{PATH}<str:token>", follow_link, name="follow_link"),
]
