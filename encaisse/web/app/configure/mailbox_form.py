"""The mailbox where answers arrive, as it is typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.tenancy.models import Company
from encaisse.web.app.configure.forms import CompanyForm


class MailboxForm(CompanyForm):
    """How answers are read. The password is never shown again."""

    imap_host = forms.CharField(
        label=gettext_lazy("Serveur IMAP"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "imap.exemple.fr"}),
        help_text=gettext_lazy("Vide : aucune boîte n’est lue."),
    )
    imap_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535)
    imap_security = forms.ChoiceField(
        label=gettext_lazy("Chiffrement"), choices=Company.Security.choices
    )
    imap_username = forms.CharField(
        label=gettext_lazy("Identifiant"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    imap_password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Gardé chiffré, jamais réaffiché. Vide : inchangé."),
    )
    imap_folder = forms.CharField(
        label=gettext_lazy("Dossier"),
        max_length=120,
        help_text=gettext_lazy("INBOX est la boîte de réception."),
    )
    tracks_opening = forms.BooleanField(
        label=gettext_lazy("Savoir si un e-mail a été ouvert"), required=False
    )
    tracks_clicks = forms.BooleanField(
        label=gettext_lazy("Savoir si un lien a été suivi"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A mailbox is opened by a name."""
        cleaned = super().clean() or {}
        if cleaned.get("imap_host") and not cleaned.get("imap_username"):
            self.add_error("imap_username", _("Donnez l’identifiant de la boîte."))
        return cleaned
