from django.urls import path

from encaisse.web.app.promises import actions
from encaisse.web.app.promises.pages import promises_page
from encaisse.web.list_screens import ListScreen

screen = ListScreen(
    "promises", "promesses/", "promises/page.html", "promesses", asked=promises_page
)

urlpatterns = [
    *screen.urls,
    path("promesses/<int:promise_id>/reporter/", actions.postpone, name="promise_postpone"),
    path("promesses/<int:promise_id>/remettre/", actions.put_back, name="promise_put_back"),
    path(
        "promesses/<int:promise_id>/annuler-echeancier/",
        actions.cancel_instalments,
        name="instalments_cancel",
    ),
]
