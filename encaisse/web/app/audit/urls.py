from encaisse.web.app.audit.pages import journal_page
from encaisse.web.list_screens import ListScreen

urlpatterns = ListScreen(
    "audit",
    "configurer/journal/",
    "audit/page.html",
    "journal",
    asked=journal_page,
    capability="audit.view",
    export_capability="audit.view",
).urls
