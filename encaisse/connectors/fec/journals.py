"""What the entries of a file tell of its journals, and whether they balance."""

from dataclasses import dataclass

from encaisse.connectors.fec.header import Header
from encaisse.connectors.fec.perimeter import CUSTOMER, INCOME, OTHER, TREASURY
from encaisse.core.text import fold

JournalKind = str
SALES, TREASURY_KIND, OPENING, MISC = "sales", "treasury", "opening", "misc"

# Beyond, entries are too scattered to be told apart in bounded memory.
_PENDING_CAPACITY = 50_000
_JOURNAL_CAPACITY = 10_000
_KEY_LENGTH = 80
_OPENING_CODES = frozenset({"an", "ano", "anx", "ran", "ouv", "rn", "a nouveau", "anouv"})
_OPENING_LABELS = ("a nouveau", "a nouveaux", "anouveau", "report", "ouverture", "reouverture")


@dataclass(slots=True)
class _Journal:
    label: str
    first_date: str
    last_date: str
    income: int = 0
    treasury: int = 0
    other: int = 0


class Journals:
    """Follows the entries (journal, number, date) as their lines come."""

    def __init__(self, header: Header) -> None:
        self._code_at = header.places["JournalCode"]
        self._label_at = header.place("JournalLib")
        self._number_at = header.places["EcritureNum"]
        self._journals: dict[str, _Journal] = {}
        self._current: _Journal | None = None
        self._key = ("", "", "")
        self._numbers: set[str] = set()
        self._pending: dict[tuple[str, str, str], int] = {}
        self._scattered = False
        # Takes the journals past a number no company has: a file of random codes stays readable.
        self._overflow = _Journal("", "", "")

    def turn(self, cells: list[str], day: str, balance: int, kinds: int) -> None:
        """Close the entry read so far, given its balance and what it touched; begin another."""
        self.close(balance, kinds)
        code = cells[self._code_at][:_KEY_LENGTH]
        number = cells[self._number_at][:_KEY_LENGTH]
        self._key = (code, number, day)
        if len(self._numbers) < 2:
            self._numbers.add(number)
        journal = self._journals.get(code)
        if journal is None and len(self._journals) >= _JOURNAL_CAPACITY:
            journal = self._overflow
        if journal is None:
            label = cells[self._label_at][:_KEY_LENGTH] if self._label_at < len(cells) else ""
            journal = self._journals[code] = _Journal(label, day, day)
        elif day < journal.first_date:
            journal.first_date = day
        elif day > journal.last_date:
            journal.last_date = day
        self._current = journal

    def close(self, balance: int, kinds: int) -> None:
        """Close the entry read so far."""
        journal = self._current
        if journal is None:
            return
        if kinds & TREASURY:
            journal.treasury += 1
        elif kinds & INCOME and (kinds & CUSTOMER or not kinds & OTHER):
            journal.income += 1
        else:
            journal.other += 1
        if balance:
            self._keep(balance)

    def _keep(self, balance: int) -> None:
        total = self._pending.pop(self._key, 0) + balance
        if len(self._pending) >= _PENDING_CAPACITY:
            self._scattered = True
        elif total:
            self._pending[self._key] = total

    @property
    def unbalanced_entries(self) -> int | None:
        """Number of entries whose lines do not sum to zero.

        None when it cannot be said: one number for the whole file, or lines too scattered.
        """
        if self._scattered or (len(self._numbers) < 2 and len(self._journals) > 0):
            return None
        return len(self._pending)

    @property
    def first_date(self) -> str:
        """ISO date of the first entry, "" without any."""
        return min((journal.first_date for journal in self._journals.values()), default="")

    @property
    def last_date(self) -> str:
        """ISO date of the last entry, "" without any."""
        return max((journal.last_date for journal in self._journals.values()), default="")

    def kinds(self) -> dict[str, JournalKind]:
        """Code of each journal → sales, treasury, opening or misc, by most of its entries."""
        start = self.first_date
        return {code.strip(): _kind(code, found, start) for code, found in self._journals.items()}


def _kind(code: str, journal: _Journal, start: str) -> JournalKind:
    if journal.first_date == start and _is_opening(code, journal):
        return OPENING
    if journal.treasury > max(journal.income, journal.other):
        return TREASURY_KIND
    return SALES if journal.income > journal.other else MISC


def _is_opening(code: str, journal: _Journal) -> bool:
    if fold(journal.label).startswith(_OPENING_LABELS):
        return True
    return fold(code) in _OPENING_CODES and journal.first_date == journal.last_date
