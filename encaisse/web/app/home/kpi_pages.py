"""What « Indicateurs » shows, its card on the home page, and its export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from encaisse.insights.kpi import LENGTH, LENGTHS, KeyFigures, key_figures
from encaisse.insights.rules.kpi import Indicators
from encaisse.tenancy.scope import Scope
from encaisse.web.app.home.kpi_words import DAYS, PERCENT, SUBJECTS, Measure, Subject, shown
from encaisse.web.charts import Curve, Curves, curves, spark
from encaisse.web.exports import Cell, Money
from encaisse.web.language import shown_month, shown_number

# What the home page shows of them.
_ON_CARD = ("dso", "collection_index", "late_rate", "payment_delay")
_AMOUNTS = ("sales", "receivable", "not_due", "overdue")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: its words, its last value, its formula, its curve."""

    label: str
    value: str
    formula: str
    curve: Curve


@dataclass(frozen=True, slots=True)
class Chart:
    """One subject with its curves and the words of its scale, from the top."""

    subject: Subject
    lines: tuple[Line, ...]
    ticks: tuple[str, ...]
    grid: tuple[float, ...]
    summary: str

    @property
    def is_known(self) -> bool:
        """True when there is anything to draw."""
        return any(line.curve.marks or line.curve.path for line in self.lines)


