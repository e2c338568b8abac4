"""Saving a section of « Options »: the page again when it stays open, None when it is done."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.operations.motives import ListRefused, Renamed, set_motives, set_outcomes
from encaisse.collection.queries.motives import CallOutcome, Effect, Motive
from encaisse.ledger.operations.scope import change_scope
from encaisse.tenancy.journal import Author
from encaisse.tenancy.operations import configure_company
from encaisse.web.access import CompanyRequest
from encaisse.web.app.options.forms import (
    BoundsForm,
    ClosureForm,
    MotiveForm,
    NumbersForm,
    ObstaclesForm,
    OutcomeForm,
    ScopeForm,
    WeekdaysForm,
)
from encaisse.web.app.options.pages import CLOSURES, MOTIVES, OUTCOMES, OptionsPage
from encaisse.web.app.options.rows import ACT, Rows

Save = Callable[[CompanyRequest, OptionsPage], OptionsPage | None]


def _configure(request: CompanyRequest, **fields: object) -> None:
    configure_company(request.company, author=Author.of(request.user), **fields)
    messages.success(request, _("Réglages enregistrés."))


def save_bounds(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The ageing periods."""
    form = BoundsForm(request.POST)
    if not form.is_valid():
        return page.with_form("bounds", form)
    _configure(request, **form.cleaned_data)
    return None


def save_numbers(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The number by which entries are called."""
    form = NumbersForm(request.POST)
    if not form.is_valid():
        return page.with_form("numbers", form)
    _configure(request, **form.cleaned_data)
    return None


def save_obstacles(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """What holds reminders back."""
    form = ObstaclesForm(request.POST)
    if not form.is_valid():
        return page.with_form("obstacles", form)
    _configure(request, **form.cleaned_data)
    return None


def save_motives(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The reasons of disputes."""
    if ACT in request.POST:
        new = {"was": "", "label": "", "active": "on"}
        return page.with_form("motives", Rows.changed(MotiveForm, MOTIVES, request.POST, new=new))
    rows = Rows.typed(MotiveForm, MOTIVES, request.POST)
    page = page.with_form("motives", rows)
    if not rows.is_valid():
        return page
    wanted = [Renamed(Motive(row["label"], row["active"]), row["was"]) for row in rows.cleaned]
    try:
        set_motives(request.company, wanted, author=Author.of(request.user))
    except ListRefused as refusal:
        return replace(page, refused=str(refusal))
    messages.success(request, _("Motifs de litige enregistrés."))
    return None


def save_outcomes(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The outcomes of calls."""
    if ACT in request.POST:
        new = {"code": "", "label": "", "effect": Effect.DONE.value, "active": "on"}
        return page.with_form(
            "outcomes", Rows.changed(OutcomeForm, OUTCOMES, request.POST, new=new)
        )
    rows = Rows.typed(OutcomeForm, OUTCOMES, request.POST)
    page = page.with_form("outcomes", rows)
    if not rows.is_valid():
        return page
    wanted = [
        CallOutcome(row["code"], row["label"], Effect(row["effect"]), row["active"])
        for row in rows.cleaned
    ]
    try:
        kept = set_outcomes(request.company, wanted, author=Author.of(request.user))
    except ListRefused as refusal:
        return replace(page, refused=str(refusal))
    messages.success(request, _("Résultats d’appel enregistrés."))
    for one in kept:
        text = _("« %(label)s » a déjà servi : il n’est plus proposé, mais reste dans la liste.")
        messages.warning(request, text % {"label": one.label})
    return None


def save_weekdays(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The days that are worked."""
    form = WeekdaysForm(request.POST)
    if not form.is_valid():
        return page.with_form("weekdays", form)
    _configure(request, **form.cleaned_data)
    return None


def save_closures(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The days on which the company is closed."""
    if ACT in request.POST:
        new = {"label": "", "first": "", "last": ""}
        return page.with_form(
            "closures", Rows.changed(ClosureForm, CLOSURES, request.POST, new=new)
        )
    rows = Rows.typed(ClosureForm, CLOSURES, request.POST)
    if not rows.is_valid():
        return page.with_form("closures", rows)
    closures = sorted((form.closure for form in rows.forms), key=lambda one: one["first"])
    _configure(request, closures=closures)
    return None


def save_scope(request: CompanyRequest, page: OptionsPage) -> OptionsPage | None:
    """The accounts and journals: their effect is shown first, then `faire=appliquer` saves."""
    form = ScopeForm(request.POST)
    page = page.with_form("scope", form)
    if not form.is_valid():
        return page
    write = request.POST.get(ACT) == "appliquer"
    effect = change_scope(
        request.company,
        form.scope,
        author=Author.of(request.user),
        now=timezone.now(),
        write=write,
    )
    if not write:
        return replace(page, effect=effect)
    messages.success(request, _("Périmètre enregistré : le solde de vos clients le suit déjà."))
    return None


# By the last word of the address.
PARTS: Mapping[str, Save] = {
    "tranches": save_bounds,
    "numeros": save_numbers,
    "obstacles": save_obstacles,
    "motifs": save_motives,
    "resultats": save_outcomes,
    "jours": save_weekdays,
    "fermetures": save_closures,
    "perimetre": save_scope,
}
