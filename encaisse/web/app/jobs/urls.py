from django.urls import path

from encaisse.web.app.jobs import views

urlpatterns = [
    path("travaux/", views.jobs, name="jobs"),
    path("travaux/<int:job_id>/arreter/", views.stop_job, name="job_stop"),
]
