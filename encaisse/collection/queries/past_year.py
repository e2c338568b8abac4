"""What the scenarios would have sent over the last twelve months. Writes nothing.

The simulation takes a while: a job runs it, and its result is what `past_year` returns.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from encaisse.collection.models import Scenario
from encaisse.collection.queries.configuration import scenario_document
from encaisse.collection.queries.simulation import run_days, simulate
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

PAST_YEAR = "encaisse.collection.tasks.simulate_past_year"
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class PastYear:
    """One scenario's share of the last simulation.

    `messages` counts by month (its first day) and medium; `customers` are those who would have
    been written to or called. `at` is None while there is no result.
    """

    is_running: bool
    at: datetime | None = None
    # The scenario has changed since.
    is_old: bool = False
    months: tuple[date, ...] = ()
    messages: Counter[tuple[date, str]] | None = None
    customers: int = 0


def past_year(scope: Scope, today: date, *, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Messages by scenario, month and medium, and their customers, up to today; for JSON."""
    start = _months(today)[0]
    days = sum(1 for _day in run_days(scope, start, today, every="day"))
    messages: dict[int, Counter[str]] = defaultdict(Counter)
    customers: dict[int, set[int]] = defaultdict(set)
    for number, plan in enumerate(simulate(scope, start, today), start=1):
        for action in plan.actions:
            messages[action.scenario_id][f"{plan.on:%Y-%m} {action.step.medium}"] += 1
            customers[action.scenario_id].add(action.customer_id)
        progress(number, days)
    scenarios = Scenario.objects.filter(company=scope.company).select_related("profile")
    return {
        "until": today.isoformat(),
        "scenarios": {
            str(scenario.pk): {
                "document": scenario_document(scenario),
                "messages": dict(messages[scenario.pk]),
                "customers": len(customers[scenario.pk]),
            }
            for scenario in scenarios.prefetch_related("steps", "thresholds")
        },
    }


def past_year_of(company: Company, scenario: Scenario) -> PastYear:
    """The last result for a scenario, and whether another one is on its way; two queries."""
    jobs = Job.objects.filter(company=company, function=PAST_YEAR).order_by("-id")
    last = jobs.only("status").first()
    is_running = last is not None and not last.is_finished
    done = jobs.filter(status=Job.Status.DONE).first()
    found = done.result.get("scenarios", {}).get(str(scenario.pk)) if done else None
    if done is None or found is None:
        return PastYear(is_running)
    return PastYear(
        is_running,
        at=done.finished_at,
        is_old=found["document"] != scenario_document(scenario),
        months=_months(date.fromisoformat(done.result["until"])),
        messages=Counter(dict(_counted(found["messages"]))),
        customers=found["customers"],
    )


def _counted(messages: dict[str, int]) -> Iterator[tuple[tuple[date, str], int]]:
    for key, count in messages.items():
        month, medium = key.split()
        yield (date.fromisoformat(f"{month}-01"), medium), count


def _months(until: date) -> tuple[date, ...]:
    """The first days of twelve months, the one of `until` last."""
    last = until.year * 12 + until.month - 1
    return tuple(
        date(number // 12, number % 12 + 1, 1) for number in range(last - _MONTHS + 1, last + 1)
    )
