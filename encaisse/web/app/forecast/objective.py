"""What « Objectif de cash » shows: its picture, its table, and where each month leads."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import NoReverseMatch
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from encaisse.collection.operations.cash_targets import Aims
from encaisse.collection.rules.forecast import first_of_month, monday
from encaisse.core.money import NO_BREAK, exponent
from encaisse.insights.cash_objective import MONTHS, CashMonth, CashObjective
from encaisse.web.access import CompanyRequest
from encaisse.web.app.forecast.forms import AIMS
from encaisse.web.exports import Cell, Money

STEP, HEIGHT = 100, 240
_BAR, _LINES = 56, 4
_TURN = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a month's bar."""

    tone: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A target through the months: a path through those that have one, and a dot for each."""

    key: str
    label: str
    path: str
    dots: str


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of the picture and of the table; addresses are empty where nothing stands behind."""

    month: CashMonth
    is_present: bool
    is_past: bool
    receipts_url: str
    board_url: str

    @property
    def has_begun(self) -> bool:
        """True up to the present month: something may have come in."""
        return self.is_past or self.is_present

    @property
    def url(self) -> str:
        """What stands behind the month as a whole."""
        return self.receipts_url if self.is_past else self.board_url


@dataclass(frozen=True)
class ObjectivePage:
    """Twelve months of one currency."""

    request: CompanyRequest
    objective: CashObjective
    currencies: tuple[str, ...]
    has_portfolio: bool

    @property
    def first(self) -> date:
        """The first day of the first month."""
        return self.objective.months[0].first

    @property
    def currency(self) -> str:
        """The one currency of everything shown."""
        return self.objective.currency

    @cached_property
    def lines(self) -> list[MonthLine]:
        """The months with what stands behind them."""
        present = first_of_month(self.objective.on)
        return [
            MonthLine(
                month,
                month.first == present,
                month.first < present,
                self._receipts_url(month) if month.first <= present else "",
                self._board_url(month) if month.first >= present else "",
            )
            for month in self.objective.months
        ]

    @cached_property
    def sums(self) -> CashMonth:
        """The totals of the table, without targets: these are only set for some months."""
        months = self.objective.months
        total = CashMonth(
            self.first,
            overdue=sum(month.overdue for month in months),
            coming=sum(month.coming for month in months),
        )
        for month in months:
            total.receipts.minor += month.receipts.minor
            total.receipts.unmatched += month.receipts.unmatched
        return total

    @property
    def width(self) -> int:
        """How wide the picture is."""
        return MONTHS * STEP

    @cached_property
    def ceiling(self) -> int:
        """The amount at the top of the picture: a round one, above everything."""
        tops = [
            max(month.received + max(0, month.overdue) + month.coming, *_given(month.aims), 0)
            for month in self.objective.months
        ]
        return _round_up(max(tops), 10 ** exponent(self.currency))

    @property
    def marks(self) -> list[str]:
        """The amounts beside the picture, from the top to zero."""
        return [
            _short(self.ceiling * number // _LINES, self.currency)
            for number in range(_LINES, -1, -1)
        ]

    @property
    def heights(self) -> list[float]:
        """Where the lines of these amounts are."""
        return [round(HEIGHT * number / _LINES, 1) for number in range(_LINES)]

    @property
    def bars(self) -> Iterator[Bar]:
        """The bars: received, then expected from what is late, then from what is not."""
        for number, month in enumerate(self.objective.months):
            x, top = number * STEP + (STEP - _BAR) / 2, float(HEIGHT)
            parts = (("paid", month.received), ("late-1", month.overdue), ("due", month.coming))
            for tone, minor in parts:
                if minor > 0:
                    height = self._height(minor)
                    top -= height
                    yield Bar(tone, x, round(top, 1), round(height, 1))

    @property
    def curves(self) -> list[Curve]:
        """The targets that were set."""
        found = []
        for place, (key, label) in enumerate(AIMS):
            values = [month.aims[place] for month in self.objective.months]
            if any(value is not None for value in values):
                found.append(Curve(key, str(label), self._path(values), self._dots(values)))
        return found

    def _path(self, values: Sequence[int | None]) -> str:
        steps, pen = [], "M"
        for number, minor in enumerate(values):
            if minor is None:
                pen = "M"
                continue
            steps.append(f"{pen}{self._point(number, minor)}")
            pen = "L"
        return " ".join(steps)

    def _dots(self, values: Sequence[int | None]) -> str:
        """A round cap on a line without length stays round, however the picture is stretched."""
        return " ".join(
            f"M{self._point(number, minor)}h0"
            for number, minor in enumerate(values)
            if minor is not None
        )

    def _point(self, number: int, minor: int) -> str:
        return f"{number * STEP + STEP // 2} {round(HEIGHT - self._height(minor), 1)}"

    def _height(self, minor: int) -> float:
        return HEIGHT * minor / self.ceiling

    # -- addresses ---------------------------------------------------------------------------------

    @property
    def query(self) -> str:
        """The query string of what is shown."""
        return self._query(self.first, self.currency)

    @property
    def earlier_url(self) -> str:
        """Six months before."""
        return self._query(first_of_month(self.first, -_TURN), self.currency)

    @property
    def later_url(self) -> str:
        """Six months after."""
        return self._query(first_of_month(self.first, _TURN), self.currency)

    @property
    def currency_urls(self) -> list[tuple[str, str]]:
        """The currencies with their addresses; none where there is one only."""
        if len(self.currencies) < 2:
            return []
        return [(code, self._query(self.first, code)) for code in self.currencies]

    def _query(self, first: date, currency: str) -> str:
        return f"?{urlencode({'debut': f'{first:%Y-%m}', **self._if_other(currency)})}"

    def _if_other(self, currency: str) -> dict[str, str]:
        return {} if currency == self.request.company.base_currency else {"devise": currency}

    def _receipts_url(self, month: CashMonth) -> str:
        asked = {
            "du": month.first.isoformat(),
            "au": month.last.isoformat(),
            "type": "paiement",
        }
        query = urlencode({**asked, **self._if_other(self.currency)})
        return _any(lambda: f"{self.request.url('receipts')}?{query}")

    def _board_url(self, month: CashMonth) -> str:
        starts_now = month.first <= self.objective.on
        debut = {} if starts_now else {"debut": monday(month.first).isoformat()}
        query = urlencode({**debut, **self._if_other(self.currency)})
        return f"{self.request.url('forecast')}{'?' if query else ''}{query}"


def _any(address: Callable[[], str]) -> str:
    try:
        return address()
    except NoReverseMatch:
        return ""


def _given(aims: Aims) -> list[int]:
    return [minor for minor in aims if minor is not None]


def _round_up(minor: int, unit: int) -> int:
    """The smallest of 1, 2, 4 or 8 times a power of ten of units that is not below an amount."""
    power = unit * 100
    while True:
        for factor in (1, 2, 4, 8):
            if minor <= factor * power:
                return factor * power
        power *= 10


def _short(minor: int, currency: str) -> str:
    """A round amount beside a picture: `200 k€`."""
    units = minor / 10 ** exponent(currency)
    sign = "€" if currency == "EUR" else f"{NO_BREAK}{currency}"
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if units >= size:
            return f"{units / size:g}{NO_BREAK}{letter}{sign}".replace(".", ",")
    return f"{units:g}{NO_BREAK if sign == '€' else ''}{sign}"


def export_titles() -> list[str]:
    """The headings of the file."""
    return [
        _("Mois"), _("Encaissé"), _("dont à lettrer"), _("Prévu en retard"), _("Prévu à échoir"),
        _("Encaissé et prévu"), *(str(label) for _key, label in AIMS), _("Devise"),
    ]  # fmt: skip


def export_rows(objective: CashObjective) -> Iterator[list[Cell]]:
    """A line a month."""
    for month in objective.months:
        figures = (
            month.received,
            month.receipts.unmatched,
            month.overdue,
            month.coming,
            month.total,
            *month.aims,
        )
        amounts: list[Cell] = [
            None if minor is None else Money(minor, objective.currency) for minor in figures
        ]
        yield [date_format(month.first, "F Y"), *amounts, objective.currency]
