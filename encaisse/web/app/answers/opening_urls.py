from django.urls import path

from encaisse.collection.operations.opening import PATH
from encaisse.web.app.answers.opening import opening

urlpatterns = [path(f"{PATH}<str:token>.gif", opening, name="opening")]
