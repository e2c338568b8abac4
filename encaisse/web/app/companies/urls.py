from django.urls import path

from encaisse.web.app.companies import views

urlpatterns = [
    path("", views.start, name="start"),
    path("societes/", views.companies, name="companies"),
]
