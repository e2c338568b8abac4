from django.urls import path

from encaisse.web.app.companies import consolidated, views

urlpatterns = [
    path("", views.start, name="start"),
    path("societes/", views.companies, name="companies"),
    path("societes/clients/", consolidated.all_companies, name="all_companies"),
    path(
        "societes/clients/export.<slug:kind>",
        consolidated.export_all_companies,
        name="all_companies_export",
    ),
]
