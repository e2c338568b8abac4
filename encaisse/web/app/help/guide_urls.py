"""The same guide for those who are in no company yet."""

from django.urls import path

from encaisse.web.app.help import views

urlpatterns = [
    path("aide/", views.guide, name="guide"),
    path("aide/<slug:page>/", views.guide_page, name="guide_page"),
]
