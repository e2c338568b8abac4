"""Fields shared by the creation of a company and its settings, and what makes them right."""

from typing import Any

from babel.numbers import get_currency_name
from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.connectors.tables.values import compact, is_siren
from encaisse.core.wording import told
from encaisse.ledger.rules.terms import TermsError, parse_terms
from encaisse.web.language import current_language

CURRENCIES = (
    "EUR", "CHF", "GBP", "USD", "CAD", "MAD", "TND", "XOF", "XAF", "XPF", "JPY", "SEK", "PLN",
)  # fmt: skip


def currency_choices(*also: str) -> list[tuple[str, str]]:
    """Currencies by code and name."""
    codes = [*CURRENCIES, *(code for code in also if code not in CURRENCIES)]
    language = current_language()
    return [(code, f"{code} – {get_currency_name(code, locale=language)}") for code in codes]


class SirenField(forms.CharField):
    """Nine digits with a right key, spaces allowed; the value has none."""

    def clean(self, value: Any) -> str:
        """The bare number. Raises ValidationError."""
        siren = compact(str(super().clean(value)))
        if siren and not is_siren(siren):
            raise forms.ValidationError(
                _("Ce n’est pas un SIREN : neuf chiffres, dont le dernier contrôle les autres.")
            )
        return siren


class TermsField(forms.CharField):
    """Payment terms as people say them; the value is their usual writing."""

    def clean(self, value: Any) -> str:
        """« 45 jours fin de mois ». Raises ValidationError."""
        try:
            return str(parse_terms(str(super().clean(value))))
        except TermsError as error:
            raise forms.ValidationError(told(error, _)) from error


class NewCompanyForm(forms.Form):
    """The few things a company needs before its first import."""

    name = forms.CharField(
        label=gettext_lazy("Raison sociale"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    slug = forms.CharField(
        label=gettext_lazy("Nom court"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Dans l’adresse des pages et en ligne de commande. Laissez vide : il est tiré du nom."
        ),
    )
    siren = SirenField(
        label="SIREN",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    base_currency = forms.ChoiceField(
        label=gettext_lazy("Devise de la comptabilité"), choices=currency_choices, initial="EUR"
    )
    default_payment_terms = TermsField(
        label=gettext_lazy("Conditions de règlement habituelles"),
        max_length=60,
        initial="30 jours",
        help_text=gettext_lazy("Quand une facture n’a pas d’échéance, elle est calculée ainsi."),
    )
    sender_email = forms.EmailField(
        label=gettext_lazy("Adresse de l’expéditeur"),
        required=False,
        help_text=gettext_lazy(
            "Celle que vos clients verront. Le serveur d’envoi se règle ensuite."
        ),
    )

    start = forms.ChoiceField(
        label=gettext_lazy("Pour relancer"),
        choices=(
            ("scenarios", gettext_lazy("Les scénarios habituels")),
            ("levels", gettext_lazy("Démarrage rapide : des niveaux de relance")),
        ),
        initial="scenarios",
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_slug(self) -> str:
        """A word fit for an address."""
        typed: str = self.cleaned_data["slug"]
        slug = slugify(typed)
        if typed and not slug:
            raise forms.ValidationError(_("Écrivez des lettres, des chiffres et des tirets."))
        return slug
