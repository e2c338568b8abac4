from django.urls import path

from encaisse.web.app.promises import actions, views

urlpatterns = [
    path("promesses/", views.promises, name="promises"),
    path("promesses/export.<slug:kind>", views.export_promises, name="promises_export"),
    path("promesses/<int:promise_id>/reporter/", actions.postpone, name="promise_postpone"),
    path(
        "promesses/<int:promise_id>/annuler-echeancier/",
        actions.cancel_instalments,
        name="instalments_cancel",
    ),
]
