from django.urls import path

from encaisse.web.app.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("a-relancer/", views.to_remind, name="home_to_remind"),
]
