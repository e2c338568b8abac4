"""What asks for somebody on the home page: how many, how much, and the rows behind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from encaisse.collection.models import Hold, Reminder
from encaisse.collection.queries.notes import unseen_mentions
from encaisse.collection.queries.reminders import ReminderCriteria, reminders_matching
from encaisse.insights.criteria import among
from encaisse.insights.customers import running_holds
from encaisse.insights.figures import Debtor, currency_order, debtors_of, figures_of
from encaisse.insights.freshness import last_sync_id
from encaisse.insights.memory import remembered
from encaisse.insights.promises import Status, promise_rows
from encaisse.insights.sql import fetch, portfolio
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope

# A STOP that is older than this was probably forgotten.
LONG_STOP = timedelta(days=90)
RECENT = timedelta(days=30)
_LARGE = 2_000

Money = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """How many there are of something; the amounts by currency, where that means something."""

    count: int
    amounts: Money = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A note that names the user and that he has not seen."""

    customer: Customer
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """Everything that asks for somebody; messages are those written since `since`."""

    since: date
    failed: Alert
    bounced: Alert
    promises: Alert
    stops: Alert
    unbalanced: Alert
    undated: Alert
    mentions: tuple[Mention, ...]


def alerts(scope: Scope, user: User, *, on: date) -> Alerts:
    """The alerts of what a user sees; a constant number of queries."""
    since = on - RECENT
    late = [row for row in promise_rows(scope, on=on) if row.status == Status.LATE]
    stops, groups = long_stops(scope, on=on), unbalanced_groups(scope)
    return Alerts(
        since=since,
        failed=_messages(scope, Reminder.Status.FAILED, since),
        bounced=_messages(scope, Reminder.Status.BOUNCED, since),
        promises=Alert(
            len(late), _money(scope, ((row.currency, row.standing.missing) for row in late))
        ),
        stops=Alert(len(stops), _money(scope, (owed for stop in stops for owed in stop.owed))),
        unbalanced=Alert(
            len(groups), _money(scope, ((one.currency, abs(one.gap)) for one in groups))
        ),
        undated=_undated(scope),
        mentions=tuple(
            Mention(found.note.customer, found.note.author_name, found.note.text)
            for found in unseen_mentions(scope.company, user)
        ),
    )


def _money(scope: Scope, amounts: Iterable[tuple[str, int]]) -> Money:
    sums: Counter[str] = Counter()
    for currency, minor in amounts:
        sums[currency] += minor
    order = currency_order(scope.company.base_currency)
    return tuple((currency, sums[currency]) for currency in sorted(sums, key=order))


def _messages(scope: Scope, status: str, since: date) -> Alert:
    return Alert(reminders_matching(scope, ReminderCriteria(status=status, first=since)).count())


# -- STOPs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LongStop:
    """A customer who owes something and has long been under STOP; amounts by currency."""

    debtor: Debtor
    set_on: date
    until: date | None
    reason: str
    set_by: str
    owed: Money

    def days(self, on: date) -> int:
        """Since how many days."""
        return (on - self.set_on).days


_STOPPED = (
    "SELECT h.customer_id FROM collection_hold h"
    " WHERE h.company_id = %s AND h.lifted_on IS NULL AND h.entry_id IS NULL"
)


def long_stops(scope: Scope, *, on: date) -> list[LongStop]:
    """Customers under STOP for more than 90 days who owe something, the oldest first."""
    holds = _old_holds(scope, on)
    figures = figures_of(scope.company, on=on, customers=_STOPPED)
    debtors = debtors_of(scope, figures, holds.values("customer_id"))
    order = currency_order(scope.company.base_currency)
    found: dict[int, LongStop] = {}
    for hold in holds.select_related("set_by").order_by("set_on", "id"):
        by_currency = figures.owed.get(hold.customer_id, {})
        owed = tuple(
            (currency, by_currency[currency].balance)
            for currency in sorted(by_currency, key=order)
            if by_currency[currency].balance > 0
        )
        if owed and hold.customer_id in debtors and hold.customer_id not in found:
            author = hold.set_by.full_name if hold.set_by else ""
            found[hold.customer_id] = LongStop(
                debtors[hold.customer_id], hold.set_on, hold.until, hold.reason, author, owed
            )
    return list(found.values())


