"""What a scenario would have sent over the last twelve months: a picture and its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from encaisse.collection.models import Step
from encaisse.collection.queries.past_year import PastYear, past_year_of
from encaisse.collection.tasks import start_past_year
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.scenario_versions import scenario_of

_WIDTH, _HEIGHT = 56, 180


@dataclass(frozen=True, slots=True)
class Block:
    """A medium's share of a month's bar, in the units of the picture."""

    medium: str
    label: str
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its figures by medium, in the order of the columns, and their sum."""

    name: str
    short: str
    counts: tuple[int, ...]
    total: int
    blocks: tuple[Block, ...]


class PastPicture:
    """The months as stacked bars."""

    def __init__(self, past: PastYear) -> None:
        self._counts: Mapping[tuple[date, str], int] = past.messages or {}
        self.media = [
            (medium, str(Step.Medium(medium).label))
            for medium in Step.Medium.values
            if any(self._counts.get((month, medium)) for month in past.months)
        ]
        totals = [sum(self._row(month)) for month in past.months]
        self.most = max(totals, default=0)
        self.total = sum(totals)
        self.months = [self._month(place, month) for place, month in enumerate(past.months)]
        self.width, self.height = _WIDTH * len(past.months), _HEIGHT

    @property
    def sums(self) -> list[int]:
        """The messages of each medium over the year."""
        return [
            sum(month.counts[place] for month in self.months) for place in range(len(self.media))
        ]

    @property
    def words(self) -> str:
        """« Ce scénario aurait envoyé 412 messages »."""
        return ngettext(
            "Ce scénario aurait donné %(count)s message en douze mois",
            "Ce scénario aurait donné %(count)s messages en douze mois",
            self.total,
        ) % {"count": intcomma(self.total)}

    def _row(self, month: date) -> list[int]:
        return [self._counts.get((month, medium), 0) for medium, _label in self.media]

    def _month(self, place: int, month: date) -> Month:
        counts = self._row(month)
        top, blocks = _HEIGHT, []
        for (medium, label), count in zip(self.media, counts, strict=True):
            if not count:
                continue
            height = max(1, count * (_HEIGHT - 4) // self.most)
            top -= height
            words = _("%(label)s : %(count)d") % {"label": label, "count": count}
            blocks.append(Block(medium, words, place * _WIDTH + 10, top, height))
        return Month(
            name=date_format(month, "F Y"),
            short=date_format(month, "N"),
            counts=tuple(counts),
            total=sum(counts),
            blocks=tuple(blocks),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def past(request: CompanyRequest, profile_id: int, variant: str) -> HttpResponse:
    """The last simulation; posting asks for another one."""
    scenario = scenario_of(request, profile_id, variant)
    if request.method == "POST":
        start_past_year(request.company, actor=request.user)
        return redirect(request.url("settings_scenario_past", profile_id, variant))
    found = past_year_of(request.company, scenario)
    context = {
        "scenario": scenario,
        "variant": variant,
        "past": found,
        "picture": PastPicture(found) if found.at else None,
    }
    page = "configure/scenario_past.html"
    return render_section(request, "settings_scenarios", page, context)
