"""The figures of a cash report: what one person's customers owe, and what happened since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min

from encaisse.insights.activity import (
    Done,
    Received,
    Waiting,
    done_lately,
    received_between,
    waiting,
)
from encaisse.insights.aging import AgedBalance, AgedRow, AgedTotal, Amounts
from encaisse.insights.customers import Facts, facts_of
from encaisse.insights.disputes import DisputeTotal, dispute_rows
from encaisse.insights.figures import totals_by_currency
from encaisse.insights.models import CashReport
from encaisse.insights.promises import PromiseTotal, Status, promise_rows
from encaisse.insights.regular_mail import due, of_members, rhythm_of
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.models import Membership
from encaisse.tenancy.scope import Scope

# The work itself writes links to screens: it stands above.
SEND = "encaisse.web.tasks.send_cash_report"
_TOP = 10
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CashFigures:
    """The customers of a scope on a day; money in minor units, the base currency first.

    `before` is what was owed on the day `since`, by currency; None where the ledger begins later.
    What was done and received counts from `since` on, that day included.
    """

    on: date
    since: date
    totals: Sequence[AgedTotal]
    before: Mapping[str, Amounts] | None
    worst: Sequence[tuple[AgedRow, Facts]]
    done: Sequence[Done]
    received: Sequence[Received]
    waiting: Waiting
    late_promises: Sequence[PromiseTotal]
    disputes: Sequence[DisputeTotal]


def cash_figures(scope: Scope, *, on: date, since: date) -> CashFigures:
    """The figures of what the scope sees; a constant number of queries."""
    aged, base = AgedBalance(scope, on), scope.company.base_currency
    worst = aged.worst(_TOP)
    facts = facts_of(scope.company, [row.customer_id for row in worst], items=aged.items, on=on)
    late = [row for row in promise_rows(scope, on=on) if row.status == Status.LATE]
    contested = [row for row in dispute_rows(scope, on=on) if row.is_open]
    return CashFigures(
        on=on,
        since=since,
        totals=aged.totals(),
        before=_before(scope, since),
        worst=[(row, facts[row.customer_id]) for row in worst],
        done=done_lately(scope, on=on, days=(on - since).days + 1),
        received=received_between(scope, since, on),
        waiting=waiting(scope),
        late_promises=totals_by_currency(late, PromiseTotal, base_currency=base),
        disputes=totals_by_currency(contested, DisputeTotal, base_currency=base),
    )


def _before(scope: Scope, day: date) -> dict[str, Amounts] | None:
    """What was owed on a day; only a ledger that begins earlier knows it."""
    entries = LedgerEntry.objects.filter(company=scope.company)
    begins = entries.aggregate(day=Min("posting_date"))["day"]
    if begins is None or begins > day:
        return None
    return {total.currency: total.amounts for total in AgedBalance(scope, day).totals()}


def since_of(report: CashReport | None, *, on: date) -> date:
    """The day a report of `on` goes back to: that of the one before, else thirty days earlier."""
    if report is None or report.sent_at is None:
        return on - _MONTH
    sent = report.company.local_day(report.sent_at)
    return sent if sent < on else rhythm_of(report).day_before(on) or on - _MONTH


def cash_report_of(membership: Membership) -> CashReport | None:
    """What a member asked for; None when he never did."""
    found = CashReport.objects.select_related("company", "owner")
    return found.filter(company=membership.company_id, owner=membership.user_id).first()


def cash_report_to_send(report_id: int) -> CashReport | None:
    """A report with its owner and company; None once it was deleted."""
    return CashReport.objects.select_related("owner", "company").filter(pk=report_id).first()


def due_cash_reports(now: datetime) -> list[CashReport]:
    """The reports that must leave now; none to somebody who left."""
    return due(of_members(CashReport.objects.all()), now, function=SEND, key="report")
