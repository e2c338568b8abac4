"""The doors. allauth needs its own names, so these stay outside the `web` namespace."""

from allauth.account.views import login, logout
from django.urls import path

urlpatterns = [
    path("connexion/", login, name="account_login"),
    path("deconnexion/", logout, name="account_logout"),
]
