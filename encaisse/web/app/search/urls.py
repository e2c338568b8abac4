from django.urls import path

from encaisse.web.app.search import views

urlpatterns = [path("recherche/", views.search, name="search")]
