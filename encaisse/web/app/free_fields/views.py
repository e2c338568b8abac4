"""« Champs libres »: what the company calls them, and where they are shown."""

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
from encaisse.insights.free_fields import free_values
from encaisse.ledger.models import FreeField
from encaisse.ledger.operations.free_fields import set_free_fields
from encaisse.ledger.queries.free_fields import PLACES, field_document, free_fields
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.free_fields.words import PLACES as PLACE_WORDS

SECTION = "settings_fields"


class FieldForm(forms.Form):
    """One field."""

    label = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, field: FreeField, data: Any = None) -> None:
        super().__init__(data, initial=field_document(field), prefix=f"{field.about}{field.number}")
        self.places = PLACES[FreeField.About(field.about)]
        self.fields["label"].widget.attrs["placeholder"] = field.source_column or field.usual_name
        for name in self.places:
            self.fields[name] = forms.BooleanField(
                label=str(PLACE_WORDS[field.about, name]), required=False
            )

    @property
    def boxes(self) -> list[forms.BoundField]:
        """Where it is shown."""
        return [self[name] for name in self.places]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field, its form, and some of its values."""

    field: FreeField
    form: FieldForm
    values: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        """What was typed, as a configuration document writes it."""
        return {
            "about": self.field.about,
            "number": self.field.number,
            **self.form.cleaned_data,
        }


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def fields(request: CompanyRequest) -> HttpResponse:
    """Two fields of customers, three of entries."""
    known = free_fields(request.company)
    values = free_values(request.company)
    rows = [
        FieldRow(field, FieldForm(field, request.POST or None), values[field.about, field.number])
        for field in known.all()
    ]
    if request.POST:
        _refuse_twins(rows)
    if request.POST and not any(row.form.errors for row in rows):
        documents = [row.document for row in rows]
        changed = set_free_fields(request.company, documents, **done_by(request))
        text = _("Champs libres enregistrés.") if changed else _("Rien n’avait changé.")
        messages.success(request, text)
        return redirect(request.url(SECTION))
    context = {
        "groups": (
            (_("Champs des clients"), "customer", [row for row in rows if _is_customer(row)]),
            (_("Champs des pièces"), "entry", [row for row in rows if not _is_customer(row)]),
        )
    }
    status = 422 if any(row.form.errors for row in rows) else 200
    return render_section(request, SECTION, "free_fields/page.html", context, status=status)


def _refuse_twins(rows: list[FieldRow]) -> None:
    """Two fields of customers, or of entries, are not called the same."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if not row.form.is_valid():
            continue
        name = (row.field.about, fold(row.form.cleaned_data["label"]))
        if name[1] and name in seen:
            row.form.add_error("label", _("Un autre champ porte déjà ce nom."))
        seen.add(name)


def _is_customer(row: FieldRow) -> bool:
    return row.field.about == FreeField.About.CUSTOMER
