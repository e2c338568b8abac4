"""The tabs of a list: its rows by state, each tab with its count, in the address as `statut`."""

from collections.abc import Mapping
from dataclasses import dataclass

from encaisse.web.lists import ListState, Selection

PARAMETER = "statut"


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its words, where it leads, how many rows it holds."""

    label: str
    url: str
    count: int
    is_current: bool


def open_tab(state: ListState, known: Mapping[str, object]) -> str:
    """The tab that the address asks for; the first, which has no name there, for any other."""
    asked = state.kept.get(PARAMETER, "")
    return asked if asked in known else ""


def tabs_of(state: ListState, names: Mapping[str, str], counts: Mapping[str, int]) -> list[Tab]:
    """The tabs in the order of their names; the filters stay when one goes to another."""
    current = open_tab(state, names)
    return [
        Tab(label, _url(state, key), counts[key], key == current) for key, label in names.items()
    ]


def _url(state: ListState, key: str) -> str:
    kept = {name: value for name, value in state.kept.items() if name != PARAMETER}
    if key:
        kept[PARAMETER] = key
    return state.url(kept=kept, page=1, selection=Selection())
