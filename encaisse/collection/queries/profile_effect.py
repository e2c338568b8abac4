"""What customers would get of another profile: their scenario, and the next day's plan.

Writes nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from encaisse.collection.models import CollectionProfile
from encaisse.collection.queries.facts import Lookout, gather
from encaisse.collection.queries.profile_rules import given_by_rules
from encaisse.collection.queries.scenario_effect import DayEffect, Sent, counted
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.rules.plan import decide
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope

_BATCH = 500
# Beyond that many customers, the whole plan is read at once.
_FEW = 5_000


class _Mover(NamedTuple):
    """A customer with his profile before and after; None is the default one."""

    has_email: bool
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ProfileEffect:
    """How many customers would change scenario, get one, or have none any more.

    `lost` counts them by their having an e-mail address. `day` is the next plan, of them alone.
    """

    customers: int
    changed: int
    gained: int
    lost: Mapping[bool, int]
    day: DayEffect


def default_effect(scope: Scope, on: date, *, profile: CollectionProfile) -> ProfileEffect:
    """What becomes of the customers whom nobody gave a profile, were this one the default."""
    unset = Q(follow_up=None) | Q(follow_up__profile=None)
    given = given_by_rules(scope.company, unset)
    rows = Customer.objects.visible_in(scope).filter(unset).values_list("pk", "has_email")
    movers = {pk: _Mover(has_email, None, given.get(pk, profile.pk)) for pk, has_email in rows}
    return _effect(scope, on, movers)


def move_effect(
    scope: Scope, on: date, customer_ids: Collection[int], *, profile: CollectionProfile | None
) -> ProfileEffect:
    """What becomes of some customers with a profile; None: that of the rules, else the default."""
    given: Mapping[int, int] = {}
    if profile is None:
        is_few = len(customer_ids) <= _BATCH
        given = given_by_rules(scope.company, Q(pk__in=customer_ids) if is_few else Q())
    after = profile.pk if profile else None
    movers = {
        pk: _Mover(has_email, before, given.get(pk, after))
        for pk, has_email, before in _seen(scope, customer_ids)
    }
    return _effect(scope, on, movers)


def _seen(scope: Scope, customer_ids: Collection[int]) -> Iterator[tuple[int, bool, int | None]]:
    """Those of some customers that the scope sees, with their own profile."""
    ids = sorted(customer_ids)
    for start in range(0, len(ids), _BATCH):
        some = Customer.objects.visible_in(scope).filter(pk__in=ids[start : start + _BATCH])
        yield from some.values_list("pk", "has_email", "follow_up__profile_id")


def _effect(scope: Scope, on: date, movers: Mapping[int, _Mover]) -> ProfileEffect:
    book = scenario_book(scope.company)
    changed = gained = 0
    lost = {True: 0, False: 0}
    for mover in movers.values():
        before, after = (_served(book, mover, one) for one in (mover.before, mover.after))
        gained += before is None and after is not None
        lost[mover.has_email] += before is not None and after is None
        changed += None not in (before, after) and before != after
    day = _day_effect(scope, on, book, movers)
    return ProfileEffect(len(movers), changed, gained, lost, day)


def _served(book: ScenarioBook, mover: _Mover, profile_id: int | None) -> int | None:
    """The scenario that a customer would follow, if it runs."""
    number = book.scenario_id(profile_id, has_email=mover.has_email)
    return number if number is not None and book.rules[number].is_active else None


def _day_effect(
    scope: Scope, on: date, book: ScenarioBook, movers: Mapping[int, _Mover]
) -> DayEffect:
    """The plan of the customers who move: the facts are those of now, only scenarios differ."""
    asked = tuple(movers) if len(movers) <= _FEW else None
    facts = gather(Lookout(scope, on, book=book, customer_ids=asked))
    entries = [entry for entry in facts.entries if entry.customer_id in movers]
    settled = [entry for entry in facts.settled if entry.customer_id in movers]

    def moved(customer_id: int) -> int | None:
        mover = movers[customer_id]
        return book.scenario_id(mover.after, has_email=mover.has_email)

    def sent(*, as_asked: bool) -> Sent:
        if as_asked:
            facts.entries = [one._replace(scenario_id=moved(one.customer_id)) for one in entries]
            facts.settled = [one._replace(scenario_id=moved(one.customer_id)) for one in settled]
        else:
            facts.entries, facts.settled = entries, settled
        return counted(decide(facts, scope.company.calendar).actions)

    return DayEffect(on, sent(as_asked=False), sent(as_asked=True))
