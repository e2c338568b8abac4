"""Geometry of the pictures: SVG attributes, since the page's policy forbids styles."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def aged_parts(amounts: Amounts, bounds: Sequence[int], *, url: str = "") -> list[Part]:
    """The aged balance as a stacked bar: what is to come, then what is late, by age.

    `url` is the list behind each part, to which the part is added as `tranche`.
    """
    labels = late_labels(bounds)
    figures = [("avenir", _("À venir"), "due", amounts.not_due)]
    for rank, minor in enumerate(amounts.late):
        figures.append((str(rank), labels[rank], f"late-{late_tone(rank, len(labels))}", minor))
    whole = sum(minor for *_words, minor in figures) or 1
    parts, x = [], 0.0
    for key, label, tone, minor in figures:
        width = minor * WIDTH / whole
        link = f"{url}{'&' if '?' in url else '?'}tranche={key}" if url else ""
        drawn = max(0.0, round(width - _GAP, 1)) if minor else 0.0
        parts.append(Part(key, label, tone, minor, round(x, 1), drawn, link))
        x += width
    return parts
