from encaisse.web.app.receipts.pages import receipts_page
from encaisse.web.list_screens import ListScreen

urlpatterns = ListScreen(
    "receipts", "encaissements/", "receipts/page.html", "encaissements", asked=receipts_page
).urls
