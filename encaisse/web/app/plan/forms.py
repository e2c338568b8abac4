"""What is written down after a call."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.calls import CallResult
from encaisse.collection.queries.motives import Effect, Outcome, offered_outcomes
from encaisse.core.dates import DateError, parse_date
from encaisse.core.money import AmountError, decimal_string, parse_minor
from encaisse.core.wording import told
from encaisse.tenancy.models import Company

# What an outcome cannot do without.
_NEEDED_BY = {
    "promised_amount": Outcome.PROMISE,
    "promised_date": Outcome.PROMISE,
    "motive": Outcome.DISPUTE,
}


class CallForm(forms.Form):
    """The outcome of a call, with the promise or the motive that goes with it.

    `is_call` is False for another action. `keeping` is what was typed so far, for a form that is
    shown again without being checked.
    """

    outcome = forms.ChoiceField(label=gettext_lazy("Résultat"), widget=forms.RadioSelect)
    promised_amount = forms.CharField(
        label=gettext_lazy("Montant promis"),
        error_messages={"required": gettext_lazy("Indiquez le montant promis.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    promised_date = forms.CharField(
        label=gettext_lazy("Date promise"),
        error_messages={"required": gettext_lazy("Indiquez la date promise.")},
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    motive = forms.CharField(
        label=gettext_lazy("Motif du litige"),
        max_length=80,
        error_messages={"required": gettext_lazy("Indiquez le motif du litige.")},
        widget=forms.TextInput(attrs={"list": "dispute-reasons", "autocomplete": "off"}),
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        company: Company,
        currency: str,
        claimed_minor: int,
        is_call: bool = True,
        keeping: Mapping[str, Any] | None = None,
    ) -> None:
        amount = decimal_string(claimed_minor, currency).replace(".", ",")
        kept = (
            {name: keeping[name] for name in self.base_fields if name in keeping} if keeping else {}
        )
        usual = {} if is_call else {"outcome": Outcome.DONE.value}
        offered = offered_outcomes(company, is_call=is_call)
        # Those that leave the call to do, by their codes.
        self.again = frozenset(one.code for one in offered if one.effect == Effect.AGAIN)
        initial = {"promised_amount": amount, **usual, **kept}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self._currency = currency
        self.fields["outcome"].choices = [(one.code, one.label) for one in offered]  # type: ignore[attr-defined]
        for name, needed_by in _NEEDED_BY.items():
            self.fields[name].required = data is None or data.get("outcome") == needed_by

    def clean(self) -> dict[str, Any]:
        """Read the promise or the motive; what the outcome does not need is not looked at."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Outcome.PROMISE:
            self._clean_promise(cleaned)
        return cleaned

    def _clean_promise(self, cleaned: dict[str, Any]) -> None:
        """Read the amount and the day, where they were typed."""
        try:
            amount = parse_minor(cleaned.get("promised_amount", ""), self._currency)
            cleaned["promised_minor"] = amount
        except AmountError as error:
            self.add_error("promised_amount", told(error, _))
        try:
            cleaned["promised_on"] = parse_date(cleaned.get("promised_date", ""))
        except DateError as error:
            self.add_error("promised_date", told(error, _))

    def result(self) -> CallResult:
        """What was written down, once the form is valid."""
        cleaned = self.cleaned_data
        return CallResult(
            outcome=cleaned["outcome"],
            comment=cleaned["comment"],
            promised_minor=cleaned.get("promised_minor", 0),
            promised_date=cleaned.get("promised_on"),
            motive=cleaned.get("motive", ""),
        )