def _old_holds(scope: Scope, on: date) -> QuerySet[Hold]:
    return running_holds(scope.company, on=on).filter(set_on__lt=on - LONG_STOP)


# -- what is wrong in the accounting -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnbalancedGroup:
    """Lines with one letter, matched according to the accounting, that do not balance.

    `credits` is negative; `gap` is what the debits exceed the credits by.
    """

    customer_id: int
    account_code: str
    name: str
    account: str
    period: int
    letter: str
    currency: str
    lines: int
    debits: int
    credits: int

    @property
    def year(self) -> str:
        """The fiscal year that gives the letter its meaning, by the year it began in."""
        return f"{self.period // 10_000}" if self.period else "–"

    @property
    def gap(self) -> int:
        """Debits less credits."""
        return self.debits + self.credits


def unbalanced_groups(scope: Scope) -> tuple[UnbalancedGroup, ...]:
    """The groups matched in capital letters that do not balance, the largest gap first.

    Small letters are partial matches by the custom of accounting software: nothing is wrong with
    them. Two queries; nothing but a synchronisation changes them.
    """
    company = scope.company
    key = ("unbalanced", company.pk, last_sync_id(company), scope.sales_reps)
    return remembered(key, lambda: _unbalanced(scope), worth=lambda _found: _is_large(scope))


def _is_large(scope: Scope) -> bool:
    """True when looking through the open entries takes a while; one query on their index."""
    open_entries = LedgerEntry.objects.filter(company=scope.company).exclude(remaining_minor=0)
    return open_entries.count() >= _LARGE


_GROUP = "e.customer_id, e.account, e.period, e.match_code, e.currency"


def _unbalanced(scope: Scope) -> tuple[UnbalancedGroup, ...]:
    seen, params = portfolio(scope)
    matched = "e.match_code <> '' AND e.match_code = UPPER(e.match_code)"
    # A group that does not balance leaves something open; few are left to add up.
    suspects = set(
        fetch(
            f"SELECT DISTINCT {_GROUP} FROM ledger_ledgerentry e"
            f" WHERE {seen} AND NOT (e.remaining_minor = 0) AND {matched}",
            params,
        )
    )
    if not suspects:
        return ()
    customers, ids = among("e.customer_id", {group[0] for group in suspects})
    rows = fetch(
        f"SELECT {_GROUP}, MIN(c.account_code), MIN(c.legal_name), COUNT(*),"
        " SUM(CASE WHEN e.amount_minor > 0 THEN e.amount_minor ELSE 0 END),"
        " SUM(CASE WHEN e.amount_minor < 0 THEN e.amount_minor ELSE 0 END)"
        " FROM ledger_ledgerentry e JOIN ledger_customer c ON c.id = e.customer_id"
        f" WHERE {seen} AND {customers} AND {matched} GROUP BY {_GROUP}"
        " HAVING SUM(e.amount_minor) <> 0",
        (*params, *ids),
    )
    groups = [
        UnbalancedGroup(
            customer_id, code, name, account, period, letter, currency, lines,
            int(debits), int(credits),
        )
        for customer_id, account, period, letter, currency, code, name, lines, debits, credits
        in rows
        if (customer_id, account, period, letter, currency) in suspects
    ]  # fmt: skip
    return tuple(sorted(groups, key=lambda one: (-abs(one.gap), one.name, one.letter)))


def _undated(scope: Scope) -> Alert:
    """Open debits without a due date; one query on the index of open items."""
    seen, params = portfolio(scope)
    rows = fetch(
        "SELECT e.currency, COUNT(*), SUM(e.remaining_minor) FROM ledger_ledgerentry e"
        f" WHERE {seen} AND NOT (e.remaining_minor = 0) AND e.due_date IS NULL"
        " AND e.remaining_minor > 0 GROUP BY e.currency",
        params,
    )
    amounts = _money(scope, ((currency, int(minor)) for currency, _count, minor in rows))
    return Alert(sum(count for _currency, count, _minor in rows), amounts)
