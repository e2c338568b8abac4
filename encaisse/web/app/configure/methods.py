"""« Modes de règlement »: what each is called, and whether it is reminded in mass."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from encaisse.core.text import fold
from encaisse.insights.methods import MethodLine, method_lines
from encaisse.ledger.operations.payment_methods import MethodChange, set_methods
from encaisse.web.access import CompanyRequest, member_can
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


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def methods(request: CompanyRequest) -> HttpResponse:
    """The payment methods that imports brought; saving says that the new ones were looked at."""
    lines = method_lines(request.company)
    if request.method != "POST":
        return _shown(request, [MethodRow.of(line) for line in lines])
    # Those that came since the page was shown were not on it.
    sent = [line for line in lines if f"m{line.method.pk}-label" in request.POST]
    rows = [MethodRow.of(line, request.POST) for line in sent]
    if not any(row.form.errors for row in rows) and _saved(request, rows):
        messages.success(request, _("Modes de règlement enregistrés."))
        return redirect(request.url(SECTION))
    return _shown(request, rows)


def _saved(request: CompanyRequest, rows: list[MethodRow]) -> bool:
    """Write what was typed, all of it or nothing; each refusal stands beside its name."""
    refused = set_methods([row.change for row in rows], **done_by(request))
    for row in rows:
        if why := refused.get(row.line.method.pk):
            row.form.add_error("label", why)
    return not refused


def _shown(request: CompanyRequest, rows: list[MethodRow]) -> HttpResponse:
    context = {"rows": rows, "new": sum(row.line.method.is_new for row in rows)}
    status = 422 if any(row.form.errors for row in rows) else 200
    return render_section(request, SECTION, "configure/methods.html", context, status=status)