@dataclass(frozen=True, slots=True)
class Row:
    """One month of the table: four amounts, then every measure."""

    end: date
    amounts: tuple[int, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class KpiPage:
    """The indicators of the last twelve months."""

    figures: KeyFigures
    charts: tuple[Chart, ...]
    months: tuple[str, ...]
    is_portfolio: bool

    @property
    def last(self) -> Indicators | None:
        """The latest month that is over."""
        return self.figures.last

    @property
    def lengths(self) -> list[tuple[int, str, bool]]:
        """The periods offered: months, words, whether it is the present one."""
        return [(length, _months(length), length == self.figures.length) for length in LENGTHS]

    @property
    def titles(self) -> list[str]:
        """The headings of the table after the month."""
        return headings()[1:]

    @property
    def rows(self) -> list[Row]:
        """The months, the newest first."""
        return [
            Row(
                month.end,
                tuple(getattr(month, key) for key in _AMOUNTS),
                tuple(shown(getattr(month, one.key), subject.unit) for subject, one in _measures()),
            )
            for month in reversed(self.figures.months)
        ]


def kpi_page(scope: Scope, *, on: date, length: int) -> KpiPage:
    """The page as of a day."""
    figures = key_figures(scope, on=on, length=length)
    charts = tuple(_chart(subject, figures) for subject in SUBJECTS) if figures.months else ()
    months = tuple(shown_month(month.end, short=True, year=False) for month in figures.months)
    return KpiPage(figures, charts, months, is_portfolio=scope.sales_reps is not None)


def known_length(text: str) -> int:
    """The period that an address asks for, in months; a quarter for what makes no sense."""
    return next((length for length in LENGTHS if str(length) == text), LENGTH)


def _months(count: int) -> str:
    return ngettext("%(count)d mois", "%(count)d mois", count) % {"count": count}


def _chart(subject: Subject, figures: KeyFigures) -> Chart:
    drawn = _curves(subject, figures)
    lines = tuple(
        _line(measure, subject, figures, curve)
        for measure, curve in zip(subject.measures, drawn.curves, strict=True)
    )
    decimals = 0 if all(tick == int(tick) for tick in drawn.ticks) else 1
    return Chart(
        subject,
        lines,
        tuple(shown(tick, subject.unit, decimals=decimals) for tick in drawn.ticks),
        drawn.grid,
        _evolution(subject, figures),
    )


def _curves(subject: Subject, figures: KeyFigures) -> Curves:
    values = [
        [getattr(month, measure.key) for month in figures.months] for measure in subject.measures
    ]
    words = [
        [
            _("%(month)s : %(value)s")
            % {"month": shown_month(month.end), "value": shown(value, subject.unit)}
            for month, value in zip(figures.months, line, strict=True)
        ]
        for line in values
    ]
    return curves(values, words, most=100 if subject.unit == PERCENT else 0)


def _line(measure: Measure, subject: Subject, figures: KeyFigures, curve: Curve) -> Line:
    last = figures.months[-1]
    value: Decimal | None = getattr(last, measure.key)
    formula = measure.formula(last, figures.currency) if value is not None else ""
    return Line(str(measure.label), shown(value, subject.unit, decimals=1), formula, curve)


def _evolution(subject: Subject, figures: KeyFigures) -> str:
    """« de 55,3 j (décembre 2025) à 47,8 j (octobre 2026) » for those who do not see the curve."""
    key = subject.measures[0].key
    known = [month for month in figures.months if getattr(month, key) is not None]
    if not known:
        return _("%(title)s : pas encore connu") % {"title": subject.title}
    first, last = known[0], known[-1]
    return _("%(title)s : de %(before)s (%(first)s) à %(after)s (%(last)s)") % {
        "title": subject.title,
        "before": shown(getattr(first, key), subject.unit, decimals=1),
        "first": shown_month(first.end),
        "after": shown(getattr(last, key), subject.unit, decimals=1),
        "last": shown_month(last.end),
    }


# -- the card ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator of the card: its last value, the one it is compared with, its curve."""

    label: str
    number: str
    unit: str
    before: str
    summary: str
    curve: Curve


@dataclass(frozen=True, slots=True)
class KpiCard:
    """The indicators of the home page at the end of the last month that is over."""

    end: date | None
    tiles: tuple[Tile, ...]


def kpi_card(scope: Scope, *, on: date) -> KpiCard:
    """The card of the home page."""
    figures = key_figures(scope, on=on)
    if figures.last is None:
        return KpiCard(None, ())
    subjects = {subject.code: subject for subject in SUBJECTS}
    tiles = tuple(_tile(subjects[code], figures) for code in _ON_CARD)
    return KpiCard(figures.last.end, tiles)


_TILE_LABELS = {
    "dso": "DSO",
    "collection_index": "CEI",
    "late_rate": gettext_lazy("Taux de retard"),
    "payment_delay": gettext_lazy("Retard de paiement"),
}


def _tile(subject: Subject, figures: KeyFigures) -> Tile:
    key = subject.measures[0].key
    values: list[Decimal | None] = [getattr(month, key) for month in figures.months]
    known = [month for month in figures.months if getattr(month, key) is not None]
    before = ""
    if len(known) > 1:
        before = _("%(value)s en %(month)s") % {
            "value": shown(getattr(known[0], key), subject.unit, decimals=1),
            "month": shown_month(known[0].end, short=True),
        }
    return Tile(
        label=str(_TILE_LABELS[subject.code]),
        number="–" if values[-1] is None else shown_number(values[-1], 1),
        unit="" if values[-1] is None else _("j") if subject.unit == DAYS else "%",
        before=before,
        summary=_evolution(subject, figures),
        curve=spark(values),
    )


# -- the export ----------------------------------------------------------------------------------


def _measures() -> Iterator[tuple[Subject, Measure]]:
    for subject in SUBJECTS:
        for measure in subject.measures:
            yield subject, measure


def headings(*, with_units: bool = False) -> list[str]:
    """The headings of the table, and of the export, whose cells are bare numbers."""
    units = {DAYS: f" ({_('j')})", PERCENT: " (%)"} if with_units else {DAYS: "", PERCENT: ""}
    amounts = [_("Ventes de la période"), _("Encours"), _("Non échu"), _("En retard")]
    measures = [f"{measure.column}{units[subject.unit]}" for subject, measure in _measures()]
    return [_("Fin de mois"), *amounts, *measures]


def export_rows(figures: KeyFigures) -> Iterator[Sequence[Cell]]:
    """One row a month, the oldest first; a value that is not known is empty."""
    for month in figures.months:
        amounts = [Money(getattr(month, key), figures.currency) for key in _AMOUNTS]
        values: list[Decimal | None] = [getattr(month, one.key) for _subject, one in _measures()]
        yield [month.end, *amounts, *values]
