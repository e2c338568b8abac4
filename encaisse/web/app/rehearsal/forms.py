"""Where e-mails go."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.tenancy.models import Company, User

MODES = Company.MailMode
FORGET, KEEP = "forget", "keep"


class MailModeForm(forms.Form):
    """To the customers, to one address, or nowhere."""

    mail_mode = forms.ChoiceField(
        label=gettext_lazy("Ce qui part"), choices=MODES.choices, widget=forms.RadioSelect
    )
    redirect_to = forms.EmailField(
        label=gettext_lazy("Adresse qui reçoit tout"), max_length=254, required=False
    )

    # What becomes of the messages of the rehearsal, asked of those who leave it.
    afterwards = forms.ChoiceField(
        choices=((FORGET, gettext_lazy("Les oublier")), (KEEP, gettext_lazy("Les garder"))),
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, rehearsed: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rehearsed = rehearsed

    @classmethod
    def of(
        cls, company: Company, user: User, data: Any = None, *, rehearsed: int
    ) -> "MailModeForm":
        """The form filled with the company's mode; the address proposed is one's own.

        `rehearsed`: how many messages of rehearsals count as sent.
        """
        initial = {
            "mail_mode": company.mail_mode,
            "redirect_to": company.redirect_to or user.email,
            "afterwards": FORGET,
        }
        is_rehearsing = company.mail_mode != MODES.LIVE and not company.is_demo
        return cls(data, initial=initial, rehearsed=rehearsed if is_rehearsing else 0)

    def takes_afterwards(self) -> str:
        """What was chosen of the rehearsal; empty for who does not leave it."""
        return str(self.cleaned_data.pop("afterwards"))

    def clean(self) -> dict[str, Any]:
        """One address for all is needed when all goes there; else the last one is kept."""
        cleaned = super().clean() or {}
        if cleaned.get("mail_mode") == MODES.REDIRECT:
            if not cleaned.get("redirect_to") and "redirect_to" not in self.errors:
                self.add_error("redirect_to", _("Donnez l’adresse qui recevra tout."))
        else:
            self.errors.pop("redirect_to", None)
            cleaned.pop("redirect_to", None)
        leaves = self.rehearsed and cleaned.get("mail_mode") == MODES.LIVE
        if not leaves:
            self.errors.pop("afterwards", None)
            cleaned["afterwards"] = ""
        elif not cleaned.get("afterwards") and "afterwards" not in self.errors:
            self.add_error("afterwards", _("Dites s’il faut les oublier ou les garder."))
        return cleaned
