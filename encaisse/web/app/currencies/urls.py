from django.urls import path

from encaisse.web.app.currencies import views
from encaisse.web.app.currencies.pages import rates_page
from encaisse.web.list_screens import ListScreen

_root = "configurer/devises/"

urlpatterns = [
    path(_root, views.currencies, name="settings_currencies"),
    path(f"{_root}fichier/", views.import_file, name="settings_rates_import"),
    path(f"{_root}bce/", views.bank, name="settings_rates_bank"),
    path(f"{_root}cours/<int:rate_id>/retirer/", views.remove, name="settings_rate_remove"),
    *ListScreen(
        "settings_rates",
        f"{_root}cours/",
        "currencies/rates.html",
        "cours",
        asked=rates_page,
        capability="company.configure",
        export_capability="company.configure",
    ).urls,
]
