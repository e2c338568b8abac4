from django.urls import path

from encaisse.web.app.help import views

urlpatterns = [
    path("aide/", views.company_help, name="help"),
    path("aide/<slug:page>/", views.company_help_page, name="help_page"),
]
