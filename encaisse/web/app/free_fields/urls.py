from django.urls import path

from encaisse.web.app.free_fields import views

urlpatterns = [path("configurer/champs/", views.fields, name="settings_fields")]
