"""What is open on a day, as SQL pieces shared by every figure (balances, plan, lists).

An entry exists from its posting date and is settled from its match date (rules.md, « Amounts »).
Today, over a ledger without later movements, that is simply `remaining_minor`; any other day is
computed from the same rows. Both give the same columns, so callers never tell them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from encaisse.ledger.models import Allocation, Customer, LedgerEntry
from encaisse.tenancy.models import Company

# What an entry was paid by partial matches: by a day, and after it. Of an entry that is still open
# what remains is known, possibly from the source itself, and the later payments are added back.
# PostgreSQL sums integers into decimals: money stays an integer.
_PAID = """CAST(COALESCE((
  SELECT SUM(CASE WHEN a.debit_id = e.id THEN a.amount_minor ELSE -a.amount_minor END)
  FROM ledger_allocation a
  WHERE (a.debit_id = e.id OR a.credit_id = e.id) AND a."on" {when} %s), 0) AS BIGINT)"""
_REMAINED = f"""(CASE WHEN e.settled_date IS NULL
  THEN e.remaining_minor + {_PAID.format(when=">")}
  ELSE e.amount_minor - {_PAID.format(when="<=")} END)"""

# By hand: pages ask for it several times, and writing it anew would cost more than the answer.
_LAST_SQL = """SELECT
  (SELECT CAST(MAX(posting_date) AS TEXT) FROM ledger_ledgerentry WHERE company_id = %s),
  (SELECT CAST(MAX(settled_date) AS TEXT) FROM ledger_ledgerentry WHERE company_id = %s),
  (SELECT CAST(MAX("on") AS TEXT) FROM ledger_allocation WHERE company_id = %s)"""


class Matching(StrEnum):
    """Which entries: those not fully matched (the default), the others, or both."""

    OPEN = "open"
    MATCHED = "matched"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class OpenItems:
    """SQL about `ledger_ledgerentry e`: the condition for « open on that day » and what remains.

    `where` takes `where_params`, `remaining` takes `remaining_params`, each once per use.
    """

    where: str
    where_params: tuple[Any, ...]
    remaining: str
    remaining_params: tuple[Any, ...]


def open_items(company: Company, on: date) -> OpenItems:
    """The open items of a company as of a day. Costs one query of three index look-ups."""
    return _as_of(company, on, last_movement(company))


def open_items_of(days: Sequence[tuple[Company, date]]) -> list[OpenItems]:
    """The open items of several companies, each as of its own day; one query."""
    last = _last_movements([company for company, _on in days])
    return [_as_of(company, on, last.get(company.pk, date.min)) for company, on in days]


def _as_of(company: Company, on: date, last: date) -> OpenItems:
    if last <= on:
        return OpenItems(
            "e.company_id = %s AND NOT (e.remaining_minor = 0)",
            (company.pk,),
            "e.remaining_minor",
            (),
        )
    return OpenItems(
        "e.company_id = %s AND e.is_counted AND e.posting_date <= %s"
        " AND (e.settled_date IS NULL OR e.settled_date > %s)",
        (company.pk, on, on),
        _REMAINED,
        (on, on),
    )


def entries_of_account(
    customer: Customer, on: date, items: OpenItems, matching: Matching
) -> tuple[str, tuple[Any, ...]]:
    """The condition on `ledger_ledgerentry e` for a customer's entries, and its parameters."""
    own = ("e.customer_id = %s", customer.pk)
    if matching == Matching.OPEN:
        return f"{items.where} AND {own[0]}", (*items.where_params, own[1])
    known = "e.company_id = %s AND e.is_counted AND e.posting_date <= %s"
    params: tuple[Any, ...] = (customer.company_id, on)
    if matching == Matching.MATCHED:
        known += f" AND NOT ({items.where})"
        params += items.where_params
    return f"{known} AND {own[0]}", (*params, own[1])


def last_movement(company: Company) -> date:
    """The last day on which anything is posted or settled in the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_SQL, [company.pk] * 3)
        days = cursor.fetchone()
    return max((date.fromisoformat(day) for day in days if day), default=date.min)


def _last_movements(companies: Sequence[Company]) -> dict[int, date]:
    """The same for several companies, by id; those without any movement are absent."""
    entries = LedgerEntry.objects.filter(company=OuterRef("pk"))
    paid = Allocation.objects.filter(company=OuterRef("pk"))
    rows = Company.objects.filter(pk__in=[company.pk for company in companies]).values_list(
        "pk",
        Subquery(entries.order_by("-posting_date").values("posting_date")[:1]),
        Subquery(
            entries.exclude(settled_date=None).order_by("-settled_date").values("settled_date")[:1]
        ),
        Subquery(paid.order_by("-on").values("on")[:1]),
    )
    return {pk: max(filter(None, days)) for pk, *days in rows if any(days)}
