from django.urls import path

from encaisse.web.app.api_tokens import views

_ROOT = "configurer/api/"

urlpatterns = [
    path(_ROOT, views.api_tokens, name="settings_api"),
    path(f"{_ROOT}creer/", views.create, name="settings_api_create"),
    path(f"{_ROOT}<int:token_id>/revoquer/", views.revoke, name="settings_api_revoke"),
]
