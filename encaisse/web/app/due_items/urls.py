from django.urls import path

from encaisse.web.app.due_items import views

urlpatterns = [
    path("echeances/", views.due_items, name="due_items"),
    path("echeances/export.<slug:kind>", views.export_due_items, name="due_items_export"),
]
