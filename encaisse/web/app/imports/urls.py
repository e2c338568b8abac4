from django.urls import path

from encaisse.web.app.imports import upload, views

urlpatterns = [
    path("importer/", views.imports, name="import"),
    path("importer/deposer/", upload.upload, name="import_upload"),
    path("importer/<int:file_id>/", views.import_file, name="import_file"),
    path("importer/<int:file_id>/contenu/", views.change_format, name="import_format"),
    path("importer/<int:file_id>/lire/", views.read_file, name="import_read"),
    path("importer/<int:file_id>/avancement/", views.progress, name="import_progress"),
    path("importer/<int:file_id>/ecrire/", views.write_file, name="import_write"),
    path("importer/<int:file_id>/abandonner/", views.discard_file, name="import_discard"),
    path(
        "importer/<int:file_id>/lignes-ecartees.<slug:kind>",
        views.export_set_aside,
        name="import_set_aside",
    ),
]
