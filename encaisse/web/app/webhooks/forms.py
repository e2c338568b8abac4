"""An address that is told of events, as it is typed."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy

from encaisse.tenancy.models import WebhookEndpoint
from encaisse.tenancy.webhooks.post import AddressRefused, check_address
from encaisse.web.app.webhooks.words import GROUPS


class EndpointForm(forms.Form):
    """The address, what it is told of, and whether it is told at all."""

    url = forms.CharField(
        label=gettext_lazy("Adresse"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Celle que votre logiciel vous donne, en https. Elle reçoit une requête par événement."
        ),
    )
    label = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Pour la reconnaître, par exemple « CRM »."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("En marche"), required=False, initial=True)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Événements"),
        choices=[(group, list(kinds.items())) for group, kinds in GROUPS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un événement.")},
    )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, data: Any = None) -> Self:
        """The form of an address that is there already."""
        known = ("url", "label", "is_active", "kinds")
        return cls(data, initial={name: getattr(endpoint, name) for name in known})

    def clean_url(self) -> str:
        """An address that may be called."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            check_address(url)
        except AddressRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return url

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """The events by what they are about: kind, words, ticked."""
        chosen = set(self["kinds"].value() or ())
        return [
            (str(group), [(kind, str(label), kind in chosen) for kind, label in kinds.items()])
            for group, kinds in GROUPS
        ]
