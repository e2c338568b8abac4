"""Late-payment charges and the payment page, as they are typed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import CollectionProfile
from encaisse.ledger.rules.charges import ECB_RATES, half_year
from encaisse.tenancy.models import Company

_MARKS = ("{montant}", "{reference}", "{client}")
_ZERO, _MOST = Decimal(0), Decimal(50)


def typed_halves(today: date) -> list[str]:
    """The half-years whose rate can be typed: the last, this one and the next."""
    first = date(today.year, 1 if today.month <= 6 else 7, 1)
    before = date(first.year, 1, 1) if first.month == 7 else date(first.year - 1, 7, 1)
    after = date(first.year, 7, 1) if first.month == 1 else date(first.year + 1, 1, 1)
    return [half_year(day) for day in (before, first, after)]


class ChargesForm(forms.Form):
    """What late payment costs; the rates of the product are shown until others are typed."""

    penalty_mode = forms.ChoiceField(
        label=gettext_lazy("Pénalités de retard"),
        choices=[("", gettext_lazy("Non réclamées")), *Company.Penalty.choices],
        required=False,
        widget=forms.RadioSelect(),
    )
    penalty_rate = forms.DecimalField(
        label=gettext_lazy("Taux annuel (%)"),
        min_value=_ZERO,
        max_value=_MOST,
        max_digits=5,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=gettext_lazy("Celui de vos conditions générales de vente."),
    )
    consumers = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Profils de particuliers"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=gettext_lazy(
            "À un consommateur, ni ces pénalités ni l’indemnité de 40 € ne se réclament."
        ),
    )
    payment_url = forms.CharField(
        label=gettext_lazy("Adresse de votre page de paiement"),
        max_length=400,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://paiement.exemple.fr/{reference}"}),
        help_text=gettext_lazy(
            "La balise « lien de paiement » l’écrit. {montant}, {reference} et {client} sont "
            "remplacés par ceux de chaque message."
        ),
    )

    customer_pages = forms.BooleanField(
        label=gettext_lazy("Donner à chaque client la page de son compte"),
        required=False,
        help_text=gettext_lazy(
            "La balise lien_portail y mène depuis vos messages. Décocher "
            "ferme les adresses déjà données."
        ),
    )

    def __init__(
        self, company: Company, profiles: list[CollectionProfile], *, today: date, data: Any = None
    ) -> None:
        self._halves = typed_halves(today)
        own = {half: Decimal(rate) for half, rate in company.ecb_rates.items()}
        rates = {_field(half): own.get(half, ECB_RATES.get(half)) for half in self._halves}
        initial = {
            "penalty_mode": company.penalty_mode,
            "penalty_rate": company.penalty_rate,
            "payment_url": company.payment_url,
            "customer_pages": company.customer_pages,
            "consumers": [one.pk for one in profiles if not one.is_business],
            **rates,
        }
        super().__init__(data, initial=initial)
        chosen = self.fields["consumers"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        chosen.choices = [(one.pk, one.name) for one in profiles]
        for half in self._halves:
            year, number = half.split("-S")
            self.fields[_field(half)] = forms.DecimalField(
                label=_("%(number)sᵉʳ semestre %(year)s") % {"number": number, "year": year}
                if number == "1"
                else _("%(number)sᵉ semestre %(year)s") % {"number": number, "year": year},
                min_value=Decimal(-5),
                max_value=_MOST,
                max_digits=5,
                decimal_places=2,
                required=False,
                localize=True,
            )

    @property
    def rates(self) -> Iterator[forms.BoundField]:
        """The fields of the ECB's rates."""
        return (self[_field(half)] for half in self._halves)

    def clean_payment_url(self) -> str:
        """A web address once its marks are filled in."""
        url: str = self.cleaned_data["payment_url"].strip()
        filled = url
        for mark in _MARKS:
            filled = filled.replace(mark, "1")
        if url:
            if "{" in filled or "}" in filled:
                raise forms.ValidationError(
                    _("Entre accolades, seuls {montant}, {reference} et {client} sont connus.")
                )
            URLValidator(
                schemes=["https"], message=_("Donnez une adresse qui commence par https://.")
            )(filled)
        return url

    def clean(self) -> dict[str, Any]:
        """An agreed rate is given."""
        cleaned = super().clean() or {}
        if cleaned.get("penalty_mode") == Company.Penalty.AGREED and (
            cleaned.get("penalty_rate") is None and "penalty_rate" not in self.errors
        ):
            self.add_error("penalty_rate", _("Donnez le taux de vos conditions de vente."))
        return cleaned

    def settings(self, company: Company) -> dict[str, Any]:
        """What the company keeps; a rate equal to the product's is not kept twice."""
        rates = {half: rate for half, rate in company.ecb_rates.items() if half not in self._halves}
        for half in self._halves:
            typed = self.cleaned_data[_field(half)]
            if typed is not None and typed != ECB_RATES.get(half):
                rates[half] = f"{typed:.2f}"
        return {
            "penalty_mode": self.cleaned_data["penalty_mode"],
            "penalty_rate": self.cleaned_data["penalty_rate"],
            "payment_url": self.cleaned_data["payment_url"],
            "customer_pages": self.cleaned_data["customer_pages"],
            "ecb_rates": rates,
        }


def _field(half: str) -> str:
    return f"ecb_{half.replace('-', '_').lower()}"
