"""« Niveaux de relance »: the quick start, levels instead of scenarios."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from encaisse.collection.operations.configuration import ConfigurationRefused
from encaisse.collection.operations.quick_levels import LevelsRefused, set_levels
from encaisse.collection.queries.quick_levels import QuickLevels, quick_levels
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.addressees import Addressees
from encaisse.web.app.configure.levels_form import PREFIX, LevelForm, LevelsForm
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.rows import MOST_ROWS, Row, place_in, read_rows

SECTION = "settings_levels"
_STEP_DAYS = 10


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def levels(request: CompanyRequest) -> HttpResponse:
    """The levels; `debut` is the first day, which goes on with the import."""
    now = quick_levels(request.company)
    if now is None:
        return render_section(request, SECTION, "configure/levels.html", {"form": None})
    if request.method != "POST":
        return _page(request, now, LevelsForm.of(now.simple))
    rows = read_rows(request.POST, PREFIX, LevelForm.base_fields)
    if act := request.POST.get("faire"):
        return _page(request, now, LevelsForm.again(request.POST, _changed(rows, act)))
    form = LevelsForm.typed(request.POST, rows)
    if form.is_valid() and _saved(request, form):
        return redirect(request.url("import" if "debut" in request.GET else SECTION))
    return _page(request, now, form)


def _changed(rows: list[Row], act: str) -> list[Row]:
    """The rows with one more, or one less."""
    if act == "ajouter":
        return [*rows, _next(rows)] if len(rows) < MOST_ROWS else rows
    try:
        place = place_in(act, rows)
    except ValueError:
        return rows
    return rows[:place] + rows[place + 1 :]


def _next(rows: list[Row]) -> Row:
    """A level after the others, with the text of the last one."""
    days = [int(row["days"]) for row in rows if row["days"].lstrip("-").isdecimal()]
    last = rows[-1] if rows else {}
    return {
        "label": "",
        "days": str(max([0, *days]) + _STEP_DAYS),
        "by_email": "on",
        "by_letter": last.get("by_letter", ""),
        "body": last.get("body", ""),
    }


def _saved(request: CompanyRequest, form: LevelsForm) -> bool:
    try:
        changes = set_levels(
            request.company,
            form.simple,
            replaces=form.shared.cleaned_data["replaces"],
            author=Author.of(request.user),
        )
    except LevelsRefused as refusal:
        form.shared.add_error("replaces", str(refusal))
        return False
    except ConfigurationRefused as refusal:
        form.shared.add_error(None, str(refusal))
        return False
    if changes.scenarios or changes.templates:
        messages.success(request, _("Niveaux enregistrés. Le plan du jour les suit déjà."))
    else:
        messages.success(request, _("Rien n’avait changé."))
    return True


def _page(request: CompanyRequest, now: QuickLevels, form: LevelsForm) -> HttpResponse:
    context = {
        "form": form,
        "now": now,
        "addressees": Addressees(request.company),
        "is_first_day": "debut" in request.GET,
        "is_replacing": not now.fits and not now.is_untouched,
    }
    status = 422 if form.errors else 200
    return render_section(request, SECTION, "configure/levels.html", context, status=status)
