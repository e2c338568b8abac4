"""What « Exports planifiés » shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import NoReverseMatch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.insights.models import ScheduledExport
from encaisse.insights.regular_mail import rhythm_of
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.insights.scheduled_exports import addresses_of, exports_of
from encaisse.web.access import CompanyRequest
from encaisse.web.frame import MENU

_DAYS = (
    gettext_lazy("le lundi"), gettext_lazy("le mardi"), gettext_lazy("le mercredi"),
    gettext_lazy("le jeudi"), gettext_lazy("le vendredi"), gettext_lazy("le samedi"),
    gettext_lazy("le dimanche"),
)  # fmt: skip
_WORKING_DAYS = frozenset(range(1, 6))


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One planned export in words; `list_url` is empty once the list is gone."""

    export: ScheduledExport
    label: str
    list_url: str
    rhythm: str
    next_words: str
    recipients: Sequence[str]
    is_own: bool


def export_lines(request: CompanyRequest, *, now: datetime) -> list[ExportLine]:
    """The exports that the user may change."""
    local = now.astimezone(request.company.zone)
    return [_line(request, export, local) for export in exports_of(request.membership)]


def _line(request: CompanyRequest, export: ScheduledExport, local: datetime) -> ExportLine:
    rhythm = rhythm_of(export)
    return ExportLine(
        export,
        label=screen_label(export.screen),
        list_url=_list_url(request, export),
        rhythm=rhythm_words(rhythm),
        next_words=next_words(rhythm, local, export.last_day) if export.is_active else "",
        recipients=addresses_of(export),
        is_own=export.owner_id == request.user.pk,
    )


def screen_label(screen: str) -> str:
    """The name of a list as the menu writes it."""
    labels = {entry.name: entry.label for _group, entries in MENU for entry in entries}
    return str(labels.get(screen, _("Liste")))


def _list_url(request: CompanyRequest, export: ScheduledExport) -> str:
    try:
        url = request.url(export.screen)
    except NoReverseMatch:
        return ""
    return f"{url}?{export.query}" if export.query else url


def rhythm_words(rhythm: Rhythm) -> str:
    """« Le lundi et le jeudi à 7 h »."""
    words = {"days": _days(rhythm), "hour": rhythm.hour}
    sentence = _("%(days)s à %(hour)d h") % words
    return sentence[:1].upper() + sentence[1:]


def _days(rhythm: Rhythm) -> str:
    if rhythm.month_day == 1:
        return _("le 1er de chaque mois")
    if rhythm.month_day is not None:
        return _("le %(day)d de chaque mois") % {"day": rhythm.month_day}
    if len(rhythm.weekdays) == len(_DAYS):
        return _("tous les jours")
    if rhythm.weekdays == _WORKING_DAYS:
        return _("du lundi au vendredi")
    *first, last = [str(_DAYS[number - 1]) for number in sorted(rhythm.weekdays)]
    return _("%(first)s et %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def next_words(rhythm: Rhythm, local: datetime, last_day: date | None) -> str:
    """« Lundi 23 novembre à 7 h », as seen at a local moment."""
    if rhythm.is_due(local, last_day):
        return _("dans quelques minutes")
    day = rhythm.next_day(local.date(), last_day)
    if day is None:
        return ""
    words = {"day": date_format(day, "l j F"), "hour": rhythm.hour}
    return _("%(day)s à %(hour)d h") % words
