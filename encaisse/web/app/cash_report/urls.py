from django.urls import path

from encaisse.web.app.cash_report import views

ROOT = "mon-cash-reporting/"

urlpatterns = [
    path(ROOT, views.report, name="me_cash_report"),
    path(f"{ROOT}contenu/", views.content, name="me_cash_report_content"),
    path(f"{ROOT}essai/", views.trial, name="me_cash_report_trial"),
]
