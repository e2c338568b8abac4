"""How many reminders there are and what they claim, also where there are a million of them."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, QuerySet, Sum

from encaisse.collection.models import Reminder
from encaisse.collection.queries.reminders import ReminderCriteria, reminders_matching
from encaisse.insights.figures import currency_order
from encaisse.insights.memory import remembered
from encaisse.tenancy.scope import Scope

# Below this, counting anew for every page takes no time.
_LARGE = 5_000

# By currency: how many, and what they claim.
Figures = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ReminderTotal:
    """How many reminders there are in one currency, and what they claim."""

    currency: str
    count: int
    amount: int


def reminder_totals(scope: Scope, criteria: ReminderCriteria, *, on: date) -> list[ReminderTotal]:
    """One total a currency over the whole result, the base currency first; three queries.

    What was written before the day `on` is remembered: it only changes when a message comes to
    its end, or when customers change hands; a mail may be opened any time. What was written since
    is counted for every page.
    """
    found = reminders_matching(scope, criteria)
    since = datetime.combine(on, time(), scope.company.zone)
    if criteria.status in Reminder.PENDING or criteria.is_opened:
        before: Figures = _figures(found.filter(created_at__lt=since))
    else:
        before = remembered(
            _key(scope, criteria, since),
            lambda: _figures(found.filter(created_at__lt=since)),
            worth=lambda figures: sum(count for count, _amount in figures.values()) >= _LARGE,
        )
    return _totals(before, _figures(found.filter(created_at__gte=since)), scope)


def _key(scope: Scope, criteria: ReminderCriteria, since: datetime) -> Hashable:
    """All that the figures of earlier days depend on."""
    company = scope.company
    earlier = Reminder.objects.filter(company=company, created_at__lt=since)
    depends_on_customers = bool(criteria.search or scope.sales_reps is not None)
    revision = company.facts_revision if depends_on_customers else None
    still_open = earlier.pending().count()
    return "activities", company.pk, scope.sales_reps, criteria, since, still_open, revision


def _figures(reminders: QuerySet[Reminder]) -> Figures:
    rows = reminders.values("currency").annotate(number=Count("id"), amount=Sum("amount_minor"))
    return {row["currency"]: (row["number"], row["amount"]) for row in rows}


def _totals(before: Figures, since: Figures, scope: Scope) -> list[ReminderTotal]:
    counts: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for figures in (before, since):
        for currency, (count, amount) in figures.items():
            counts[currency] += count
            amounts[currency] += amount
    order = sorted(counts, key=currency_order(scope.company.base_currency))
    return [ReminderTotal(currency, counts[currency], amounts[currency]) for currency in order]
