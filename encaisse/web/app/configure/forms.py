"""The settings that are typed."""

import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import bic

from encaisse.connectors.tables.values import compact, is_siret, is_vat_number
from encaisse.core.countries import country_names
from encaisse.messaging.letters.rib import compact_iban, group_iban, is_valid_iban
from encaisse.messaging.services.catalogue import SERVICES
from encaisse.tenancy.models import Company
from encaisse.web.app.configure.regions import region_choices
from encaisse.web.app.founding.forms import SirenField, TermsField
from encaisse.web.language import current_language

# Offered before all the others.
_NEAR = ("FR", "BE", "CH", "LU", "MC")
_PHONE = re.compile(r"[+(]*\d[\d\s().+/-]*(?:(?:poste|ext\.?|x) ?\d+)?", re.IGNORECASE)
_LEAST_DIGITS = 4  # « 3949 »
_FRENCH_ZONES = (
    "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne",
    "Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti",
)  # fmt: skip


_KEPT = gettext_lazy("Gardée chiffrée, jamais réaffichée. Vide : inchangée.")


def _country_choices() -> list[Any]:
    """The countries whose public holidays are known, the nearest first."""
    names = country_names(current_language())
    near = [(code, names[code]) for code in _NEAR]
    others = [(code, name) for code, name in names.items() if code not in _NEAR]
    return [*near, (_("Autres pays"), others)]


class CompanyForm(forms.Form):
    """A part of a company's settings; its fields are named like the company's."""

    @classmethod
    def of(cls, company: Company, data: Any = None) -> "CompanyForm":
        """The form filled with what the company has."""
        initial = {name: getattr(company, name, None) for name in cls.base_fields}
        return cls(data, initial=initial)


