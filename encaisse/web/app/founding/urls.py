from django.urls import path

from encaisse.web.app.founding import views

urlpatterns = [
    path("societes/nouvelle/", views.new_company, name="new-company"),
    path("societes/conditions/", views.show_terms, name="terms-example"),
]
