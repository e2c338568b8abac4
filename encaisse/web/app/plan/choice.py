"""Which lines of a list are ticked: all of them unless the address says otherwise.

The address says it short: `hors=12,15` all but those, `dont=12,15` none but those (`dont=0`:
none), `sans=101` without those entries. A form adds what its page shows (`vu`, `pv`) and what is
ticked there (`coche`, `p`), so that ticking works without JavaScript and over all pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from django.http import QueryDict

from encaisse.web.lists import ListState

PARAMETERS = ("hors", "dont", "sans")


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines that are ticked, by their keys, and the entries taken out of them."""

    keys: frozenset[str] = frozenset()
    only_keys: bool = False
    without: frozenset[int] = frozenset()

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From an address or from a form; what makes no sense there is ignored."""
        only = "dont" in query
        keys = _words(query.get("dont" if only else "hors", "")) - {"0"}
        without = _numbers(_words(query.get("sans", "")))
        if everything := query.get("tout"):
            return cls(only_keys=everything != "1")
        shown, ticked = frozenset(query.getlist("vu")), frozenset(query.getlist("coche"))
        kept = ticked if only else shown - ticked
        entries, kept_entries = _numbers(query.getlist("pv")), _numbers(query.getlist("p"))
        return cls(
            keys=(keys - shown) | (kept & shown),
            only_keys=only,
            without=(without - entries) | (entries - kept_entries),
        )

    def includes(self, key: str) -> bool:
        """True when the line is ticked."""
        return (key in self.keys) == self.only_keys

    def less(self, keys: Iterable[str]) -> "Choice":
        """The same choice without some lines."""
        others = frozenset(keys)
        return replace(self, keys=self.keys - others if self.only_keys else self.keys | others)

    def pairs(self) -> dict[str, str]:
        """The parameters that say this choice in an address, the shortest way."""
        found = {}
        if self.only_keys:
            found["dont"] = ",".join(sorted(self.keys)) or "0"
        elif self.keys:
            found["hors"] = ",".join(sorted(self.keys))
        if self.without:
            found["sans"] = ",".join(str(entry) for entry in sorted(self.without))
        return found


def state_fields(state: ListState) -> list[tuple[str, str]]:
    """What else the address of a list says, for a form that leads back to it."""
    query = QueryDict(state.query().removeprefix("?"))
    return [(name, str(query[name])) for name in query if name not in PARAMETERS]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split(",") if word.isalnum())


def _numbers(words: Iterable[str]) -> frozenset[int]:
    return frozenset(int(word) for word in words if word.isdecimal())
