"""The cells of a row by the name of the field they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from encaisse.connectors.refusal import SetAside, shortened
from encaisse.connectors.tables.source import Table
from encaisse.connectors.tables.values import email_addresses, phone_number
from encaisse.core.text import fold
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS, trimmed

_LANGUAGES = {
    "fr": "fr", "fr fr": "fr", "fra": "fr", "francais": "fr", "french": "fr",
    "en": "en", "en gb": "en", "en us": "en", "eng": "en", "anglais": "en", "english": "en",
}  # fmt: skip
_FREE = max(CUSTOMER_COLUMNS, ENTRY_COLUMNS, key=len)
_SUMMARIES = frozenset({"total", "totaux", "sous", "solde", "soldes", "cumul", "nombre", "report"})


@dataclass(slots=True)
class Cells:
    """One row; `warnings` gathers, in French, what is not as it should be."""

    line: int
    values: list[str]
    mapping: Mapping[str, int | None]
    # Those of the free fields, up to the last one that has a column.
    free_places: tuple[int | None, ...] = ()
    warnings: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The text of a field, "" when it has no column."""
        place = self.mapping.get(name)
        return "" if place is None else self.values[place]

    def free(self) -> tuple[str, ...]:
        """The texts of the free fields, without the blank ones at the end."""
        if not self.free_places:
            return ()
        values = self.values
        return trimmed("" if place is None else values[place] for place in self.free_places)

    def warn(self, warning: str) -> None:
        """Add to what is not as it should be."""
        self.warnings.append(shortened(warning))

    def emails(self, name: str = "email") -> tuple[str, ...]:
        """The addresses of a field; a wrong one is left out with a warning."""
        good, bad = email_addresses(self.get(name))
        for text in bad:
            self.warn(_("« %(text)s » n’est pas une adresse e-mail.") % {"text": text})
        return good

    def phone(self, name: str) -> str:
        """The telephone number of a field."""
        return phone_number(self.get(name), country=self.get("country"))

    def language(self) -> str:
        """The code of the language, what is written when unknown."""
        text = self.get("language")
        return _LANGUAGES.get(fold(text), text.lower())

    def is_summary(self) -> bool:
        """Whether the row begins as « Total 411DUPONT », « Solde », « Report » do."""
        first = next(value for value in self.values if value)
        return _first_word(first[:40]) in _SUMMARIES


@lru_cache(maxsize=8192)
def _first_word(text: str) -> str:
    return fold(text).partition(" ")[0]


def readable_rows(table: Table, mapping: Mapping[str, int | None]) -> Iterator[Cells | SetAside]:
    """The rows of a table; column names printed again are left out, cut rows set aside."""
    width = len(table.headers)
    free_places = _free_places(mapping)
    for line, values in table.rows():
        if len(values) > width:
            yield SetAside(
                line,
                _("La ligne a %(found)d colonnes au lieu de %(expected)d.")
                % {"found": len(values), "expected": width},
            )
        elif values != table.headers:
            yield Cells(line, values, mapping, free_places)


def _free_places(mapping: Mapping[str, int | None]) -> tuple[int | None, ...]:
    places = [mapping.get(column) for column in _FREE]
    while places and places[-1] is None:
        places.pop()
    return tuple(places)
