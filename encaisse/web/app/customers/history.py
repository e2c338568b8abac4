"""« Historique » of a customer: everything that was sent, printed, said, decided and noted."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from encaisse.collection.queries.rehearsal import Rehearsals
from encaisse.insights.history import Happening, History
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.activities.pages import advice_on, recipients_of
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.historyspec import history_criteria, history_spec
from encaisse.web.app.customers.journal import told
from encaisse.web.lists import Listing, ListState, render_list

# Beyond, the page of the message lists them.
_MOST_ENTRIES = 6


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One happening as the list shows it."""

    happening: Happening
    day: date
    rehearsals: Rehearsals

    @property
    def text(self) -> str:
        """The sentence of a decision or of a note."""
        return told(self.happening.event).text if self.happening.event else ""

    @property
    def actor(self) -> str:
        """Who did it."""
        one = self.happening.reminder or self.happening.event
        return one.actor_name if one else ""

    @property
    def recipients(self) -> str:
        """Whom a message went to."""
        return recipients_of(self.happening.reminder) if self.happening.reminder else ""

    @property
    def advice(self) -> str:
        """What to do about a message that did not arrive."""
        return advice_on(self.happening.reminder) if self.happening.reminder else ""

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """The first entries that it is about."""
        return self.happening.entries[:_MOST_ENTRIES]

    @property
    def more_entries(self) -> int:
        """How many others there are."""
        return max(0, len(self.happening.entries) - _MOST_ENTRIES)


@dataclass(frozen=True)
class HistoryPage:
    """The history of one customer."""

    customer: Customer
    state: ListState

    @cached_property
    def listing(self) -> Listing:
        """One page of it."""
        history = History(self.customer, history_criteria(self.state))
        found = history.page(offset=self.state.offset, limit=self.state.size)
        company = self.customer.company
        rehearsals = Rehearsals.of(company)
        rows = [HistoryLine(one, company.local_day(one.at), rehearsals) for one in found]
        return Listing(self.state, rows=rows, count=history.count())


@require_safe
@member_can("activity.view")
def history(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The page, or what a filter changes of it for htmx."""
    customer = customer_of(request, customer_id)
    page = HistoryPage(customer, ListState.read(history_spec(), request))
    context = {"customer": customer, "page": page}
    return render_list(request, "customers/history.html", context, listing=page.listing)
