from django.urls import path

from encaisse.web.app.options import views

urlpatterns = [
    path("configurer/options/", views.options, name="settings_options"),
    path("configurer/options/journaux/", views.journals, name="settings_journals"),
    path("configurer/options/<slug:part>/", views.option, name="settings_option"),
]
