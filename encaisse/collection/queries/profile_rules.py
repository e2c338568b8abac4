"""The rules that give profiles, and what they would change now."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, Sum, Value

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, ProfileRule
from encaisse.collection.rules.profiles import ProfileRule as Rule
from encaisse.collection.rules.profiles import (
    Traits,
    asked_columns,
    asks_balances,
    decider,
    read_condition,
)
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.tenancy.models import Company

_RULED = CustomerFollowUp.Origin.RULE
# Nobody chose their profile.
_FREE = Q(follow_up=None) | Q(follow_up__profile=None) | Q(follow_up__profile_origin=_RULED)
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
    for customer_id, code, name, before, traits in _customers(company, rules, _FREE):
        after = decide(traits)
        given[after] += 1
        if after == before or (after == default_id and before is None):
            continue
        moves.append(Move(customer_id, code, name, before, after))
    decided = given.total()
    customers = Customer.objects.of(company).count()
    return RuleOutcome(moves, decided, customers - decided, given)


def given_by_rules(company: Company, who: Q) -> dict[int, int]:
    """The profiles that the company's rules would give to some customers, whoever chose theirs;
    those that no rule fits are absent.
    """
    rules = rules_of(company)
    decide = decider(rules)
    found = _customers(company, rules, who) if rules else ()
    given = ((customer_id, decide(traits)) for customer_id, *_names, traits in found)
    return {customer_id: profile_id for customer_id, profile_id in given if profile_id}


_Row = tuple[int, str, str, int | None, Traits]


def _customers(company: Company, rules: Sequence[Rule], who: Q) -> Iterator[_Row]:
    """Some customers as rules look at them."""
    balances = _balances(company) if asks_balances(rules) else {}
    asked = asked_columns(rules)
    rows = Customer.objects.of(company).filter(who).values_list(
        "id", "account_code", "legal_name", "follow_up__profile_id",
        "category", "sales_rep", "country",
        *(column if column in asked else Value("") for column in CUSTOMER_COLUMNS),
    )  # fmt: skip
    for row in rows.iterator(chunk_size=_CHUNK):
        customer_id, code, name, before, category, sales_rep, country, *free = row
        owed = balances.get(customer_id, 0)
        home = country or company.country
        traits = Traits(category, sales_rep, home, tuple(free), owed)
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
