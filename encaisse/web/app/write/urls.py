from django.urls import path

from encaisse.web.app.write import files, listing, views

_root = "clients/<int:customer_id>/ecrire/"
_way = f"{_root}<slug:way>/"

urlpatterns = [
    path("agir/clients/", listing.by_customer, name="by_customer"),
    path(_way, views.write, name="write"),
    path(f"{_way}apercu/", views.preview, name="write_preview"),
    path(f"{_way}contenu/", views.content, name="write_content"),
    path(f"{_way}modele/", views.change_text, name="write_template"),
    path(f"{_root}fichiers/<slug:token>/", files.change_files, name="write_file"),
]
