"""When one gets one's cash report."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy

from encaisse.insights.models import CashReport
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.web.rhythm import MONTH, WEEK, RhythmForm, rhythm_initial

_OFF, _DAILY = "off", "daily"
_WORKING_DAYS = "12345"


class CashReportForm(RhythmForm):
    """Never, every working day, some days of the week, or once a month."""

    rhythm = forms.ChoiceField(
        choices=(
            (_OFF, gettext_lazy("Jamais")),
            (_DAILY, gettext_lazy("Chaque jour, du lundi au vendredi")),
            (WEEK, gettext_lazy("Certains jours de la semaine")),
            (MONTH, gettext_lazy("Une fois par mois")),
        ),
        initial=_OFF,
        widget=forms.RadioSelect,
    )

    @classmethod
    def of(cls, report: CashReport | None, data: Any = None) -> Self:
        """The form of a report as it stands; None where there never was one."""
        if report is None:
            return cls(data)
        initial = rhythm_initial(report)
        if report.weekdays == _WORKING_DAYS:
            initial["rhythm"] = _DAILY
        if not report.is_active:
            initial["rhythm"] = _OFF
        return cls(data, initial=initial)

    @property
    def wish(self) -> Rhythm | None:
        """What was asked, once the form is valid; None for never."""
        chosen = self.cleaned_data["rhythm"]
        if chosen == _OFF:
            return None
        if chosen == _DAILY:
            return Rhythm(frozenset(map(int, _WORKING_DAYS)), None, self.cleaned_data["hour"])
        return self.chosen
