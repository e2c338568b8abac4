"""The fields that say when something leaves by mail; `ui/rhythm.html` shows them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.insights.models import RegularMail
from encaisse.insights.rules.sending_days import LAST_MONTH_DAY, Rhythm

_DAYS = (
    ("1", gettext_lazy("lun.")), ("2", gettext_lazy("mar.")), ("3", gettext_lazy("mer.")),
    ("4", gettext_lazy("jeu.")), ("5", gettext_lazy("ven.")), ("6", gettext_lazy("sam.")),
    ("7", gettext_lazy("dim.")),
)  # fmt: skip
WEEK, MONTH = "week", "month"
_WAYS = (
    (WEEK, gettext_lazy("Certains jours de la semaine")),
    (MONTH, gettext_lazy("Une fois par mois")),
)


class RhythmForm(forms.Form):
    """Days of the week or one of the month, and an hour."""

    rhythm = forms.ChoiceField(choices=_WAYS, initial=WEEK, widget=forms.RadioSelect)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Jours de la semaine"),
        choices=_DAYS,
        required=False,
        initial=["1"],
        widget=forms.CheckboxSelectMultiple,
    )
    month_day = forms.TypedChoiceField(
        label=gettext_lazy("Jour du mois"),
        choices=[(day, str(day)) for day in range(1, LAST_MONTH_DAY + 1)],
        coerce=int,
        required=False,
        empty_value=None,
        initial=1,
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Heure"), choices=[(n, f"{n} h") for n in range(24)], coerce=int,
        initial=7,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Only the days of the rhythm that was chosen count."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("rhythm") == WEEK and not typed.get("weekdays") and not self.errors:
            self.add_error("weekdays", _("Choisissez au moins un jour."))
        return typed

    @property
    def chosen(self) -> Rhythm:
        """What was asked, once the form is valid."""
        typed = self.cleaned_data
        by_month = typed["rhythm"] == MONTH
        days = frozenset() if by_month else frozenset(map(int, typed["weekdays"]))
        return Rhythm(days, typed["month_day"] if by_month else None, typed["hour"])


def rhythm_initial(mail: RegularMail) -> dict[str, Any]:
    """The fields of something as it stands."""
    return {
        "rhythm": MONTH if mail.month_day else WEEK,
        "weekdays": list(mail.weekdays),
        "month_day": mail.month_day or 1,
        "hour": mail.hour,
    }
