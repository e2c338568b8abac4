"""A token as it is asked for."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.tenancy.models import ApiToken, Company

RIGHTS = ApiToken.Right.choices


class TokenForm(forms.Form):
    """A name, what it opens, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        help_text=gettext_lazy("Celui du logiciel : il signe dans le journal ce qui vient de lui."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Droits"),
        choices=RIGHTS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un droit.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("Dernier jour"),
        required=False,
        help_text=gettext_lazy("Le jeton n’ouvre plus rien le lendemain."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, company: Company, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self._company, self._today = company, today

    def clean_last_day(self) -> date | None:
        """A day that is not over."""
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and not self._today <= day < date(2100, 1, 1):
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return day

    @property
    def expires_at(self) -> datetime | None:
        """The end of the last day, where the company is."""
        day: date | None = self.cleaned_data["last_day"]
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), self._company.zone)
