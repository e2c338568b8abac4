from django.urls import include, path

urlpatterns = [path("", include("encaisse.web.urls"))]
