"""The forms of a customer's page. They read what was typed; the operations decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import CollectionProfile
from encaisse.collection.rules.mentions import Person, unknown_names
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.wording import told
from encaisse.ledger.models import LedgerEntry
from encaisse.web.language import typed_amount

WHOLE, SOME = "customer", "entries"


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry that a form offers, ticked or not."""

    entry: LedgerEntry
    is_ticked: bool
    days_late: int


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day, picked from the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class EntriesForm(forms.Form):
    """A form about some of the customer's open entries."""

    entries = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        offered: Sequence[LedgerEntry],
        ticked: Collection[int] = (),
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.offered = {entry.pk: entry for entry in offered}
        self.today = today
        self._ticked = frozenset(ticked)
        self.fields["entries"].choices = [(pk, str(e)) for pk, e in self.offered.items()]  # type: ignore[attr-defined]
        self.fields["entries"].error_messages["invalid_choice"] = _(
            "Une des pièces cochées n’est plus due. Vérifiez la liste, mise à jour."
        )

    @property
    def choices(self) -> list[Choice]:
        """The entries as the form shows them."""
        ticked = self._posted() if self.is_bound else self._ticked
        return [
            Choice(entry, pk in ticked, entry.days_late(self.today))
            for pk, entry in self.offered.items()
        ]

    @property
    def chosen(self) -> list[LedgerEntry]:
        """The entries that were ticked, once the form is valid."""
        return [self.offered[pk] for pk in self.cleaned_data.get("entries", ())]

    def _posted(self) -> frozenset[int]:
        words = self.data.getlist("entries") if hasattr(self.data, "getlist") else ()
        return frozenset(int(word) for word in words if word.isdecimal())


class TargetForm(EntriesForm):
    """A form about the whole account, or about the entries that are ticked."""

    target = forms.ChoiceField(
        choices=(
            (WHOLE, gettext_lazy("Tout le compte")),
            (SOME, gettext_lazy("Seulement les pièces cochées")),
        ),
        widget=forms.RadioSelect,
        label=gettext_lazy("Sur quoi ?"),
    )

    def clean(self) -> dict[str, Any] | None:
        """Ask for entries where the user chose to name some."""
        named = self.cleaned_data.get("entries") or "entries" in self.errors
        if self.cleaned_data.get("target") == SOME and not named:
            self.add_error("entries", _("Cochez au moins une pièce."))
        return super().clean()

    @property
    def named(self) -> list[LedgerEntry]:
        """The entries that the user named; none means the whole account."""
        return self.chosen if self.cleaned_data["target"] == SOME else []


class HoldForm(TargetForm):
    """STOP."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    until = day_field(
        gettext_lazy("Jusqu’au"),
        required=False,
        help_text=gettext_lazy(
            "Ce jour compris. Sans date, le STOP dure jusqu’à ce qu’on le lève."
        ),
    )


class DisputeForm(TargetForm):
    """A dispute; it suspends reminders unless the box is unticked."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "dispute-reasons", "autocomplete": "off"}),
    )
    amount = forms.CharField(
        label=gettext_lazy("Montant contesté"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=gettext_lazy("Si seule une partie d’une pièce est contestée."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    suspends = forms.BooleanField(
        label=gettext_lazy("Suspendre aussi les relances"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any] | None:
        """A part can be contested of one entry only."""
        cleaned = super().clean()
        text = self.cleaned_data.get("amount", "")
        if text and not self.errors:
            named = self.named
            if len(named) != 1:
                self.add_error("amount", _("Pour un montant partiel, cochez une seule pièce."))
            else:
                self.cleaned_data["amount_minor"] = typed_minor(self, "amount", named[0].currency)
        return cleaned

    @property
    def contested(self) -> dict[LedgerEntry, int | None]:
        """The contested part of each named entry; None for all of it."""
        return {entry: self.cleaned_data.get("amount_minor") for entry in self.named}


def typed_minor(form: forms.Form, field: str, currency: str) -> int | None:
    """The amount that was typed; None, and the error beside the field, when it is none."""
    try:
        minor = parse_minor(form.cleaned_data[field], currency)
    except AmountError as error:
        form.add_error(field, told(error, _))
        return None
    if minor <= 0:
        form.add_error(field, _("Indiquez un montant positif."))
    return minor


def amount_text(entries: Sequence[LedgerEntry]) -> str:
    """What these entries still owe, as a field shows it; empty over several currencies."""
    currencies = {entry.currency for entry in entries}
    if len(currencies) != 1:
        return ""
    total = sum(entry.remaining_minor for entry in entries)
    return typed_amount(total, currencies.pop())


# No profile in particular: that of the rules, else the default one.
AUTOMATIC_PROFILE = 0


class ProfileForm(forms.Form):
    """The customer's profile."""

    profile = forms.TypedChoiceField(
        label=gettext_lazy("Profil"), coerce=int, widget=forms.RadioSelect
    )

    def __init__(
        self, data: Any = None, *, profiles: Sequence[CollectionProfile], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            *((profile.pk, profile.name) for profile in profiles),
            (AUTOMATIC_PROFILE, _("Automatique : selon vos règles, sinon le profil par défaut")),
        ]


class AddressForm(forms.Form):
    """A postal address, as an envelope shows it below the name."""

    address = forms.CharField(
        label=gettext_lazy("Adresse postale"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=gettext_lazy("Sans le nom : la rue, puis le code postal et la ville."),
    )


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(
        label=gettext_lazy("Nouvelle note"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("La note est vide.")},
    )
    as_is = forms.BooleanField(label=gettext_lazy("Enregistrer ainsi"), required=False)

    def __init__(self, *args: Any, people: Sequence[Person] = (), **kwargs: Any) -> None:
        """`people`: those whom it may name; a name that is none of theirs is told once."""
        super().__init__(*args, **kwargs)
        self._people = people
        self.strangers: list[str] = []

    def clean(self) -> dict[str, Any] | None:
        """Say whom nobody would warn, before it is saved."""
        cleaned = super().clean()
        text = self.cleaned_data.get("text", "")
        self.strangers = unknown_names(text, self._people)
        if self.strangers and not self.cleaned_data.get("as_is"):
            told = {"names": ", ".join(self.strangers)}
            text = _("%(names)s : aucun collègue de ce nom ne voit ce client, ou plusieurs.")
            self.add_error("text", text % told)
        return cleaned


class LinksForm(forms.Form):
    """Nothing to fill in: sending it renews the customer's addresses."""


class OutcomeForm(forms.Form):
    """How a dispute ended."""

    outcome = forms.CharField(
        label=gettext_lazy("Issue"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "dispute-outcomes", "autocomplete": "off"}),
    )


class LevelForm(EntriesForm):
    """The level that entries are set to, without sending anything."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("Niveau atteint"),
        coerce=int,
        choices=[
            (0, gettext_lazy("Aucun (jamais relancé)")),
            *((n, f"R{n}") for n in range(1, 10)),
        ],
    )

    def clean(self) -> dict[str, Any] | None:
        """Ask for entries."""
        if "entries" not in self.errors and not self.cleaned_data.get("entries"):
            self.add_error("entries", _("Cochez au moins une pièce."))
        return super().clean()
