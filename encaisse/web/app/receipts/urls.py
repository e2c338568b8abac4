from django.urls import path

from encaisse.web.app.receipts import views

urlpatterns = [
    path("encaissements/", views.receipts, name="receipts"),
    path("encaissements/export.<slug:kind>", views.export_receipts, name="receipts_export"),
]
