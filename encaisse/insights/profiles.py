"""Profiles: whom they hold, who put them there, and how they are reminded."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, Scenario, Threshold
from encaisse.collection.queries.profile_rules import Move
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A profile with its customers, by who gave it: a person, a file, a rule, or nobody."""

    profile: CollectionProfile
    scenarios: Mapping[bool, Scenario]
    chosen: int
    by_file: int
    by_rule: int
    unset: int
    # How many rules give it.
    rules: int = 0

    @property
    def is_followed(self) -> bool:
        """Whether something has to take its place when it goes."""
        return bool(self.customers or self.rules or self.profile.is_default)

    @property
    def customers(self) -> int:
        """How many follow it."""
        return self.chosen + self.by_file + self.by_rule + self.unset

    @property
    def with_email(self) -> Scenario | None:
        """The scenario of those who have an address."""
        return self.scenarios.get(True)

    @property
    def without_email(self) -> Scenario | None:
        """The scenario of the others."""
        return self.scenarios.get(False)

    @property
    def thresholds(self) -> tuple[tuple[Threshold, ...], ...]:
        """The thresholds of each scenario, by currency."""
        return tuple(
            tuple(sorted(one.thresholds.all(), key=lambda row: row.currency))
            for one in self.scenarios.values()
        )


def profile_lines(company: Company) -> list[ProfileLine]:
    """The profiles, the default one first. Five queries."""
    profiles = list(
        CollectionProfile.objects.filter(company=company)
        .prefetch_related("scenarios__thresholds")
        .annotate(rule_count=Count("rules"))
        .order_by("-is_default", "name", "id")
    )
    given: Counter[tuple[int, str]] = Counter()
    follow_ups = CustomerFollowUp.objects.filter(company=company).exclude(profile=None).order_by()
    for profile_id, origin, count in follow_ups.values_list(
        "profile_id", "profile_origin"
    ).annotate(count=Count("customer_id")):
        given[profile_id, origin] += count
    unset = Customer.objects.of(company).count() - given.total()
    origins = CustomerFollowUp.Origin
    return [
        ProfileLine(
            profile,
            {one.with_email: one for one in profile.scenarios.all()},
            chosen=given[profile.pk, origins.PERSON],
            by_file=given[profile.pk, origins.FILE],
            by_rule=given[profile.pk, origins.RULE],
            unset=unset if profile.is_default else 0,
            rules=profile.rule_count,
        )
        for profile in profiles
    ]


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Customers who would leave one profile for another."""

    before: str
    after: str
    count: int
    examples: tuple[str, ...]


def move_groups(company: Company, moves: Iterable[Move]) -> list[MoveGroup]:
    """Moves by the profiles they leave and join, the largest first; one query."""
    rows = list(CollectionProfile.objects.filter(company=company))
    names = {row.pk: row.name for row in rows}
    default = next((row.name for row in rows if row.is_default), "")
    found: dict[tuple[int | None, int | None], list[Move]] = {}
    for move in moves:
        found.setdefault((move.before, move.after), []).append(move)
    groups = [
        MoveGroup(
            names.get(before or 0, default),
            names.get(after or 0, default),
            len(some),
            tuple(move.name for move in some[:_EXAMPLES]),
        )
        for (before, after), some in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.before, group.after))


def countries_of(company: Company) -> list[str]:
    """The countries that customers have, as their accounting writes them."""
    named = Customer.objects.of(company).exclude(country="").order_by("country")
    return list(named.values_list("country", flat=True).distinct()[:200])
