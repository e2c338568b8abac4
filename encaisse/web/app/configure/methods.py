"""« Modes de règlement »: what each is called, and whether it is reminded in mass."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.queries.method_effect import method_effect
from encaisse.collection.queries.scenario_effect import DayEffect, effect_day
from encaisse.core.text import fold
from encaisse.insights.methods import MethodLine, method_lines
from encaisse.ledger.operations.payment_methods import MethodChange, set_methods
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.effect_words import claimed_amounts, effect_words
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.customers.choosing import done_by

SECTION = "settings_methods"
MANUAL, AUTOMATIC = "manuel", "automatique"


class MethodForm(forms.Form):
    """One method."""

    label = forms.CharField(
        label=gettext_lazy("Libellé"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à ce mode de règlement.")},
    )
    nature = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=((MANUAL, gettext_lazy("Manuel")), (AUTOMATIC, gettext_lazy("Automatique"))),
    )

    use_required_attribute = False


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A method with its form."""

    line: MethodLine
    form: MethodForm

    @classmethod
    def of(cls, line: MethodLine, data: Any = None) -> "MethodRow":
        """The row as it is, or as it was sent."""
        method = line.method
        start = {"label": method.label, "nature": AUTOMATIC if method.is_automatic else MANUAL}
        return cls(line, MethodForm(data, initial=start, prefix=f"m{method.pk}"))

    @property
    def code(self) -> str:
        """What files call it, where that is not its name."""
        method = self.line.method
        return "" if fold(method.label) == fold(method.code) else method.code

    @property
    def change(self) -> MethodChange:
        """What was typed."""
        typed = self.form.cleaned_data
        return MethodChange(self.line.method, typed["label"], typed["nature"] == AUTOMATIC)


@dataclass(frozen=True, slots=True)
class MethodsEffect:
    """What the natures in the form would change of the next day's plan; None: they are as saved."""

    today: date
    effect: DayEffect | None

    @property
    def words(self) -> str:
        """« Avec ce réglage, 47 clients seraient relancés demain au lieu de 31. »"""
        return effect_words(self.effect, self.today) if self.effect else ""

    @property
    def amounts(self) -> list[tuple[str, int, int]]:
        """What would be claimed, by currency: before, after."""
        return claimed_amounts(self.effect) if self.effect else []


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def methods(request: CompanyRequest) -> HttpResponse:
    """The payment methods that imports brought; saving says that the new ones were looked at."""
    if request.method != "POST":
        return _shown(request, [MethodRow.of(line) for line in method_lines(request.company)])
    rows = _sent(request)
    if request.POST.get("faire") == "effet":
        return _shown(request, rows, effect=_measured(request, rows))
    if not any(row.form.errors for row in rows) and _saved(request, rows):
        messages.success(request, _("Modes de règlement enregistrés."))
        return redirect(request.url(SECTION))
    return _shown(request, rows)


@require_POST
@member_can("company.configure")
def effect(request: CompanyRequest) -> HttpResponse:
    """What the natures in the form would change."""
    context = {"effect": _measured(request, _sent(request))}
    return render(request, "configure/_methods_effect.html", context)


def _sent(request: CompanyRequest) -> list[MethodRow]:
    """The rows as they were sent: those that came since the page was shown were not on it."""
    lines = method_lines(request.company)
    sent = [line for line in lines if f"m{line.method.pk}-label" in request.POST]
    return [MethodRow.of(line, request.POST) for line in sent]


def _measured(request: CompanyRequest, rows: list[MethodRow]) -> MethodsEffect:
    """The next day's plan as it is and with the natures of the form, whatever the names."""
    automatic = {}
    for row in rows:
        method, asked = row.line.method, row.form["nature"].value() == AUTOMATIC
        if asked != method.is_automatic:
            automatic[method.pk] = asked
    if not automatic:
        return MethodsEffect(request.today, None)
    on = effect_day(request.scope, request.today)
    return MethodsEffect(request.today, method_effect(request.scope, on, automatic=automatic))


def _saved(request: CompanyRequest, rows: list[MethodRow]) -> bool:
    """Write what was typed, all of it or nothing; each refusal stands beside its name."""
    refused = set_methods([row.change for row in rows], **done_by(request))
    for row in rows:
        if why := refused.get(row.line.method.pk):
            row.form.add_error("label", why)
    return not refused


def _shown(
    request: CompanyRequest, rows: list[MethodRow], *, effect: MethodsEffect | None = None
) -> HttpResponse:
    context = {
        "rows": rows,
        "new": sum(row.line.method.is_new for row in rows),
        "effect": effect,
    }
    status = 422 if any(row.form.errors for row in rows) else 200
    return render_section(request, SECTION, "configure/methods.html", context, status=status)
