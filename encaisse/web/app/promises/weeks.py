"""Promises week by week, as bars: SVG geometry, since the page's policy forbids styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from encaisse.insights.promises import Week
from encaisse.web.lists import ListState

HEIGHT = 100
# A sum that is not nil is seen, however small beside the others.
_LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a bar: its colour, where it begins from the top, how high it is."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A week with its bar, and the list of its promises. `is_open`: what is before or after."""

    week: Week
    blocks: Sequence[Block]
    url: str
    is_current: bool

    @property
    def is_open(self) -> bool:
        """True for what lies before the first week of the picture, or after the last."""
        return self.week.first is None or self.week.last is None


def bars_of(weeks: Sequence[Week], state: ListState, *, on: date) -> list[Bar]:
    """The bars, to the same scale; each leads to the list of its days."""
    most = max((week.promised for week in weeks), default=0) or 1
    return [_bar(week, most, state, on) for week in weeks]


def _bar(week: Week, most: int, state: ListState, on: date) -> Bar:
    parts = (
        ("paid", week.received),
        ("due", week.coming),
        ("late-3", week.missing),
        ("none", week.missed),
    )
    blocks, top = [], float(HEIGHT)
    for tone, minor in parts:
        if minor > 0:
            height = max(_LEAST, round(minor * HEIGHT / most, 1))
            top -= height
            blocks.append(Block(tone, round(max(0.0, top), 1), height))
    is_current = week.first is not None and week.last is not None and week.first <= on <= week.last
    return Bar(week, blocks, _url(week, state), is_current)


def _url(week: Week, state: ListState) -> str:
    days = {key: f"{day:%Y-%m-%d}" for key, day in (("du", week.first), ("au", week.last)) if day}
    values = {key: value for key, value in state.values.items() if key not in ("du", "au")}
    return state.url(values={**values, **days}, page=1)
