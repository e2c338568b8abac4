"""Where e-mails go."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.tenancy.models import Company, User

MODES = Company.MailMode


class MailModeForm(forms.Form):
    """To the customers, to one address, or nowhere."""

    mail_mode = forms.ChoiceField(
        label=gettext_lazy("Ce qui part"), choices=MODES.choices, widget=forms.RadioSelect
    )
    redirect_to = forms.EmailField(
        label=gettext_lazy("Adresse qui reçoit tout"), max_length=254, required=False
    )

    @classmethod
    def of(cls, company: Company, user: User, data: Any = None) -> "MailModeForm":
        """The form filled with the company's mode; the address proposed is one's own."""
        address = company.redirect_to or user.email
        return cls(data, initial={"mail_mode": company.mail_mode, "redirect_to": address})

    def clean(self) -> dict[str, Any]:
        """One address for all is needed when all goes there; else the last one is kept."""
        cleaned = super().clean() or {}
        if cleaned.get("mail_mode") == MODES.REDIRECT:
            if not cleaned.get("redirect_to") and "redirect_to" not in self.errors:
                self.add_error("redirect_to", _("Donnez l’adresse qui recevra tout."))
        else:
            self.errors.pop("redirect_to", None)
            cleaned.pop("redirect_to", None)
        return cleaned
