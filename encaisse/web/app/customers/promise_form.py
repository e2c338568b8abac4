"""The form of a promise: one payment, several equal ones, or a schedule typed line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.promises import MOST_INSTALMENTS
from encaisse.collection.rules.promises import Instalment, Period, equal_instalments
from encaisse.core.dates import parse_date
from encaisse.core.money import parse_minor
from encaisse.core.wording import told
from encaisse.web.app.customers.forms import EntriesForm, day_field, typed_minor

# Enough rows for most schedules without JavaScript; with it, there are as many as are needed.
_ROWS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the schedule as it was typed, and what is wrong with it."""

    number: int
    day: str = ""
    amount: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        """True when nothing was typed in it."""
        return not self.day and not self.amount


class PromiseForm(EntriesForm):
    """What the customer promised to pay, and when. Lines that were typed win over equal parts."""

    amount = forms.CharField(
        label=gettext_lazy("Montant promis"),
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "data-sum": ""}
        ),
    )
    promised_date = day_field(gettext_lazy("Pour le"), required=False)
    count = forms.IntegerField(
        label=gettext_lazy("Nombre de versements"),
        initial=1,
        min_value=1,
        max_value=MOST_INSTALMENTS,
        required=False,
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Un versement"),
        choices=(
            (Period.WEEK, gettext_lazy("par semaine")),
            (Period.FORTNIGHT, gettext_lazy("toutes les deux semaines")),
            (Period.MONTH, gettext_lazy("par mois")),
        ),
        initial=Period.MONTH,
        required=False,
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        # Both are needed unless a schedule is typed: the fields say so themselves.
        for name in ("amount", "promised_date"):
            self.fields[name].required = not self.has_schedule
        self._wrong: dict[int, str] = {}
        self.instalments: list[Instalment] = []

    @property
    def rows(self) -> list[Row]:
        """The lines of the schedule: those typed, and empty ones after them."""
        typed = [row for row in self._typed() if not row.is_empty]
        shown = [
            Row(number, row.day, row.amount, self._wrong.get(number, ""))
            for number, row in enumerate(typed, start=1)
        ]
        return shown + [Row(number) for number in range(len(shown) + 1, _ROWS + 1)]

    @property
    def has_schedule(self) -> bool:
        """True when a line of the schedule was typed."""
        return any(not row.is_empty for row in self._typed())

    def clean(self) -> dict[str, Any] | None:
        """Read the amounts in the currency of the entries."""
        cleaned = super().clean()
        if "entries" not in self.errors and not self.chosen:
            self.add_error("entries", _("Cochez les pièces que le client a promis de payer."))
        if self.errors:
            return cleaned
        currency = self.chosen[0].currency
        self.instalments = self._schedule(currency) if self.has_schedule else self._parts(currency)
        return cleaned

    def _parts(self, currency: str) -> list[Instalment]:
        """The amount in as many equal parts as are asked for."""
        total = typed_minor(self, "amount", currency)
        if total is None or self.errors:
            return []
        return equal_instalments(
            total,
            start=self.cleaned_data["promised_date"],
            count=self.cleaned_data.get("count") or 1,
            period=Period(self.cleaned_data.get("period") or Period.MONTH),
        )

    def _schedule(self, currency: str) -> list[Instalment]:
        """The lines that were typed; the errors beside them."""
        found = []
        for row in self.rows:
            if row.is_empty:
                continue
            try:
                found.append(Instalment(_day(row.day), _minor(row.amount, currency)))
            except ValueError as error:
                self._wrong[row.number] = told(error, _)
        if self._wrong:
            self.add_error(None, _("Corrigez l’échéancier, ligne par ligne."))
            return []
        return sorted(found)

    def _typed(self) -> list[Row]:
        days, amounts = self._list("schedule_date"), self._list("schedule_amount")
        return [
            Row(number, day.strip(), amount.strip())
            for number, (day, amount) in enumerate(zip(days, amounts, strict=False), start=1)
        ][: 2 * MOST_INSTALMENTS]

    def _list(self, name: str) -> Sequence[str]:
        return self.data.getlist(name) if hasattr(self.data, "getlist") else ()


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise ValueError(_("Indiquez la date de ce versement."))
    return day


def _minor(text: str, currency: str) -> int:
    minor = parse_minor(text, currency)
    if minor <= 0:
        raise ValueError(_("Indiquez un montant positif."))
    return minor
