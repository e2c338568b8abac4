from django.urls import path

from encaisse.web.app.start import views

urlpatterns = [
    path("demarrer/", views.start, name="start"),
    path("demarrer/accueil/", views.show, name="start_show"),
    path("demarrer/<slug:code>/", views.confirm, name="start_confirm"),
]