class IdentityForm(CompanyForm):
    """Who writes: it is printed at the foot of letters and required by law on them."""

    name = forms.CharField(label=gettext_lazy("Raison sociale"), max_length=120)
    legal_form = forms.CharField(
        label=gettext_lazy("Forme juridique"), max_length=40, required=False
    )
    capital = forms.CharField(label=gettext_lazy("Capital social"), max_length=40, required=False)
    siren = SirenField(label="SIREN", max_length=20, required=False)
    siret = forms.CharField(
        label="SIRET",
        max_length=30,
        required=False,
        help_text=gettext_lazy("Celui de votre siège. Le SIREN en est tiré s’il manque."),
    )
    registry_city = forms.CharField(
        label=gettext_lazy("Ville du RCS"), max_length=60, required=False
    )
    vat_number = forms.CharField(label=gettext_lazy("N° de TVA"), max_length=30, required=False)
    address = forms.CharField(
        label=gettext_lazy("Adresse"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    postal_code = forms.CharField(label=gettext_lazy("Code postal"), max_length=12, required=False)
    city = forms.CharField(label=gettext_lazy("Ville"), max_length=60, required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Pays"),
        choices=_country_choices,
        help_text=gettext_lazy("Ses jours fériés décalent les relances au jour ouvré suivant."),
    )
    subdivision = forms.ChoiceField(
        label=gettext_lazy("Région"),
        choices=region_choices,
        required=False,
        help_text=gettext_lazy("Là où des jours fériés s’ajoutent à ceux du pays."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Donné dans les messages de qui n’a pas le sien."),
    )
    service_name = forms.CharField(
        label=gettext_lazy("Service"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"placeholder": gettext_lazy("Comptabilité clients")}),
        help_text=gettext_lazy("Sous le nom de l’expéditeur, au bas des messages."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Langue"),
        choices=(("fr", gettext_lazy("Français")), ("en", gettext_lazy("Anglais"))),
        help_text=gettext_lazy("Celle des messages aux clients qui n’en ont pas d’autre."),
    )
    bank_holder = forms.CharField(
        label=gettext_lazy("Titulaire du compte"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Exactement comme la banque le connaît : le payeur le vérifie."),
    )
    bank_name = forms.CharField(label=gettext_lazy("Banque"), max_length=80, required=False)
    iban = forms.CharField(label="IBAN", max_length=60, required=False)
    bic = forms.CharField(label="BIC", max_length=11, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["iban"] = group_iban(self.initial.get("iban") or "")
        if region := self.initial.get("subdivision"):
            self.initial["subdivision"] = f"{self.initial['country']}:{region}"

    def clean_siret(self) -> str:
        """The bare number."""
        number = compact(self.cleaned_data["siret"])
        if number and not is_siret(number):
            raise forms.ValidationError(
                _("Ce n’est pas un SIRET : quatorze chiffres, dont le dernier contrôle les autres.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """The SIREN that the SIRET begins with; a region of the country, by its own code."""
        cleaned = super().clean() or {}
        siren, siret = cleaned.get("siren"), cleaned.get("siret")
        if siret and siren == "":
            cleaned["siren"] = siret[:9]
        elif siret and siren and not siret.startswith(siren):
            self.add_error("siret", _("Ce SIRET n’est pas celui de ce SIREN."))
        country, _colon, code = str(cleaned.get("subdivision") or "").partition(":")
        cleaned["subdivision"] = code
        if code and country != cleaned.get("country"):
            self.add_error("subdivision", _("Cette région est dans un autre pays."))
        return cleaned

    def clean_phone(self) -> str:
        """A number that somebody can dial, written as it was."""
        phone = str(self.cleaned_data["phone"])
        digits = sum(sign.isdigit() for sign in phone)
        if phone and (digits < _LEAST_DIGITS or not _PHONE.fullmatch(phone)):
            raise forms.ValidationError(_("Ce n’est pas un numéro de téléphone."))
        return phone

    def clean_vat_number(self) -> str:
        """The bare number."""
        number = compact(self.cleaned_data["vat_number"])
        if number and not is_vat_number(number):
            raise forms.ValidationError(_("Ce n’est pas un numéro de TVA intracommunautaire."))
        return number

    def clean_iban(self) -> str:
        """The bare IBAN."""
        iban = compact_iban(self.cleaned_data["iban"])
        if iban and not is_valid_iban(iban):
            raise forms.ValidationError(
                _("Cet IBAN est faux : un signe manque ou a été mal recopié.")
            )
        return iban

    def clean_bic(self) -> str:
        """The bare BIC."""
        code = compact_iban(self.cleaned_data["bic"])
        if code and not bic.is_valid(code):
            raise forms.ValidationError(_("Ce n’est pas un BIC : huit ou onze signes."))
        return code


def secret_field(label: Any, help_text: Any = _KEPT) -> forms.CharField:
    """A key or a password: sealed, never shown again, left as it is when empty."""
    return forms.CharField(
        label=label,
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=help_text,
    )


class SenderForm(CompanyForm):
    """How messages leave. Passwords and keys are never shown again."""

    sender_name = forms.CharField(
        label=gettext_lazy("Nom de l’expéditeur"), max_length=120, required=False
    )
    sender_email = forms.EmailField(label=gettext_lazy("Adresse de l’expéditeur"), required=False)
    reply_to = forms.EmailField(
        label=gettext_lazy("Adresse de réponse"),
        required=False,
        help_text=gettext_lazy("Si les réponses doivent arriver ailleurs."),
    )
    smtp_host = forms.CharField(
        label=gettext_lazy("Serveur SMTP"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "smtp.exemple.fr"}),
    )
    smtp_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(
        label=gettext_lazy("Chiffrement"), choices=Company.Security.choices
    )
    smtp_username = forms.CharField(
        label=gettext_lazy("Identifiant"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    smtp_password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Gardé chiffré, jamais réaffiché. Vide : inchangé."),
    )

    mail_service = forms.ChoiceField(
        label=gettext_lazy("Les e-mails partent par"),
        choices=(
            ("", gettext_lazy("Votre serveur SMTP")),
            (gettext_lazy("Un service d’envoi"), Company.Service.choices),
        ),
        required=False,
    )
    service_key = secret_field(gettext_lazy("Clé d’API"))
    service_secret = secret_field(gettext_lazy("Clé secrète"))
    service_domain = forms.CharField(
        label=gettext_lazy("Domaine d’envoi"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "mg.exemple.fr"}),
        help_text=gettext_lazy("Vide : celui de l’adresse de l’expéditeur."),
    )
    service_signing = secret_field(
        gettext_lazy("Clé de signature des événements"),
        gettext_lazy(
            "Le service la montre à côté de ses webhooks (signing key, signing secret, "
            "verification key). Gardée chiffrée."
        ),
    )
    service_url = forms.CharField(
        label=gettext_lazy("Adresse de l’API"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Pour un compte hébergé en Europe : https://api.eu.mailgun.net/v3, "
            "https://api.eu.sparkpost.com/api/v1 ou https://api.eu.sendgrid.com/v3. "
            "Vide : l’adresse habituelle du service."
        ),
    )

    def clean_service_url(self) -> str:
        """Encrypted, unless it is this machine."""
        address = str(self.cleaned_data["service_url"])
        parts = urlsplit(address)
        is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        if address and not (parts.scheme == "https" and parts.hostname) and not is_here:
            raise forms.ValidationError(_("Donnez une adresse qui commence par https://."))
        return address

    def clean(self) -> dict[str, Any]:
        """What each service needs beside the address."""
        cleaned = super().clean() or {}
        self._check_service(cleaned)
        if cleaned.get("smtp_host") and not cleaned.get("sender_email"):
            self.add_error("sender_email", _("Donnez l’adresse que vos clients verront."))
        return cleaned

    def _check_service(self, cleaned: dict[str, Any]) -> None:
        """A service that was not there before comes with its keys."""
        service = cleaned.get("mail_service")
        if not service or service == self.initial.get("mail_service"):
            return
        if not cleaned.get("service_key"):
            self.add_error("service_key", _("Donnez la clé que ce service vous a remise."))
        if SERVICES[service].secret and not cleaned.get("service_secret"):
            self.add_error("service_secret", _("Ce service a deux clés : donnez aussi celle-ci."))


class RulesForm(CompanyForm):
    """When messages may leave by themselves, and how dates are computed."""

    timezone = forms.ChoiceField(
        label=gettext_lazy("Fuseau horaire"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in _zones()],
    )
    fiscal_year_month = forms.TypedChoiceField(
        label=gettext_lazy("Premier mois de l’exercice"), choices=list(MONTHS.items()), coerce=int
    )
    default_payment_terms = TermsField(
        label=gettext_lazy("Conditions de règlement habituelles"),
        max_length=60,
        help_text=gettext_lazy("Quand une facture n’a pas d’échéance, elle est calculée ainsi."),
    )
    send_from_hour = forms.IntegerField(
        label=gettext_lazy("Envoyer à partir de (heure)"), min_value=0, max_value=23
    )
    send_until_hour = forms.IntegerField(
        label=gettext_lazy("Jusqu’à (heure)"), min_value=1, max_value=24
    )
    freshness_hours = forms.IntegerField(
        label=gettext_lazy("Données valables pendant (heures)"),
        min_value=1,
        max_value=24 * 90,
        help_text=gettext_lazy(
            "Au-delà, plus rien ne part tout seul. 168 heures font sept jours : bien pour un "
            "fichier déposé à la main."
        ),
    )
    automatic_paused = forms.BooleanField(
        label=gettext_lazy("Suspendre les envois automatiques"), required=False
    )
    digest_to = forms.CharField(
        label=gettext_lazy("Prévenir avant qu’ils ne partent"),
        required=False,
        help_text=gettext_lazy(
            "Une adresse par ligne. Elles reçoivent la liste de ce qui va partir, une heure avant."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_digest_to(self) -> str:
        """Addresses, one a line."""
        words = self.cleaned_data["digest_to"].replace(",", " ").replace(";", " ").split()
        for word in words:
            try:
                validate_email(word)
            except ValidationError:
                raise ValidationError(
                    _("« %(text)s » n’est pas une adresse e-mail.") % {"text": word}
                ) from None
        return "\n".join(dict.fromkeys(words))

    def clean(self) -> dict[str, Any]:
        """The hours follow each other."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("send_from_hour"), cleaned.get("send_until_hour")
        if start is not None and end is not None and start >= end:
            self.add_error("send_until_hour", _("L’heure de fin doit suivre l’heure de début."))
        return cleaned


def _zones() -> list[str]:
    others = sorted(zone for zone in available_timezones() if "/" in zone)
    return [*_FRENCH_ZONES, *(zone for zone in others if zone not in _FRENCH_ZONES)]
