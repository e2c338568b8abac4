from django.urls import path

from encaisse.web.app.aging import views

urlpatterns = [
    path("qui-vous-doit-quoi/", views.aging, name="aging"),
    path("qui-vous-doit-quoi/export.<slug:kind>", views.export_aging, name="aging_export"),
]
