"""The targets that are typed: twelve months, up to three amounts each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.cash_targets import NO_AIMS, Aims
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.wording import told
from encaisse.web.language import typed_amount

AIMS = (
    ("pessimistic", gettext_lazy("Pessimiste")),
    ("realistic", gettext_lazy("Réaliste")),
    ("optimistic", gettext_lazy("Optimiste")),
)
# Beyond that no database column holds it.
_HIGHEST = 10**17


class AmountField(forms.CharField):
    """An amount as people write it, in minor units once cleaned; empty is None."""

    def __init__(self, *, currency: str, label: str) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "class": "input"}
        widget = forms.TextInput(attrs={**attributes, "aria-label": label})
        super().__init__(required=False, max_length=30, widget=widget, label=label)
        self.currency = currency

    def clean(self, value: Any) -> int | None:
        """Read what was typed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            minor = parse_minor(text, self.currency)
        except AmountError as error:
            raise forms.ValidationError(told(error, _)) from None
        if abs(minor) > _HIGHEST:
            raise forms.ValidationError(_("Ce montant est trop grand."))
        return minor


@dataclass(frozen=True, slots=True)
class Row:
    """One month of the form."""

    month: date
    fields: list[forms.BoundField]

    @property
    def errors(self) -> list[str]:
        """What is wrong with it, each sentence once."""
        return list(dict.fromkeys(str(error) for field in self.fields for error in field.errors))


class TargetsForm(forms.Form):
    """The targets of some months in one currency."""

    def __init__(
        self, data: Any = None, *, months: Sequence[date], currency: str, aims: Mapping[date, Aims]
    ) -> None:
        super().__init__(data)
        self.months, self.currency = months, currency
        for month in months:
            for (name, label), minor in zip(AIMS, aims.get(month, NO_AIMS), strict=True):
                key = _key(month, name)
                words = f"{label}, {date_format(month, 'F Y')}"
                self.fields[key] = AmountField(currency=currency, label=words)
                self.initial[key] = "" if minor is None else typed_amount(minor, currency)

    @property
    def rows(self) -> list[Row]:
        """The months with their three fields."""
        return [
            Row(month, [self[_key(month, name)] for name, _label in AIMS]) for month in self.months
        ]

    @property
    def typed(self) -> dict[date, Aims]:
        """What was typed, once the form is valid."""
        return {
            month: Aims(*(self.cleaned_data[_key(month, name)] for name, _label in AIMS))
            for month in self.months
        }

    def refuse(self, month: date, message: str) -> None:
        """Show what is wrong with a month beside its first amount."""
        self.add_error(_key(month, AIMS[0][0]), message)


def _key(month: date, name: str) -> str:
    return f"{month:%Y-%m}-{name}"
