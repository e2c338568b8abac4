from django.urls import path

from encaisse.web.app.criteria import order_views
from encaisse.web.app.criteria.pages import criteria_page
from encaisse.web.list_screens import ListScreen

ROOT = "agir/criteres/"
LINE = f"{ROOT}relancer/<int:customer_id>/<slug:currency>/"

screen = ListScreen(
    "by_criteria", ROOT, "criteria/page.html", "clients-en-retard", asked=criteria_page
)

urlpatterns = [
    *screen.urls,
    path(f"{ROOT}relancer/", order_views.order, name="by_criteria_order"),
    path(f"{LINE}apercu/", order_views.preview, name="by_criteria_preview"),
    path(f"{LINE}contenu/", order_views.content, name="by_criteria_content"),
    path(f"{ROOT}preparation/<int:job_id>/", order_views.progress, name="by_criteria_run"),
    path(f"{ROOT}preparation/<int:job_id>/arreter/", order_views.stop, name="by_criteria_stop"),
]
