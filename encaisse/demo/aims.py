"""What the demonstration company wants to collect: targets around what really comes in."""

from datetime import date, datetime

from encaisse.collection.operations.cash_targets import Aims, set_cash_targets
from encaisse.collection.rules.forecast import first_of_month
from encaisse.insights.cash_objective import PAST_MONTHS, cash_objective
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# Whole thousands of euros, as people set targets.
_STEP = 100_000
# In percent of a usual month: August is quiet, the end of the year is not.
_SEASON = {7: 95, 8: 75, 11: 105, 12: 115}
_PESSIMISTIC, _OPTIMISTIC = 85, 115


def set_targets(company: Company, *, today: date, author: Author, now: datetime) -> None:
    """Give twelve months their three targets."""
    first = first_of_month(today, -PAST_MONTHS)
    found = cash_objective(Scope(company), on=today, currency=company.base_currency, first=first)
    past = [month.received for month in found.months[:PAST_MONTHS] if month.received]
    usual = sum(past) // len(past) if past else _STEP
    targets = {}
    for month in found.months:
        aim = usual * _SEASON.get(month.first.month, 100) // 100
        targets[month.first] = Aims(
            _rounded(aim * _PESSIMISTIC // 100), _rounded(aim), _rounded(aim * _OPTIMISTIC // 100)
        )
    set_cash_targets(company, targets, currency=company.base_currency, author=author, now=now)


def _rounded(minor: int) -> int:
    return round(minor / _STEP) * _STEP
