"""What « Échéances » shows, and its export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone

from encaisse.collection.queries.day_plan import DayPlan, day_plan
from encaisse.collection.queries.reasons import Words, words_of
from encaisse.collection.queries.to_remind import entries_held_back, entries_to_remind
from encaisse.collection.rules.plan import Reason
from encaisse.insights.choices import Choices, choices_of
from encaisse.insights.due_items import DueCriteria, DueItem, DueItems, DueTotal
from encaisse.insights.together import OwedTogether, owed_together
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.due_items.listspec import (
    HELD_BACK,
    TO_REMIND,
    criteria_of,
    due_items_spec,
)
from encaisse.web.charts import days_tone
from encaisse.web.exports import Cell, Line, Money
from encaisse.web.lists import Listing, ListState


@dataclass(frozen=True, slots=True)
class DueLine:
    """One entry; `tone` is the colour of its age, 0 when it is not late.

    `why`: what holds it back today, where the list is asked for that.
    """

    item: DueItem
    tone: int
    days_left: int | None
    why: Words | None

    @property
    def is_credit(self) -> bool:
        """True for what lowers the debt."""
        return self.item.remaining < 0


@dataclass(frozen=True)
class DueItemsPage:
    """The list as of a day, as one scope sees it; `now` says whether the data is fresh."""

    scope: Scope
    on: date
    now: datetime
    choices: Choices
    state: ListState

    @cached_property
    def found(self) -> DueItems:
        """The open items that the scope sees."""
        return DueItems(self.scope, self.on)

    @cached_property
    def criteria(self) -> DueCriteria:
        """What the filters ask."""
        return criteria_of(self.state, self.choices, only=self._only)

    @property
    def has_ledger(self) -> bool:
        """True once anything was imported."""
        return self.choices.customers > 0

    @cached_property
    def totals(self) -> list[DueTotal]:
        """The totals over the whole result, one a currency."""
        return self.found.totals(self.criteria)

    @cached_property
    def together(self) -> OwedTogether | None:
        """What they come to in all the currencies, as one."""
        totals = [(one.currency, one.overdue, one.remaining) for one in self.totals]
        return owed_together([self.scope.company], totals, on=self.on)

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""
        state, totals = self.state, self.totals
        items = self.found.page(
            self.criteria, sort=state.sort, offset=state.offset, limit=state.size
        )
        return Listing(
            state,
            rows=[self.line(item) for item in items],
            count=sum(total.count for total in totals),
            totals=totals,
        )

    def line(self, item: DueItem) -> DueLine:
        """An entry as a line."""
        due = item.entry.due_date if item.remaining > 0 else None
        reason = self._held_back.get(item.entry.pk)
        return DueLine(
            item,
            tone=days_tone(item.days_late, self.choices.bounds),
            days_left=(due - self.on).days if due and not item.days_late else None,
            why=words_of(reason) if reason else None,
        )

    @cached_property
    def _only(self) -> frozenset[int] | None:
        asked = self.state.get("relance")
        if asked == TO_REMIND:
            return entries_to_remind(self._plan)
        return frozenset(self._held_back) if asked == HELD_BACK else None

    @cached_property
    def _held_back(self) -> dict[int, Reason]:
        if self.state.get("relance") != HELD_BACK:
            return {}
        return entries_held_back(self._plan)

    @property
    def _plan(self) -> DayPlan:
        return day_plan(self.scope, self.on, now=self.now)

    def exported(self) -> Iterator[Line]:
        """Every entry of the list, fetched in batches."""
        for item in self.found.rows(self.criteria, sort=self.state.sort):
            yield _cells(self.line(item), self.scope.company.numbers_shown)


def due_items_page(request: CompanyRequest) -> DueItemsPage:
    """The list that a request asks for."""
    choices = choices_of(request.scope)
    state = ListState.read(due_items_spec(choices), request)
    return DueItemsPage(request.scope, request.today, timezone.now(), choices, state)


def _cells(line: DueLine, shown: str) -> Line:
    item, entry, customer = line.item, line.item.entry, line.item.customer
    return {
        "name": (customer.legal_name, customer.account_code),
        "document": (entry.number_shown(shown), str(entry.get_kind_display())),
        "level": (item.level or None, item.reminders or None),
        "marks": _mark_cells(line),
        "document_date": entry.document_date,
        "due": entry.due_date,
        "late": item.days_late or None,
        "label": entry.label,
        "reminded": item.reminded_on,
        "method": item.method,
        "amount": Money(entry.amount_minor, entry.currency),
        "remaining": Money(item.remaining, entry.currency),
        "currency": entry.currency,
        "expected": item.expected_date,
        "profile": item.profile,
        "sales_rep": customer.sales_rep,
        "category": customer.category,
        **{f"customer_{column}": getattr(customer, column) for column in CUSTOMER_COLUMNS},
        **dict(zip(ENTRY_COLUMNS, entry.free, strict=True)),
    }


def _mark_cells(line: DueLine) -> tuple[Cell, ...]:
    marks = line.item.marks
    stop = "STOP" if marks.is_stopped or marks.is_customer_stopped else ""
    return stop, marks.dispute, marks.promised_for, line.why.label if line.why else ""
