"""What « Qui vous doit quoi ? » shows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.contrib import messages
from django.utils.translation import gettext as _

from encaisse.core.ageing import BoundsRefused, parse_bounds
from encaisse.core.wording import told
from encaisse.insights.aged_items import Account, AgedItem, AgedItems, items_of, newly_overdue
from encaisse.insights.aging import AgedBalance, AgedRow, AgedTotal
from encaisse.insights.choices import Choices, choices_of
from encaisse.insights.criteria import Criteria
from encaisse.insights.customers import Facts, LastNote, facts_of, last_notes
from encaisse.insights.together import AgedTogether, aged_together
from encaisse.tenancy.models import Membership
from encaisse.web.access import CompanyRequest
from encaisse.web.app.aging.exported import exported
from encaisse.web.app.aging.listspec import DETAIL, aging_spec, criteria_of, is_detailed
from encaisse.web.charts import Part, aged_parts, late_tone
from encaisse.web.exports import Line as Exported
from encaisse.web.lists import Listing, ListState

_USUAL_BOUNDS = ((30, 60), (30, 60, 90), (15, 45, 90))
# What unfolds under a customer; the others are on his page.
_MOST_ITEMS = 25
# How far back « NOUV » counts for someone who comes for the first time.
_FIRST_VISIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Novelty:
    """What « NOUV » counts from: the day of the last visit, or a week ago before the second."""

    since: date
    is_visit: bool

    @classmethod
    def of(cls, membership: Membership, today: date) -> "Novelty":
        """What is new to a member on a day."""
        if membership.visited_before is None:
            return cls(today - _FIRST_VISIT, is_visit=False)
        return cls(membership.visited_before, is_visit=True)


@dataclass(frozen=True, slots=True)
class Late:
    """One ageing period of one line."""

    minor: int
    tone: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One open entry under its customer; `late` as in his line."""

    item: AgedItem
    late: tuple[Late, ...]
    tone: int


