"""« Comment êtes-vous payé ? »: the bars of the home page, by method and by profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from encaisse.insights.how_paid import Way, how_paid
from encaisse.tenancy.scope import Scope
from encaisse.web.charts import Part, aged_parts, late_labels
from encaisse.web.language import shown_number

# The most ways of a chart; the smallest of the others are in the table.
MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One payment method or profile: its bar, the list behind, how late it is paid."""

    way: Way
    label: str
    nature: str
    url: str
    parts: tuple[Part, ...]
    mean_late: str
    mean: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The bars of one picture, the largest first."""

    code: str
    title: str
    heading: str
    bars: tuple[Bar, ...]

    @property
    def drawn(self) -> Sequence[Bar]:
        """Those that the picture has room for."""
        return self.bars[:MOST_BARS]


@dataclass(frozen=True, slots=True)
class WaysCard:
    """Both pictures, in the company's currency; `labels` are the words of the ageing periods."""

    currency: str
    breakdowns: tuple[Breakdown, ...]
    labels: tuple[str, ...]
    is_empty: bool


def ways_card(scope: Scope, *, on: date, list_url: str) -> WaysCard:
    """The card; `list_url` is that of the aged balance."""
    found, bounds = how_paid(scope, on=on), scope.company.bounds
    drawn = _Drawn(list_url, bounds)
    methods = drawn.breakdown("mode", _("Par mode de règlement"), _("Mode"), found.methods)
    profiles = drawn.breakdown("profil", _("Par profil de client"), _("Profil"), found.profiles)
    return WaysCard(
        found.currency,
        (methods, profiles),
        tuple(late_labels(bounds)),
        is_empty=found.is_empty,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Draws the bars: the list behind them, the ageing periods of their parts."""

    list_url: str
    bounds: Sequence[int]

    def breakdown(self, code: str, title: str, heading: str, ways: Sequence[Way]) -> Breakdown:
        whole = max((way.amounts.not_due + sum(way.amounts.late) for way in ways), default=0)
        return Breakdown(code, title, heading, tuple(self._bar(way, code, whole) for way in ways))

    def _bar(self, way: Way, code: str, whole: int) -> Bar:
        url = f"{self.list_url}?{code}={way.id}" if way.id is not None else ""
        nature = ""
        if way.is_automatic is not None:
            nature = _("automatique") if way.is_automatic else _("manuel")
        return Bar(
            way=way,
            label=way.label or _("Non renseigné"),
            nature=nature,
            url=url,
            parts=tuple(aged_parts(way.amounts, self.bounds, url=url, whole=whole)),
            mean_late=_days(way.delays.mean_late),
            mean=_days(way.delays.mean),
        )


def _days(value: Decimal | None) -> str:
    return "–" if value is None else _("%(number)s j") % {"number": shown_number(value, 1)}
