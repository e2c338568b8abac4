"""What the search shows: the customers and entries that answer, and where each leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from encaisse.insights.search import CustomerHit, EntryHit, Found, search
from encaisse.web.access import CompanyRequest
from encaisse.web.charts import days_tone

# What stands under the box while one types, and on the page of all results.
SUGGESTED = (6, 5)
LISTED = (50, 50)


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer; `tone` is the colour of his lateness, 0 for none, 3 the worst."""

    hit: CustomerHit
    url: str
    days_late: int
    tone: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry; its address is its line in the customer's account."""

    hit: EntryHit
    url: str
    tone: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The results for a text; `is_short` when it is too short to look for."""

    text: str
    found: Found
    customers: Sequence[CustomerLine]
    entries: Sequence[EntryLine]
    all_url: str

    @property
    def is_short(self) -> bool:
        """True below two characters."""
        return len(self.text) < 2

    @property
    def count(self) -> int:
        """How many results are shown."""
        return len(self.customers) + len(self.entries)


def search_page(request: CompanyRequest, text: str, *, most: tuple[int, int]) -> SearchPage:
    """The best results for what was typed."""
    customers, entries = most
    found = search(request.scope, text, today=request.today, customers=customers, entries=entries)
    return SearchPage(
        text,
        found,
        [_customer(request, hit) for hit in found.customers],
        [_entry(request, hit) for hit in found.entries],
        f"{request.url('search')}?{urlencode({'q': text})}",
    )


def _customer(request: CompanyRequest, hit: CustomerHit) -> CustomerLine:
    days = max((owed.days_late for owed in hit.owed), default=0)
    return CustomerLine(
        hit, request.url("customer", hit.customer_id), days, days_tone(days, request.company.bounds)
    )


def _entry(request: CompanyRequest, hit: EntryHit) -> EntryLine:
    entry = hit.entry
    asked = {"ecritures": "" if hit.is_open else "toutes", "q": entry.document_number}
    said = urlencode({key: value for key, value in asked.items() if value})
    url = request.url("customer", entry.customer_id)
    return EntryLine(
        hit, f"{url}?{said}" if said else url, days_tone(hit.days_late, request.company.bounds)
    )
