"""The form of a contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from encaisse.ledger.models import Contact
from encaisse.ledger.operations.contacts import is_of_the_accounting
from encaisse.ledger.rules.contact_roles import USUAL_ROLES
from encaisse.messaging.rules.content import customer_language

_FIELDS = ("email", "name", "role", "language", "phone", "mobile")


class ContactForm(forms.Form):
    """Someone to write to, or to call. A new contact has an address."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("Saisissez une adresse e-mail valide, comme nom@exemple.fr.")
        },
    )
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120, required=False)
    role = forms.CharField(
        label=gettext_lazy("Service"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Ou plusieurs, avec des virgules."),
        widget=forms.TextInput(attrs={"list": "contact-roles", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Langue"),
        required=False,
        choices=(
            ("", gettext_lazy("Celle du client")),
            ("fr", gettext_lazy("Français")),
            ("en", gettext_lazy("Anglais")),
        ),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    mobile = forms.CharField(
        label=gettext_lazy("Mobile"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, contact: Contact | None = None) -> None:
        known = {name: getattr(contact, name) for name in _FIELDS} if contact else {}
        if known and (language := str(known["language"])):
            known["language"] = customer_language(language)
        super().__init__(data, initial=known)
        if contact is not None:
            self.fields["email"].required = False
            # What the accounting gives is shown and not changed: the next file would bring it back.
            self.fields["email"].disabled = is_of_the_accounting(contact)

    @property
    def usual_roles(self) -> tuple[str, ...]:
        """The services that are offered."""
        return USUAL_ROLES
