"""The same customer in several companies, and what they are all owed.

Two rows are one customer when their SIREN is the same; where one of them has none, when both the
account code and the name are. Everybody sees his own companies, each through his own portfolio and
as of its own day. Currencies are never added together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.db.models import Q

from encaisse.core.text import fold
from encaisse.insights.criteria import Accounts
from encaisse.insights.memory import remembered
from encaisse.insights.sql import Condition, batches, fetch, marks_for
from encaisse.ledger.models import Customer
from encaisse.ledger.queries.open_items import OpenItems, open_items_of
from encaisse.tenancy.models import Company, Membership
from encaisse.tenancy.policy import member_holds
from encaisse.tenancy.scope import Scope

# Below this the ledgers are counted anew for every page: it takes no time.
_LARGE = 2_000
# What the list is sorted by, over the customers of a group (c) and their balances (b).
_SORTS = {
    "name": "MIN(c.search_text)",
    "companies": "COUNT(DISTINCT b.place)",
    "overdue": "CAST(SUM(b.balance) - SUM(b.not_due) AS BIGINT)",
    "not_due": "CAST(SUM(b.not_due) AS BIGINT)",
    "balance": "CAST(SUM(b.balance) AS BIGINT)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A company as one of its members sees it, on its own day."""

    scope: Scope
    on: date

    @classmethod
    def of(cls, membership: Membership, *, now: datetime) -> Self:
        """Where a member may look."""
        return cls(Scope.of(membership), membership.company.local_day(now))

    @property
    def company(self) -> Company:
        """The company."""
        return self.scope.company


def places_of(memberships: Iterable[Membership], *, now: datetime) -> list[Place]:
    """The companies whose ledger the member may see."""
    return [
        Place.of(membership, now=now)
        for membership in memberships
        if member_holds(membership, "ledger.view")
    ]


def without_demonstration(places: Sequence[Place]) -> list[Place]:
    """The real companies: nobody owes a demonstration anything. Without any, all of them."""
    return [place for place in places if not place.company.is_demo] or [*places]


@dataclass(frozen=True, slots=True, order=True)
class Sum:
    """What is owed in one currency, in minor units: balance = overdue + not due."""

    currency: str
    balance: int
    not_due: int
    count: int = 1

    @property
    def overdue(self) -> int:
        """What is late, less the unmatched credits."""
        return self.balance - self.not_due


@dataclass(frozen=True, slots=True)
class Member:
    """A customer in one of the companies, in one currency."""

    company: Company
    customer_id: int
    code: str
    name: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Group:
    """One customer over all the companies, in one currency; `members` in the companies' order."""

    name: str
    siren: str
    sum: Sum
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A page of the list, with the totals of the whole: how many customers, and what they owe."""

    totals: Sequence[Sum]
    groups: Sequence[Group]

    @property
    def count(self) -> int:
        """How many rows the whole list has."""
        return sum(total.count for total in self.totals)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A customer of another company who is the same; `sums` is empty when nothing is open."""

    company: Company
    customer_id: int
    code: str
    name: str
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class GroupCriteria:
    """Filters of the list of groups; empty means any.

    `company_id` keeps the customers of that company, with what they owe everywhere; `is_shared`
    those of several companies.
    """

    search: str = ""
    accounts: Accounts = Accounts.DEBTORS
    currency: str = ""
    company_id: int | None = None
    is_shared: bool = False
    is_late: bool = False


