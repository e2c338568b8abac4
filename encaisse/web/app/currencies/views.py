"""Configurer › Devises: rates typed, read in a file, or asked of the European Central Bank."""

from pathlib import Path

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.connectors.rates.ecb import follow_the_bank
from encaisse.connectors.rates.importing import RatesResult, import_rates
from encaisse.connectors.refusal import FileRefused
from encaisse.core.dates import short_date
from encaisse.ledger.operations.rates import RateRefused, record_rate, remove_rate
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.currencies.forms import RateForm, RatesFileForm
from encaisse.web.app.currencies.pages import CurrenciesPage
from encaisse.web.language import shown_rate

SECTION = "settings_currencies"


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def currencies(request: CompanyRequest) -> HttpResponse:
    """The currencies of the ledger with their last rates; POST keeps the rate of a day."""
    page = CurrenciesPage(request.company, request.today)
    if request.method != "POST":
        return _page(request, page)
    form = RateForm.of(request, page.codes, request.POST)
    if form.is_valid():
        try:
            kept = record_rate(
                request.company,
                currency=form.cleaned_data["currency"],
                day=form.cleaned_data["day"],
                units=form.cleaned_data["units"],
                today=request.today,
                author=Author.of(request.user),
            )
        except RateRefused as refusal:
            form.add_error("day", str(refusal))
        else:
            words = {"rate": shown_rate(kept.rate), "day": short_date(kept.day)}
            messages.success(request, _("Cours enregistré : %(rate)s le %(day)s.") % words)
            return redirect(request.url(SECTION))
    return _page(request, page, form=form)


@require_POST
@member_can("company.configure")
def import_file(request: CompanyRequest) -> HttpResponse:
    """Keep the rates of a file, and say what was left of it."""
    page, form = (
        CurrenciesPage(request.company, request.today),
        RatesFileForm(request.POST, request.FILES),
    )
    if not form.is_valid():
        return _page(request, page, file_form=form)
    file = form.cleaned_data["file"]
    try:
        result = import_rates(
            request.company,
            Path(file.temporary_file_path()),
            name=file.name,
            today=request.today,
            author=Author.of(request.user),
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return _page(request, page, file_form=form)
    if result.set_aside:
        return _page(request, page, result=result)
    messages.success(request, outcome(result))
    return redirect(request.url(SECTION))


@require_POST
@member_can("company.configure")
def bank(request: CompanyRequest) -> HttpResponse:
    """Follow the European Central Bank from now on, ask it again, or stop."""
    is_on = request.POST.get("is_on") == "1"
    follow_the_bank(request.company, is_on=is_on, actor=request.user)
    if is_on:
        messages.success(request, _("Les cours de la BCE sont demandés."))
    else:
        messages.success(request, _("Les cours de la BCE ne sont plus demandés."))
    return redirect(request.url(SECTION))


@require_POST
@member_can("company.configure")
def remove(request: CompanyRequest, rate_id: int) -> HttpResponse:
    """Forget a rate: the one before it serves again."""
    rate = remove_rate(request.company, rate_id, author=Author.of(request.user))
    if rate is not None:
        words = {"rate": shown_rate(rate.rate), "day": short_date(rate.day)}
        messages.success(request, _("Cours retiré : %(rate)s le %(day)s.") % words)
    return redirect(request.url("settings_rates"))


def outcome(result: RatesResult) -> str:
    """What became of the rates of a file, in a sentence."""
    written = result.written
    if not result.currencies:
        return _("Aucun cours gardé : vos écritures n’ont aucune de ces devises.")
    if not written.added and not written.changed:
        return _("Rien à changer : ces cours étaient déjà connus.")
    added = ngettext("%(count)d cours ajouté", "%(count)d cours ajoutés", written.added)
    changed = ngettext("%(count)d changé", "%(count)d changés", written.changed)
    words = {
        "added": added % {"count": written.added},
        "changed": changed % {"count": written.changed},
        "currencies": ", ".join(result.currencies),
    }
    return _("%(added)s, %(changed)s : %(currencies)s.") % words


def _page(
    request: CompanyRequest,
    page: CurrenciesPage,
    *,
    form: RateForm | None = None,
    file_form: RatesFileForm | None = None,
    result: RatesResult | None = None,
) -> HttpResponse:
    is_wrong = form is not None or file_form is not None
    # What a file brought is there already.
    shown = CurrenciesPage(request.company, request.today) if result else page
    context = {
        "page": shown,
        "form": form or RateForm.of(request, shown.codes),
        "file_form": file_form or RatesFileForm(),
        "result": result,
        "outcome": outcome(result) if result else "",
    }
    return render_section(
        request, SECTION, "currencies/page.html", context, status=422 if is_wrong else 200
    )
