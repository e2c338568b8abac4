from django.urls import path

from encaisse.web.app.answers import views

urlpatterns = [
    path("suivre/reponses/", views.answers, name="answers"),
    path("suivre/reponses/<int:answer_id>/", views.answer, name="answer"),
    path("suivre/reponses/<int:answer_id>/traiter/", views.handle, name="answer_handle"),
    path("suivre/reponses/<int:answer_id>/rouvrir/", views.reopen, name="answer_reopen"),
]
