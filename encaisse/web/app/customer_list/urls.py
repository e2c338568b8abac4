from django.urls import path

from encaisse.web.app.customer_list import profiles, views

urlpatterns = [
    path("clients/", views.customers, name="customers"),
    path("clients/export.<slug:kind>", views.export_customers, name="customers_export"),
    path("clients/profil/", profiles.set_profile, name="customers_profile"),
]
