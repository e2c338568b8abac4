"""What « Litiges » shows, and its export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from encaisse.insights.disputes import (
    SORTING,
    DisputeRow,
    DisputeTotal,
    ReasonTotal,
    Resolution,
    Stage,
    by_reason,
    dispute_rows,
    resolution_of,
)
from encaisse.insights.figures import totals_by_currency
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.disputes.listspec import (
    TABS,
    criteria_of,
    disputes_spec,
    stage_names,
    tab_names,
)
from encaisse.web.exports import Line, Money
from encaisse.web.lists import Listing, ListState
from encaisse.web.tabs import PARAMETER, Tab, open_tab, tabs_of

# The picture shows that many reasons, and one bar for the others.
_REASONS = 6
_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class ReasonBar:
    """What is contested for a reason, as a bar, and the list behind it; no list for the rest."""

    total: ReasonTotal
    width: float
    url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A total with what it is made of, by reason."""

    total: DisputeTotal
    bars: Sequence[ReasonBar]


@dataclass(frozen=True)
class DisputesPage:
    """The list as a scope sees it."""

    scope: Scope
    state: ListState
    rows: Sequence[DisputeRow]

    @cached_property
    def _answering(self) -> list[DisputeRow]:
        return criteria_of(self.state).keep(self.rows)

    @cached_property
    def _shown(self) -> list[DisputeRow]:
        stages = TABS[open_tab(self.state, TABS)]
        return [row for row in self._answering if row.stage in stages]

    @property
    def has_disputes(self) -> bool:
        """False before the first one."""
        return bool(self.rows)

    @property
    def settled_count(self) -> int:
        """How many disputes could be closed, for nothing of them is owed any more."""
        return len({row.id for row in self.rows if row.stage == Stage.SETTLED})

    @cached_property
    def tabs(self) -> list[Tab]:
        """The tabs, with what the other filters leave in each."""
        counts = {
            key: len({row.id for row in self._answering if row.stage in stages})
            for key, stages in TABS.items()
        }
        return tabs_of(self.state, tab_names(), counts)

    @property
    def resolution(self) -> Resolution | None:
        """How long disputes take: those closed among what the filters keep, whatever the tab."""
        return resolution_of(self._answering)

    @property
    def _base_currency(self) -> str:
        return self.scope.company.base_currency

    @cached_property
    def totals(self) -> list[DisputeTotal]:
        """The totals of what is shown."""
        return totals_by_currency(self._shown, DisputeTotal, base_currency=self._base_currency)

    @cached_property
    def pictures(self) -> list[Picture]:
        """What is contested, by reason, one picture a currency."""
        return [
            Picture(total, self._bars(total.currency)) for total in self.totals if total.contested
        ]

    def _bars(self, currency: str) -> list[ReasonBar]:
        reasons = by_reason(self._shown, currency=currency)
        most = reasons[0].contested or 1
        bars = [self._bar(one, most) for one in reasons[:_REASONS]]
        if others := reasons[_REASONS:]:
            rest = ReasonTotal(
                _("Autres motifs"),
                sum(one.count for one in others),
                sum(one.contested for one in others),
            )
            bars.append(ReasonBar(rest, min(_WIDTH, round(rest.contested * _WIDTH / most, 1))))
        return bars

    def _bar(self, one: ReasonTotal, most: int) -> ReasonBar:
        values = {**self.state.values, "motif": one.reason}
        width = round(one.contested * _WIDTH / most, 1)
        return ReasonBar(one, width, self.state.url(values=values, page=1))

    @cached_property
    def listing(self) -> Listing:
        """One page of the list."""
        state = self.state
        rows = self._ordered[state.offset : state.offset + state.size]
        return Listing(state, rows=rows, count=len(self._ordered), totals=self.totals)

    @cached_property
    def _ordered(self) -> list[DisputeRow]:
        return SORTING.of(self._shown, self.state.sort, base_currency=self._base_currency)

    def exported(self) -> Iterator[Line]:
        """Every row of the list."""
        names = stage_names()
        return (_cells(row, names[row.stage]) for row in self._ordered)


def disputes_page(request: CompanyRequest) -> DisputesPage:
    """The list that a request asks for."""
    rows = dispute_rows(request.scope, on=request.today)
    asked = request.GET.get(PARAMETER, "")
    spec = disputes_spec(rows, tab=asked if asked in TABS else "")
    return DisputesPage(request.scope, ListState.read(spec, request), rows)


def _cells(row: DisputeRow, stage: str) -> Line:
    contested = None if row.contested is None else Money(row.contested, row.currency)
    documents = ", ".join(row.documents) or _("Tout le compte")
    return {
        "name": (row.debtor.name, row.debtor.account_code),
        "sales_rep": row.debtor.sales_rep,
        "level": row.debtor.level or None,
        "reason": (row.reason, row.comment),
        "documents": (documents, len(row.documents) or None),
        "contested": contested,
        "balance": Money(row.balance, row.currency),
        "currency": row.currency,
        "opened_on": (row.opened_on, row.days, row.author),
        "closed_on": (row.closed_on, row.outcome),
        "suspends": (_("Suspendues") if row.suspends else _("Continuent"), stage),
    }
