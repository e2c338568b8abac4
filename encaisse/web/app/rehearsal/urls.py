from django.urls import path

from encaisse.web.app.rehearsal import views

urlpatterns = [
    path("configurer/repetition/", views.rehearsal, name="settings_rehearsal"),
    path("configurer/repetition/oublier/", views.forget, name="settings_rehearsal_forget"),
]
