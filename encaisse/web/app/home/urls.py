from django.urls import path

from encaisse.web.app.home import kpi_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("a-relancer/", views.to_remind, name="home_to_remind"),
    path("indicateurs/", kpi_views.kpis, name="kpis"),
    path("indicateurs/export.<slug:kind>", kpi_views.export_kpis, name="kpis_export"),
    path("indicateurs/carte/", views.kpis_card, name="home_kpis"),
    path("comment-paye/", views.payment_ways, name="home_ways"),
    path("alertes/<slug:kind>/", views.alert, name="alert"),
]
