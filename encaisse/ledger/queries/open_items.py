"""What is open on a day, as SQL pieces shared by every figure (balances, plan, lists).

An entry exists from its posting date and is settled from its match date (rules.md, « Amounts »).
Today, over a ledger without later movements, that is simply `remaining_minor`; any other day is
computed from the same rows. Both give the same columns, so callers never tell them apart.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from encaisse.ledger.models import Allocation, LedgerEntry
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
    """The open items of a company as of a day. Costs three index look-ups."""
    if last_movement(company) <= on:
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


def last_movement(company: Company) -> date:
    """The last day on which anything is posted or settled in the ledger."""
    entries = LedgerEntry.objects.filter(company=company)
    days = (
        entries.aggregate(day=Max("posting_date"))["day"],
        entries.aggregate(day=Max("settled_date"))["day"],
        Allocation.objects.filter(company=company).aggregate(day=Max("on"))["day"],
    )
    return max((day for day in days if day), default=date.min)
