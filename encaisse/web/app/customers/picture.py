"""A customer's payments over two years, drawn: when each came, how late, how much.

Geometry only, for SVG attributes: the page's policy forbids styles. One mark a payment; its shape
says the same as its colour.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.core.dates import short_date
from encaisse.insights.payments import Payment, PaymentRecord
from encaisse.web.language import shown_amount, shown_month

WIDTH, HEIGHT = 1000, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 98, 16, 16, 32
# Half the size of the largest and smallest marks.
_LARGEST, _SMALLEST = 11.0, 3.5
# A picture of more marks than that is a blot: the largest payments stand for all.
MOST_MARKS = 300
# What is shown of the lateness, at least and at most, in days.
_LEAST_TOP, _MOST_TOP, _EARLIEST = 30, 120, -30


@dataclass(frozen=True, slots=True)
class Mark:
    """One payment. `path` is its shape, `tone` its colour, `text` what it says when pointed at."""

    path: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the ground with its label, `at` its place along the axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """A colour of the legend: the shape, the words, and how many payments."""

    tone: str
    path: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture and its legend; `is_cut` when the smallest payments are not drawn."""

    marks: tuple[Mark, ...]
    days: tuple[Tick, ...]
    months: tuple[Tick, ...]
    bands: tuple[Band, ...]
    due_y: float
    count: int
    is_cut: bool


def picture_of(record: PaymentRecord) -> Picture | None:
    """The payments of a record, drawn; None when there are none."""
    payments = record.payments
    if not payments:
        return None
    drawn = sorted(payments, key=lambda one: -one.base)[:MOST_MARKS]
    return _Canvas(record.since, record.on, drawn).picture(payments)


class _Canvas:
    def __init__(self, first: date, last: date, drawn: Sequence[Payment]) -> None:
        self._first, self._last = first, last
        self._drawn = drawn
        latest = max(one.days for one in drawn)
        earliest = min(one.days for one in drawn)
        self._top = min(_MOST_TOP, max(_LEAST_TOP, -(-latest // 30) * 30))
        self._lowest = max(_EARLIEST, min(0, earliest))
        self._most = max(one.base for one in drawn) or 1

    def picture(self, payments: Sequence[Payment]) -> Picture:
        return Picture(
            marks=tuple(self._mark(one) for one in self._drawn),
            days=tuple(self._days()),
            months=tuple(self._months()),
            bands=tuple(_bands(payments)),
            due_y=self._y(0),
            count=len(payments),
            is_cut=len(payments) > len(self._drawn),
        )

    def _mark(self, one: Payment) -> Mark:
        size = _SMALLEST + (_LARGEST - _SMALLEST) * sqrt(max(0, one.base) / self._most)
        tone = tone_of(one.days)
        path = _SHAPES[tone](self._x(one.paid_on), self._y(one.days), size)
        told = {
            "amount": shown_amount(one.amount, one.currency),
            "document": one.document,
            "day": short_date(one.paid_on),
            "late": lateness(one.days),
        }
        return Mark(path, tone, _("%(document)s : %(amount)s le %(day)s, %(late)s") % told)

    def _days(self) -> Iterable[Tick]:
        step = 30 if self._top > 30 else 15
        for days in range(step, self._top + 1, step):
            yield Tick(self._y(days), _("%(days)d j") % {"days": days})

    def _months(self) -> Iterable[Tick]:
        """The first day of every third month; the year in the place of January."""
        number = self._first.year * 12 + self._first.month - 1
        last = self._last.year * 12 + self._last.month - 1
        for month in range(-(-number // 3) * 3, last + 1, 3):
            year, rank = divmod(month, 12)
            first = date(year, rank + 1, 1)
            yield Tick(
                self._x(first), shown_month(first, short=True, year=False) if rank else str(year)
            )

    def _x(self, day: date) -> float:
        span = (self._last - self._first).days or 1
        width = WIDTH - _LEFT - _RIGHT
        return round(_LEFT + width * (day - self._first).days / span, 1)

    def _y(self, days: int) -> float:
        shown = min(self._top, max(self._lowest, days))
        height = HEIGHT - _TOP - _BOTTOM
        return round(_TOP + height * (self._top - shown) / (self._top - self._lowest or 1), 1)


def tone_of(days: int) -> str:
    """The colour of a lateness in days."""
    if days <= 0:
        return "paid"
    return f"late-{1 if days <= 30 else 2 if days <= 60 else 3}"


def lateness(days: int) -> str:
    """« 12 jours de retard », « 3 jours d’avance », « à l’échéance »."""
    if days > 0:
        text = ngettext("%(days)d jour de retard", "%(days)d jours de retard", days)
        return text % {"days": days}
    if days < 0:
        text = ngettext("%(days)d jour d’avance", "%(days)d jours d’avance", -days)
        return text % {"days": -days}
    return _("à l’échéance")


def _bands(payments: Sequence[Payment]) -> Iterable[Band]:
    labels = {
        "paid": _("À l’heure ou en avance"),
        "late-1": _("1–30 j de retard"),
        "late-2": _("31–60 j"),
        "late-3": _("Plus de 60 j"),
    }
    tones = [tone_of(one.days) for one in payments]
    for tone, label in labels.items():
        yield Band(tone, _SHAPES[tone](7, 7, 6), label, tones.count(tone))


def _circle(x: float, y: float, size: float) -> str:
    arc = f"a{size:.1f} {size:.1f} 0 1 0"
    return f"M{x - size:.1f} {y:.1f}{arc} {2 * size:.1f} 0{arc} {-2 * size:.1f} 0z"


def _polygon(*corners: tuple[float, float]) -> Callable[[float, float, float], str]:
    """A shape by its corners, in half sizes from its middle."""

    def draw(x: float, y: float, size: float) -> str:
        points = " ".join(f"{x + dx * size:.1f} {y + dy * size:.1f}" for dx, dy in corners)
        return f"M{points}z"

    return draw


_SHAPES = {
    "paid": _circle,
    "late-1": _polygon((0, -1), (1, 0.8), (-1, 0.8)),
    "late-2": _polygon((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "late-3": _polygon((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
}