@dataclass(frozen=True, slots=True)
class Line:
    """One customer in one currency; the oldest period comes first in `late`.

    `tone` is the colour of what he has overdue, 0 for nothing. `pieces` are there in the detailed
    view alone, and `others` says how many more he has.
    """

    row: AgedRow
    facts: Facts
    late: tuple[Late, ...]
    tone: int
    is_new: bool = False
    note: LastNote | None = None
    pieces: tuple[Piece, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """A total of the list in one currency, with its picture."""

    total: AgedTotal
    late: tuple[Late, ...]
    parts: list[Part]


@dataclass(frozen=True)
class AgingPage:
    """The list as of a day."""

    aged: AgedBalance
    novelty: Novelty
    choices: Choices
    state: ListState

    @property
    def on(self) -> date:
        """The day."""
        return self.aged.on

    @property
    def bounds(self) -> tuple[int, ...]:
        """The ageing periods."""
        return self.aged.bounds

    @property
    def has_ledger(self) -> bool:
        """True once anything was imported."""
        return self.choices.customers > 0

    @cached_property
    def criteria(self) -> Criteria:
        """What the filters ask."""
        return criteria_of(self.state, self.choices, new_since=self.novelty.since)

    @cached_property
    def totals(self) -> list[AgedTotal]:
        """The totals over the whole result, one a currency."""
        return self.aged.totals(self.criteria)

    @cached_property
    def together(self) -> AgedTogether | None:
        """What the list comes to in all the currencies, as one."""
        return aged_together(self.aged.scope.company, self.totals, on=self.on)

    @property
    def late_together(self) -> tuple[Late, ...]:
        """Its ageing periods, those that are shown."""
        return _late(self.together.amounts.late, self.state) if self.together else ()

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""
        aged, state, totals = self.aged, self.state, self.totals
        rows = aged.page(self.criteria, sort=state.sort, offset=state.offset, limit=state.size)
        return Listing(
            state,
            rows=_full_lines(aged, rows, state, self.novelty),
            count=sum(total.count for total in totals),
            totals=[self._total(one) for one in totals],
        )

    def _total(self, one: AgedTotal) -> Total:
        parts = aged_parts(one.amounts, self.bounds, url=self.state.without("tranche"))
        return Total(one, _late(one.amounts.late, self.state), parts)

    def exported(self) -> Iterator[Exported]:
        """Every row of the list, or the entries behind it, fetched in batches."""
        return exported(self.state, self.aged, self.criteria)

    @property
    def periods(self) -> list[tuple[str, str, bool]]:
        """The usual ageing periods: their words, their address, whether they are on."""
        offered = dict.fromkeys((self._own_bounds, *_USUAL_BOUNDS))
        return [
            (" · ".join(map(str, bounds)), self._with_bounds(bounds), bounds == self.bounds)
            for bounds in offered
        ]

    @property
    def _own_bounds(self) -> tuple[int, ...]:
        """The company's ageing periods: the address need not say them."""
        return self.aged.scope.company.bounds

    @property
    def is_detailed(self) -> bool:
        """True when the open entries stand under their customers."""
        return is_detailed(self.state)

    @property
    def detail_url(self) -> str:
        """The same list with the open entries, or without them."""
        return self._keeping("vue", "" if self.is_detailed else DETAIL)

    def _with_bounds(self, bounds: tuple[int, ...]) -> str:
        said = "" if bounds == self._own_bounds else ",".join(map(str, bounds))
        # A filter on a period means nothing once the periods are others.
        return self._keeping("tranches", said, dropped="tranche")

    def _keeping(self, key: str, value: str, *, dropped: str = "") -> str:
        state = self.state
        values = {name: one for name, one in state.values.items() if name != dropped}
        return state.url(kept={**state.kept, key: value}, values=values, page=1)


def aging_page(request: CompanyRequest) -> AgingPage:
    """The list that a request asks for."""
    bounds = request.company.bounds
    if text := request.GET.get("tranches"):
        try:
            bounds = parse_bounds(text)
        except BoundsRefused as refusal:
            messages.error(request, told(refusal, _))
    choices = choices_of(request.scope)
    spec = aging_spec(bounds, choices, is_detailed=request.GET.get("vue") == DETAIL)
    return AgingPage(
        AgedBalance(request.scope, request.today, bounds),
        Novelty.of(request.membership, request.today),
        choices,
        ListState.read(spec, request),
    )


def _full_lines(
    aged: AgedBalance, rows: Sequence[AgedRow], state: ListState, novelty: Novelty
) -> list[Line]:
    ids = {row.customer_id for row in rows}
    found = items_of(aged, ids, most=_MOST_ITEMS) if is_detailed(state) else {}
    notes = last_notes(aged.scope.company, ids) if state.shows("notes") else {}
    new = newly_overdue(aged, ids, since=novelty.since)
    return lines(aged, rows, state=state, new=new, notes=notes, items=found)


def lines(
    aged: AgedBalance,
    rows: Sequence[AgedRow],
    *,
    state: ListState | None = None,
    new: Collection[Account] = (),
    notes: Mapping[int, LastNote] | None = None,
    items: Mapping[Account, AgedItems] | None = None,
) -> list[Line]:
    """The rows with what is known of their customers."""
    ids = [row.customer_id for row in rows]
    facts = facts_of(aged.scope.company, ids, items=aged.items, on=aged.on)
    notes, items = notes or {}, items or {}
    made = []
    for row in rows:
        account = row.customer_id, row.currency
        unfolded = items.get(account)
        made.append(
            Line(
                row,
                facts[row.customer_id],
                _late(row.amounts.late, state),
                _tone(row.amounts.late) if row.amounts.overdue > 0 else 0,
                is_new=account in new,
                note=notes.get(row.customer_id),
                pieces=tuple(_piece(item, state) for item in unfolded.items) if unfolded else (),
                others=unfolded.others if unfolded else 0,
            )
        )
    return made


def _piece(item: AgedItem, state: ListState | None) -> Piece:
    return Piece(item, _late(item.amounts.late, state), _tone(item.amounts.late))


def _late(late: Sequence[int], state: ListState | None) -> tuple[Late, ...]:
    return tuple(
        Late(late[rank], late_tone(rank, len(late)) if late[rank] else 0)
        for rank in reversed(range(len(late)))
        if state is None or state.shows(f"late_{rank}")
    )


def _tone(late: Sequence[int]) -> int:
    return max((late_tone(rank, len(late)) for rank, minor in enumerate(late) if minor), default=0)
