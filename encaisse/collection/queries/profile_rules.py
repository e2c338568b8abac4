"""The rules that give profiles, and what they would change now."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, ProfileRule
from encaisse.collection.rules.profiles import ProfileRule as Rule
from encaisse.collection.rules.profiles import Traits, asks_balances, decider, read_condition
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company

_RULED = CustomerFollowUp.Origin.RULE
_CHUNK = 5_000
RuleDocument = Mapping[str, Any]


class Move(NamedTuple):
    """A customer whose profile the rules would change; None is the default profile."""

    customer_id: int
    code: str
    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What some rules would do now: who moves, and how many each rule's profile would hold."""

    moves: list[Move]
    # Customers whom the rules decide about, and those whose profile a person or a file chose.
    decided: int
    chosen: int
    given: Mapping[int | None, int]


def rule_rows(company: Company) -> list[ProfileRule]:
    """The company's rules in order, with their profiles."""
    rows = ProfileRule.objects.filter(company=company).select_related("profile")
    return list(rows.order_by("position"))


def rules_of(company: Company) -> list[Rule]:
    """The company's rules, ready to decide."""
    rows = ProfileRule.objects.filter(company=company).order_by("position")
    return [read_rule(company, row.profile_id, row.conditions) for row in rows]


def read_rule(company: Company, profile_id: int, conditions: Sequence[Mapping[str, str]]) -> Rule:
    """A rule from what is written of it. Raises ConditionError."""
    currency = company.base_currency
    return Rule(profile_id, tuple(read_condition(one, currency=currency) for one in conditions))


def rule_outcome(company: Company, rules: Sequence[Rule]) -> RuleOutcome:
    """What rules would do to the customers whose profile nobody chose. Two or four queries."""
    decide = decider(rules)
    default = CollectionProfile.objects.filter(company=company, is_default=True).first()
    default_id = default.pk if default else None
    moves: list[Move] = []
    given: Counter[int | None] = Counter()
    for customer_id, code, name, before, traits in _customers(company, rules):
        after = decide(traits)
        given[after] += 1
        if after == before or (after == default_id and before is None):
            continue
        moves.append(Move(customer_id, code, name, before, after))
    decided = given.total()
    customers = Customer.objects.of(company).count()
    return RuleOutcome(moves, decided, customers - decided, given)


_Row = tuple[int, str, str, int | None, Traits]


def _customers(company: Company, rules: Sequence[Rule]) -> Iterator[_Row]:
    """Customers whose profile nobody chose, as rules look at them."""
    balances = _balances(company) if asks_balances(rules) else {}
    free = Customer.objects.of(company).filter(
        Q(follow_up=None) | Q(follow_up__profile=None) | Q(follow_up__profile_origin=_RULED)
    )
    rows = free.values_list(
        "id", "account_code", "legal_name", "follow_up__profile_id",
        "category", "sales_rep", "country", "free1", "free2",
    )  # fmt: skip
    for row in rows.iterator(chunk_size=_CHUNK):
        customer_id, code, name, before, category, sales_rep, country, free1, free2 = row
        owed = balances.get(customer_id, 0)
        home = country or company.country
        traits = Traits(category, sales_rep, home, free1, free2, owed)
        yield customer_id, code, name, before, traits


def _balances(company: Company) -> dict[int, int]:
    """What customers owe in the company's currency; those who owe nothing are absent."""
    found = (
        LedgerEntry.objects.filter(company=company, currency=company.base_currency)
        .exclude(remaining_minor=0)
        .order_by()
        .values_list("customer_id")
        .annotate(owed=Sum("remaining_minor"))
    )
    return {customer_id: int(owed) for customer_id, owed in found}


def rule_documents(company: Company) -> list[dict[str, Any]]:
    """The rules in order, as a configuration document writes them."""
    return [
        {"profile": row.profile.code, "conditions": row.conditions} for row in rule_rows(company)
    ]