class Groups:
    """What some companies are owed, by customer. Look-ups are made once, on demand."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self._items: list[OpenItems] | None = None
        self._mixed: bool | None = None

    def companies(self) -> list[tuple[Company, Sum]]:
        """What each company is owed by the customers whose balance is positive; two queries.

        A company that is owed nothing has a line of zeros in its own currency.
        """
        found = remembered(("companies", *self._key()), self._companies, worth=_is_large)
        sums: list[tuple[Company, Sum]] = []
        for rank, place in enumerate(self.places):
            base = place.company.base_currency
            own = [one for at, one in found if at == rank] or [Sum(base, 0, 0, 0)]
            ordered = sorted((one.currency != base, one.currency, one) for one in own)
            sums += [(place.company, one) for _other, _currency, one in ordered]
        return sums

    def page(
        self, criteria: GroupCriteria, *, sort: str = "-overdue", offset: int, limit: int
    ) -> GroupPage:
        """Some customers in order, and the totals of all; five queries, however long the list."""
        if not self.places:
            return GroupPage((), ())
        return remembered(
            ("groups", criteria, sort, offset, limit, *self._key()),
            lambda: self._page(criteria, sort, offset=offset, limit=limit),
            worth=lambda page: sum(total.count for total in page.totals) >= _LARGE,
        )

    def rows(self, criteria: GroupCriteria, *, sort: str = "-overdue") -> Iterator[Group]:
        """Every customer in order, for an export; their companies are read in batches."""
        ranked = self._ranked(criteria, sort)[1] if self.places else []
        for some in batches(ranked):
            yield from self._filled(some)

    def elsewhere(self, customer: Customer) -> list[Elsewhere]:
        """The same customer in the places, companies in order; three queries."""
        same = Q(siren=customer.siren) if customer.siren else Q(pk=None)
        namesake = Q(account_code=customer.account_code, search_text=customer.search_text)
        same |= namesake & Q(siren="") if customer.siren else namesake
        seen = Q(pk=None)
        for place in self.places:
            seen |= place.scope.customers()
        rows = Customer.objects.filter(seen & same).exclude(pk=customer.pk).order_by("id")
        found = [row for row in rows if row.company_id != customer.company_id]
        members = self._members([row.pk for row in found]) if found else []
        ranks = {place.company.pk: rank for rank, place in enumerate(self.places)}
        return [
            Elsewhere(
                self.places[ranks[row.company_id]].company,
                row.pk,
                row.account_code,
                row.legal_name,
                tuple(one.sum for one in members if one.customer_id == row.pk),
            )
            for row in sorted(found, key=lambda row: (ranks[row.company_id], row.pk))
        ]

    # -- computing ---------------------------------------------------------------------------------

    def _key(self) -> tuple[object, ...]:
        return tuple(
            (place.company.pk, place.company.facts_revision, place.scope.sales_reps, place.on)
            for place in self.places
        )

    def _companies(self) -> list[tuple[int, Sum]]:
        if not self.places:
            return []
        balances, params = self._balances()
        rows = fetch(
            "SELECT b.place, b.currency, SUM(b.balance), SUM(b.not_due), COUNT(*)"
            f" FROM ({balances}) b WHERE b.balance > 0 GROUP BY b.place, b.currency",
            params,
        )
        return [
            (place, Sum(currency, int(balance), int(not_due), count))
            for place, currency, balance, not_due, count in rows
        ]

    def _page(self, criteria: GroupCriteria, sort: str, *, offset: int, limit: int) -> GroupPage:
        totals, ranked = self._ranked(criteria, sort, offset=offset, limit=limit)
        return GroupPage(totals, tuple(self._filled(ranked)))

    def _ranked(
        self, criteria: GroupCriteria, sort: str, *, offset: int = 0, limit: int | None = None
    ) -> tuple[tuple[Sum, ...], list[tuple[str, Sum]]]:
        """The totals by currency, then some identities in order with their sums: one statement,
        since grouping is what costs.
        """
        groups, params = self._groups(criteria, _SORTS[sort.removeprefix("-")])
        direction = "DESC" if sort.startswith("-") else "ASC"
        # Amounts of two currencies do not compare: one currency after the other.
        first = "" if sort.removeprefix("-") == "name" else "g.currency, "
        order = f"{first}g.rank {direction}, g.identity, g.currency"
        window = () if limit is None else (limit, offset)
        rows = fetch(
            f"WITH g AS MATERIALIZED ({groups}) SELECT g.* FROM (SELECT 0 AS part, t.* FROM"
            " (SELECT '' AS identity, g.currency, SUM(g.balance) AS balance,"
            " SUM(g.not_due) AS not_due, COUNT(*) AS lines, MIN(g.rank) AS rank"
            " FROM g GROUP BY g.currency) t"
            f" UNION ALL SELECT 1, r.* FROM (SELECT g.* FROM g ORDER BY {order}"
            f"{' LIMIT %s OFFSET %s' if window else ''}) r) g ORDER BY g.part, {order}",
            (*params, *window),
        )
        sums = [
            (part, identity, Sum(currency, int(balance), int(not_due), count))
            for part, identity, currency, balance, not_due, count, _rank in rows
        ]
        totals = sorted(total for part, _identity, total in sums if part == 0)
        return tuple(totals), [(identity, one) for part, identity, one in sums if part]

    def _filled(self, ranked: Sequence[tuple[str, Sum]]) -> list[Group]:
        members = self._members_of([identity for identity, _sum in ranked])
        return [
            _group(total, own)
            for identity, total in ranked
            if (own := [one for one in members[identity] if one[1].sum.currency == total.currency])
        ]

    def _members_of(self, identities: Sequence[str]) -> dict[str, list[tuple[str, Member]]]:
        """The customers behind some identities, each with his SIREN."""
        if not identities:
            return {}
        identity, own = self._identity()
        marks = marks_for(identities)
        places, seen = self._seen("c")
        rows = fetch(
            f"SELECT c.id, c.siren, {identity} FROM ledger_customer c WHERE {places} AND"
            f" (c.siren IN ({marks}) OR c.search_text IN ({marks}) OR"
            " c.search_text IN (SELECT n.search_text FROM ledger_customer n"
            f" WHERE n.siren IN ({marks})))",
            (*own, *seen, *identities, *identities, *identities),
        )
        known = {pk: (key, siren) for pk, siren, key in rows if key in set(identities)}
        found: dict[str, list[tuple[str, Member]]] = {key: [] for key in identities}
        for member in self._members(list(known)):
            key, siren = known[member.customer_id]
            found[key].append((siren, member))
        return found

    def _members(self, customer_ids: Sequence[int]) -> list[Member]:
        """What some customers owe, companies in order."""
        if not customer_ids:
            return []
        only = f" AND e.customer_id IN ({marks_for(customer_ids)})"
        balances, params = self._balances(only, customer_ids)
        rows = fetch(
            "SELECT b.place, b.customer_id, c.account_code, c.legal_name, b.currency, b.balance,"
            f" b.not_due FROM ({balances}) b JOIN ledger_customer c ON c.id = b.customer_id"
            " ORDER BY b.place, b.customer_id, b.currency",
            params,
        )
        return [
            Member(
                self.places[place].company, pk, code, name, Sum(currency, int(balance), int(due))
            )
            for place, pk, code, name, currency, balance, due in rows
        ]

    # -- SQL ---------------------------------------------------------------------------------------

    def _balances(self, only: str = "", only_params: Sequence[int] = ()) -> Condition:
        """Each customer's balance in each currency, in one company after the other."""
        if self._items is None:
            self._items = open_items_of([(place.company, place.on) for place in self.places])
        parts: list[str] = []
        params: list[Any] = []
        for rank, (place, items) in enumerate(zip(self.places, self._items, strict=True)):
            rest, own = items.remaining, items.remaining_params
            seen, reps = _portfolio(place.scope)
            parts.append(
                f"SELECT {rank} AS place, e.customer_id, e.currency,"
                f" CAST(SUM({rest}) AS BIGINT) AS balance, CAST(SUM(CASE WHEN {rest} > 0"
                f" AND (e.due_date IS NULL OR e.due_date >= %s) THEN {rest} ELSE 0 END) AS BIGINT)"
                f" AS not_due FROM ledger_ledgerentry e WHERE {items.where}{seen}{only}"
                " GROUP BY e.customer_id, e.currency"
            )
            params += [*own, *own, place.on, *own, *items.where_params, *reps, *only_params]
        return " UNION ALL ".join(parts), tuple(params)

    def _groups(self, criteria: GroupCriteria, rank: str) -> Condition:
        """One row a customer and currency over all the companies, for those who are kept."""
        balances, params = self._balances()
        identity, own = self._identity()
        having, kept = self._having(criteria)
        return (
            f"SELECT {identity} AS identity, b.currency, CAST(SUM(b.balance) AS BIGINT) AS balance,"
            " CAST(SUM(b.not_due) AS BIGINT) AS not_due, COUNT(*) AS lines,"
            f" {rank} AS rank FROM ({balances}) b"
            f" JOIN ledger_customer c ON c.id = b.customer_id GROUP BY 1, 2{having}",
            (*own, *params, *kept),
        )

    def _having(self, criteria: GroupCriteria) -> Condition:
        tests: list[str] = []
        params: list[Any] = []
        match criteria.accounts:
            case Accounts.DEBTORS:
                tests.append("SUM(b.balance) > 0")
            case Accounts.CREDITORS:
                tests.append("SUM(b.balance) < 0")
        if criteria.is_late:
            tests.append("SUM(b.balance) - SUM(b.not_due) > 0")
        if criteria.is_shared:
            tests.append("COUNT(DISTINCT b.place) > 1")
        if criteria.currency:
            tests.append("b.currency = %s")
            params.append(criteria.currency)
        if criteria.company_id is not None:
            tests.append("MAX(CASE WHEN c.company_id = %s THEN 1 ELSE 0 END) = 1")
            params.append(criteria.company_id)
        for word in fold(criteria.search).split():
            tests.append("MAX(CASE WHEN c.search_text LIKE %s THEN 1 ELSE 0 END) = 1")
            params.append(f"%{word}%")
        return (f" HAVING {' AND '.join(tests)}" if tests else ""), tuple(params)

    def _identity(self) -> Condition:
        """What tells `ledger_customer c` apart over all the companies: his SIREN, or that of a
        namesake with the same code, else his name and code together.
        """
        places = tuple(place.company.pk for place in self.places)
        marks = marks_for(places)
        if self._mixed is None:
            self._mixed = self._is_mixed(marks, places)
        if not self._mixed:
            return "CASE WHEN c.siren <> '' THEN c.siren ELSE c.search_text END", ()
        return (
            "CASE WHEN c.siren <> '' THEN c.siren ELSE COALESCE((SELECT MAX(n.siren)"
            f" FROM ledger_customer n WHERE n.company_id IN ({marks})"
            " AND n.search_text = c.search_text AND n.siren <> ''), c.search_text) END",
            places,
        )

    def _is_mixed(self, marks: str, places: tuple[int, ...]) -> bool:
        """True when some customers have a SIREN and others have none."""
        test = (
            f"EXISTS (SELECT 1 FROM ledger_customer c WHERE c.company_id IN ({marks}) AND c.siren"
        )
        (found,) = fetch(f"SELECT {test} = ''), {test} <> '')", (*places, *places))
        return all(found)

    def _seen(self, alias: str) -> Condition:
        places = tuple(place.company.pk for place in self.places)
        return f"{alias}.company_id IN ({marks_for(places)})", places


def _portfolio(scope: Scope) -> Condition:
    """What a portfolio adds to a condition on `ledger_ledgerentry e`."""
    if scope.sales_reps is None:
        return "", ()
    return (
        " AND e.customer_id IN (SELECT c.id FROM ledger_customer c"
        f" WHERE c.company_id = %s AND c.sales_rep IN ({marks_for(scope.sales_reps)}))",
        (scope.company.pk, *sorted(scope.sales_reps)),
    )


def _group(total: Sum, found: Sequence[tuple[str, Member]]) -> Group:
    siren = next((siren for siren, _member in found if siren), "")
    return Group(found[0][1].name, siren, total, tuple(member for _siren, member in found))


def _is_large(found: Sequence[tuple[int, Sum]]) -> bool:
    return sum(one.count for _rank, one in found) >= _LARGE
