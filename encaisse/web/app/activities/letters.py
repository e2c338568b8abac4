"""The letters of the list « Activités », one file each."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from encaisse.collection.queries.reminders import all_reminders
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.activities.listspec import criteria_of
from encaisse.web.app.activities.pages import activities_page
from encaisse.web.app.plan.letters import letter_files
from encaisse.web.zipped import zip_response


@require_safe
@member_can("ledger.export")
def letters(request: CompanyRequest) -> HttpResponseBase:
    """What was printed of the list, as its filters leave it, in one archive."""
    page = activities_page(request)
    criteria = replace(criteria_of(page.state), has_file=True)
    files = list(letter_files(all_reminders(request.scope, criteria)))
    if not files:
        messages.info(request, _("Aucun courrier imprimé dans cette liste."))
        return redirect(request.url("activities"))
    return zip_response(files, name=f"courriers-{request.today:%Y-%m-%d}.zip")
