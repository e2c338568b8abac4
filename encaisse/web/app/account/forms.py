"""What a person says of himself."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class ProfileForm(forms.Form):
    """Names as colleagues and customers read them."""

    first_name = forms.CharField(
        label=gettext_lazy("Prénom"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    job_title = forms.CharField(
        label=gettext_lazy("Fonction"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Langue"), choices=settings.LANGUAGES)


class AddressForm(forms.Form):
    """Another e-mail address."""

    email = forms.EmailField(
        label=gettext_lazy("Nouvelle adresse e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._present = email

    def clean_email(self) -> str:
        """Lower case, and another one than now."""
        email = str(self.cleaned_data["email"]).lower()
        if email == self._present:
            raise forms.ValidationError(_("C’est déjà votre adresse."))
        return email
