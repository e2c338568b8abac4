from django.urls import path

from encaisse.web.app.customer_list import profiles
from encaisse.web.app.customer_list.pages import customers_page
from encaisse.web.list_screens import ListScreen

screen = ListScreen(
    "customers", "clients/", "customer_list/page.html", "clients", asked=customers_page
)

urlpatterns = [
    *screen.urls,
    path("clients/profil/", profiles.set_profile, name="customers_profile"),
    path(
        "clients/profil/<int:stamp>/annuler/",
        profiles.undo_profile,
        name="customers_profile_undo",
    ),
]
