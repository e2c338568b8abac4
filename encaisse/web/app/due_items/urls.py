from encaisse.web.app.due_items.pages import due_items_page
from encaisse.web.list_screens import ListScreen

urlpatterns = ListScreen(
    "due_items", "echeances/", "due_items/page.html", "echeances", asked=due_items_page
).urls
