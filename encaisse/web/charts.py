"""Geometry of the pictures: SVG attributes, since the page's policy forbids styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _

from encaisse.insights.aging import Amounts

WIDTH = 1000
_GAP = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stacked bar, with what the legend says of it."""

    key: str
    label: str
    tone: str
    minor: int
    x: float
    width: float
    url: str = ""


def late_labels(bounds: Sequence[int]) -> list[str]:
    """The words of the ageing periods: 1–30 j, 31–60 j, Plus de 60 j."""
    starts = (0, *bounds)
    labels = [
        _("%(first)d–%(last)d j") % {"first": start + 1, "last": end}
        for start, end in zip(starts, bounds, strict=False)
    ]
    return [*labels, _("Plus de %(days)d j") % {"days": bounds[-1]}]


def late_tone(rank: int, count: int) -> int:
    """1 to 3: how alarming the colour of an ageing period is among `count` of them."""
    return -(-(rank + 1) * 3 // count)


def days_tone(days_late: int, bounds: Sequence[int]) -> int:
    """The colour of a number of days late: that of its ageing period; 0 when it is not late."""
    if not days_late:
        return 0
    return late_tone(sum(days_late > bound for bound in bounds), len(bounds) + 1)


def aged_parts(
    amounts: Amounts, bounds: Sequence[int], *, url: str = "", whole: int = 0
) -> list[Part]:
    """The aged balance as a stacked bar: what is to come, then what is late, by age.

    `url` is the list behind each part, to which the part is added as `tranche`. The bar is full
    unless its length is to be compared with others': `whole` is then what a full one stands for.
    """
    labels = late_labels(bounds)
    figures = [("avenir", _("À venir"), "due", amounts.not_due)]
    for rank, minor in enumerate(amounts.late):
        figures.append((str(rank), labels[rank], f"late-{late_tone(rank, len(labels))}", minor))
    whole = whole or sum(minor for *_words, minor in figures) or 1
    parts, x = [], 0.0
    for key, label, tone, minor in figures:
        width = minor * WIDTH / whole
        link = f"{url}{'&' if '?' in url else '?'}tranche={key}" if url else ""
        drawn = max(0.0, round(width - _GAP, 1)) if minor else 0.0
        parts.append(Part(key, label, tone, minor, round(x, 1), drawn, link))
        x += width
    return parts


# -- curves --------------------------------------------------------------------------------------

HEIGHT = 300
_STEPS = (1, 2, 5, 10)
_MOST_STEPS = 4
# A spark that moves by less than a quarter of its value does not fill its height.
_FLAT = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a curve, and the words that the pointer finds there."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through the months as an SVG path, interrupted where nothing is known."""

    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Several lines over one scale; `ticks` are its values from the top, at even distances."""

    curves: tuple[Curve, ...]
    ticks: tuple[Decimal, ...]
    grid: tuple[float, ...]


Values = Sequence[Decimal | None]


def curves(lines: Sequence[Values], labels: Sequence[Sequence[str]], *, most: int = 0) -> Curves:
    """Lines over the same months, on a scale from zero to a round number.

    `labels` has the words of each point. `most`: a value that none exceeds (100 for percents).
    """
    known = [value for line in lines for value in line if value is not None]
    least, top = min([*known, Decimal(0)]), max([*known, Decimal(0)])
    step = _step(top - least)
    first = (least / step).to_integral_value(ROUND_FLOOR) * step
    last = max(first + step, (top / step).to_integral_value(ROUND_CEILING) * step)
    if most and top <= most < last:
        last = Decimal(most)
    count = int(((last - first) / step).to_integral_value(ROUND_CEILING))
    drawn = tuple(
        _curve([None if one is None else (last - one) / (last - first) for one in line], words)
        for line, words in zip(lines, labels, strict=True)
    )
    ticks = tuple(last - (last - first) * rank / count for rank in range(count + 1))
    grid = tuple(round(HEIGHT * rank / count, 1) for rank in range(count + 1))
    return Curves(drawn, ticks, grid)


def spark(line: Values) -> Curve:
    """A line without a scale, for its shape alone: what hardly moves still looks flat."""
    known = [value for value in line if value is not None]
    least, top = min(known, default=Decimal(0)), max(known, default=Decimal(0))
    span = max(top - least, abs(top) / _FLAT, Decimal(1))
    middle = (top + least) / 2
    heights = [None if one is None else (middle - one) / span + Decimal("0.5") for one in line]
    return _curve(heights, [""] * len(line))


def _step(span: Decimal) -> Decimal:
    """A round distance between the values of a scale, of which there are at most four."""
    rough = max(span, Decimal(1)) / _MOST_STEPS
    power = Decimal(10) ** rough.adjusted()
    return next(power * step for step in _STEPS if power * step >= rough)


def _curve(heights: Sequence[Decimal | None], words: Sequence[str]) -> Curve:
    """`heights` run from 0 (top) to 1; a month is drawn at the middle of its column."""
    path, marks, is_drawing = "", [], False
    for rank, height in enumerate(heights):
        if height is not None:
            x = round((rank + 0.5) * WIDTH / len(heights), 1)
            point = f"{x} {round(float(height) * HEIGHT, 1)}"
            path += f"{'L' if is_drawing else 'M'}{point}"
            marks.append(Mark(f"M{point}h0", words[rank]))
        is_drawing = height is not None
    return Curve(path, tuple(marks))
