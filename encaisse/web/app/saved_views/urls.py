from django.urls import path

from encaisse.web.app.saved_views import exports, views

_view = "vues/<int:view_id>/"
_export = "exports-planifies/<int:export_id>/"

urlpatterns = [
    path("vues/<slug:screen>/enregistrer/", views.save, name="view_save"),
    path(_view, views.edit, name="view_edit"),
    path(f"{_view}supprimer/", views.delete, name="view_delete"),
    path("exports-planifies/", exports.exports, name="scheduled_exports"),
    path("exports-planifies/<slug:screen>/nouveau/", exports.schedule, name="export_schedule"),
    path(_export, exports.edit, name="export_edit"),
    path(f"{_export}pause/", exports.pause, name="export_pause"),
    path(f"{_export}supprimer/", exports.delete, name="export_delete"),
    path(f"{_export}envoyer/", exports.send_now, name="export_send"),
]
