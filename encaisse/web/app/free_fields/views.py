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
from encaisse.ledger.queries.free_fields import (
    NUMBERS,
    PLACES,
    field_document,
    free_fields,
    usual_field,
)
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.free_fields.words import PLACES as PLACE_WORDS

SECTION = "settings_fields"
_ADD = {FreeField.About.CUSTOMER: "ajouter-client", FreeField.About.ENTRY: "ajouter-piece"}


def _prefix(field: FreeField) -> str:
    return f"{field.about}{field.number}"


class FieldForm(forms.Form):
    """One field."""

    label = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, field: FreeField, data: Any = None) -> None:
        super().__init__(data, initial=field_document(field), prefix=_prefix(field))
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


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """The fields in use of customers, or of entries."""

    about: FreeField.About
    rows: list[FieldRow]
    # Those that are not on the page.
    spare: list[FieldRow]

    @property
    def title(self) -> str:
        """Whose they are."""
        is_customer = self.about == FreeField.About.CUSTOMER
        return _("Champs des clients") if is_customer else _("Champs des pièces")

    @property
    def most(self) -> int:
        """How many there may be."""
        return len(NUMBERS[self.about])

    @property
    def is_full(self) -> bool:
        """Whether none can be added."""
        return not self.spare

    def with_another(self) -> "FieldGroup":
        """The group with one more on the page, where there is one."""
        rows = sorted([*self.rows, *self.spare[:1]], key=lambda one: one.field.number)
        return FieldGroup(self.about, rows, self.spare[1:])


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def fields(request: CompanyRequest) -> HttpResponse:
    """The free fields in use; `faire=ajouter-client` shows one more on the page."""
    groups = _groups(request)
    act = request.POST.get("faire", "")
    if act:
        groups = [one.with_another() if act == _ADD[one.about] else one for one in groups]
        return _shown(request, groups)
    rows = [row for group in groups for row in group.rows]
    if request.POST:
        _refuse_twins(rows)
    if request.POST and not any(row.form.errors for row in rows):
        documents = [row.document for row in rows]
        changed = set_free_fields(request.company, documents, **done_by(request))
        text = _("Champs libres enregistrés.") if changed else _("Rien n’avait changé.")
        messages.success(request, text)
        return redirect(request.url(SECTION))
    return _shown(request, groups)


def _groups(request: CompanyRequest) -> list[FieldGroup]:
    """What was sent; else the fields that somebody or a file spoke of, or that hold texts."""
    known = {(one.about, one.number): one for one in free_fields(request.company).all()}
    values = free_values(request.company)
    groups = []
    for about, numbers in NUMBERS.items():
        rows: list[FieldRow] = []
        spare: list[FieldRow] = []
        for number in numbers:
            field = known.get((about.value, number)) or usual_field(about, number)
            held = values[about.value, number]
            if f"{_prefix(field)}-shown" in request.POST:
                rows.append(FieldRow(field, FieldForm(field, request.POST), held))
            elif not request.POST and (field.pk or held):
                rows.append(FieldRow(field, FieldForm(field), held))
            else:
                spare.append(FieldRow(field, FieldForm(field), held))
        groups.append(FieldGroup(about, rows, spare))
    return groups


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


def _shown(request: CompanyRequest, groups: list[FieldGroup]) -> HttpResponse:
    has_errors = any(row.form.errors for group in groups for row in group.rows)
    status = 422 if has_errors else 200
    context = {"groups": groups}
    return render_section(request, SECTION, "free_fields/page.html", context, status=status)
