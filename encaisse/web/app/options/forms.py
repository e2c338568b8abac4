"""What « Options » asks."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.motives import LONGEST_OUTCOME, LONGEST_REASON
from encaisse.collection.queries.motives import Effect
from encaisse.core.ageing import BoundsRefused, parse_bounds
from encaisse.core.wording import told
from encaisse.ledger.rules.scope import USUAL_ACCOUNTS, LedgerScope, ScopeRefused, scope_of
from encaisse.tenancy.models import Company

_LONGEST_CLOSURE = 92


class BoundsForm(forms.Form):
    """The ageing periods."""

    aging_bounds = forms.CharField(
        label=gettext_lazy("Jours de retard où finit une tranche"),
        max_length=40,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("De un à cinq nombres de jours, séparés par des virgules."),
    )

    use_required_attribute = False

    def clean_aging_bounds(self) -> list[int]:
        """The numbers of days. Raises ValidationError."""
        try:
            return list(parse_bounds(self.cleaned_data["aging_bounds"]))
        except BoundsRefused as refusal:
            raise ValidationError(told(refusal, _)) from refusal


class NumbersForm(forms.Form):
    """By which number an entry is called."""

    numbers_shown = forms.ChoiceField(
        label=gettext_lazy("Numéro affiché"),
        choices=Company.Numbers.choices,
        widget=forms.RadioSelect,
    )


class ObstaclesForm(forms.Form):
    """What holds reminders back."""

    promises_suspend = forms.BooleanField(
        label=gettext_lazy("Exclure des relances les écritures avec promesse à venir"),
        required=False,
    )
    disputes_suspend = forms.BooleanField(
        label=gettext_lazy("Un litige suspend la relance"), required=False
    )


class MotiveForm(forms.Form):
    """One reason to contest; `was` is what it is called today."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    active = forms.BooleanField(label=gettext_lazy("Proposé"), required=False)

    use_required_attribute = False


class OutcomeForm(forms.Form):
    """One outcome of a call; those that everyone has keep their effect."""

    code = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(
        label=gettext_lazy("Résultat"),
        max_length=LONGEST_OUTCOME,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    effect = forms.ChoiceField(
        label=gettext_lazy("Ensuite"),
        choices=(
            (Effect.DONE.value, gettext_lazy("l’appel est fait")),
            (Effect.AGAIN.value, gettext_lazy("l’appel reste à faire")),
            (Effect.PROMISE.value, gettext_lazy("une promesse est notée")),
            (Effect.DISPUTE.value, gettext_lazy("un litige est ouvert")),
        ),
    )
    active = forms.BooleanField(label=gettext_lazy("Proposé"), required=False)

    use_required_attribute = False

    @property
    def is_own(self) -> bool:
        """True for an outcome that the company added: its effect may be chosen, and it may go."""
        code = str(self["code"].value() or "")
        return not code or code.startswith("own-")

    @property
    def is_given(self) -> bool:
        """True for an outcome that everyone has: it stays."""
        return not self.is_own

    @property
    def effect_words(self) -> str:
        """What it does, in words."""
        words = dict(self.base_fields["effect"].choices)  # type: ignore[attr-defined]
        return str(words.get(self["effect"].value(), ""))

    @property
    def own_effects(self) -> list[tuple[str, Any]]:
        """What an outcome of the company may do."""
        return list(self.base_fields["effect"].choices)[:2]  # type: ignore[attr-defined]


class WeekdaysForm(forms.Form):
    """The days that are worked."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Jours travaillés"),
        choices=[(str(number + 1), day) for number, day in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Gardez au moins un jour travaillé.")},
    )

    use_required_attribute = False

    def clean_weekdays(self) -> str:
        """The days as the company keeps them, Monday first."""
        return "".join(sorted(self.cleaned_data["weekdays"]))


class ClosureForm(forms.Form):
    """Days on which the company is closed; one day alone has no last day."""

    label = forms.CharField(
        label=gettext_lazy("Fermeture"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    first = forms.DateField(
        label=gettext_lazy("Du"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Indiquez le jour.")},
    )
    last = forms.DateField(
        label=gettext_lazy("Au (compris)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """The days follow each other, and not for months."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("Le dernier jour doit suivre le premier."))
        elif first and last and (last - first).days >= _LONGEST_CLOSURE:
            text = _("Une fermeture dure %(days)d jours au plus.")
            self.add_error("last", text % {"days": _LONGEST_CLOSURE})
        return cleaned

    @property
    def closure(self) -> dict[str, str]:
        """The closure as the company keeps it, once valid."""
        first: date = self.cleaned_data["first"]
        last: date = self.cleaned_data["last"] or first
        label = self.cleaned_data["label"].strip()
        return {"first": first.isoformat(), "last": last.isoformat(), "label": label}


class ScopeForm(forms.Form):
    """Which accounts and journals the ledger takes."""

    account_prefixes = forms.CharField(
        label=gettext_lazy("Comptes suivis"),
        max_length=400,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Leurs débuts, séparés par des virgules. Vide : les comptes clients habituels."
        ),
    )
    excluded_journals = forms.CharField(
        label=gettext_lazy("Journaux exclus"),
        max_length=400,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Leurs codes, séparés par des virgules. Leurs écritures ne comptent plus."
        ),
    )

    @classmethod
    def of(cls, company: Company) -> "ScopeForm":
        """The form with the company's scope in it."""
        return cls(
            initial={
                "account_prefixes": ", ".join(company.account_prefixes or USUAL_ACCOUNTS),
                "excluded_journals": ", ".join(company.excluded_journals),
            }
        )

    def clean(self) -> dict[str, Any]:
        """The scope, under `scope`."""
        cleaned = super().clean() or {}
        prefixes = words_of(cleaned.get("account_prefixes", ""))
        journals = words_of(cleaned.get("excluded_journals", ""))
        try:
            cleaned["scope"] = scope_of([one.upper() for one in prefixes], journals)
        except ScopeRefused as refusal:
            self.add_error(None, told(refusal, _))
        return cleaned

    @property
    def scope(self) -> LedgerScope:
        """The scope that was typed, once valid."""
        found: LedgerScope = self.cleaned_data["scope"]
        return found


def words_of(text: str) -> list[str]:
    """The words of a list that commas or semicolons part."""
    return [word.strip() for word in text.replace(";", ",").split(",") if word.strip()]
