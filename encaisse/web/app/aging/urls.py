from encaisse.web.app.aging.pages import aging_page
from encaisse.web.list_screens import ListScreen

urlpatterns = ListScreen(
    "aging", "qui-vous-doit-quoi/", "aging/page.html", "qui-vous-doit-quoi", asked=aging_page
).urls
