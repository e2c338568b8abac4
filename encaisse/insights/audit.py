"""The journal of a company, the newest first: filtered, and turned page by page by its keys."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from encaisse.insights.sql import Condition, all_of, fetch, holds_text, marks_for
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company, Event, User

# A text is looked for in so many lines at a time: the next page goes on from there.
SEARCHED_AT_ONCE = 10_000
_MOST_CUSTOMERS = 20
_DATA = "CAST(v.data AS TEXT)"
_SIDES = ("before", "after")
_EXPORTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AuditCriteria:
    """Filters; empty or None means any. Days are those of the company.

    `customer` is an account code or a part of a name, `text` something that the line holds; lines
    of the kinds `said_kinds`, and those that changed one of `said_fields`, say it in their words.
    """

    kinds: tuple[str, ...] = ()
    actor_id: int | None = None
    is_automatic: bool = False
    customer: str = ""
    text: str = ""
    said_kinds: tuple[str, ...] = ()
    said_fields: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, and the lines that the pages around begin after; 0 for the newest, None for none.

    `searched_to`: how far a text was looked for, when there may be more of it further.
    """

    events: Sequence[Event]
    newer: int | None
    older: int | None
    searched_to: datetime | None = None


@dataclass(frozen=True)
class Journal:
    """The lines of a company that answer some criteria."""

    company: Company
    criteria: AuditCriteria = AuditCriteria()

    def page(self, *, after: int, limit: int) -> AuditPage:
        """The lines older than line `after` (0: from the newest); five queries at most."""
        keys, searched = self._keys(after, limit + 1)
        shown = keys[:limit]
        older: int | None = None
        searched_to = None
        if len(keys) > limit:
            older = shown[-1]
        elif searched is not None:
            older, searched_to = searched
        return AuditPage(self._events(shown), self._newer(after, limit), older, searched_to)

    def batches(self) -> Iterator[Sequence[Event]]:
        """Every line, some at a time."""
        after: int | None = 0
        while after is not None:
            page = self.page(after=after, limit=_EXPORTED_AT_ONCE)
            yield page.events
            after = page.older

    def _events(self, ids: Sequence[int]) -> list[Event]:
        found = Event.objects.in_bulk(ids)
        return [found[pk] for pk in ids]

    def _newer(self, after: int, limit: int) -> int | None:
        """The line that the page before begins after; with a text, only the newest is known."""
        if not after:
            return None
        if self.criteria.text:
            return 0
        bound = self._bound(after, ">=")
        rows = self._run(bound, limit + 1, "ASC") if bound else []
        return rows[-1][0] if len(rows) > limit else 0

    def _keys(self, after: int, limit: int) -> tuple[list[int], tuple[int, datetime] | None]:
        """The ids, and where a search for a text stopped when it did not reach the end."""
        bound = self._bound(after, "<") if after else ("1 = 1", ())
        if bound is None:
            return [], None
        if not self.criteria.text:
            return [row[0] for row in self._run(bound, limit, "DESC")], None
        window = [row[0] for row in self._run(bound, SEARCHED_AT_ONCE, "DESC")]
        found = _holding(self.company, window, self.criteria, limit)
        if len(window) < SEARCHED_AT_ONCE:
            return found, None
        last = Event.objects.only("at").get(pk=window[-1])
        return found, (last.pk, last.at)

    def _bound(self, event_id: int, test: str) -> Condition | None:
        """Older or newer than a line of the company; None when it has no such line."""
        rows = Event.objects.filter(company=self.company, pk=event_id)
        at = rows.values_list("at", flat=True).first()
        if at is None:
            return None
        return f"(v.at, v.id) {test} (%s, %s)", (_moment(at), event_id)

    def _run(self, bound: Condition, limit: int, way: str) -> list[tuple[Any, ...]]:
        """The ids in order. Each customer, or kind, is read from its own end of its index."""
        order = f"ORDER BY at {way}, id {way} LIMIT {int(limit)}"
        branches = [
            all_of([bound, *conditions, *self._conditions()]) for conditions in self._branches()
        ]
        parts = [
            f"SELECT * FROM (SELECT v.id, v.at FROM tenancy_event v WHERE {where} {order}) k"
            for where, _params in branches
        ]
        values = [value for _where, params in branches for value in params]
        return fetch(f"SELECT id, at FROM ({' UNION ALL '.join(parts)}) found {order}", values)

    def _branches(self) -> list[list[Condition]]:
        """What is read apart and merged: one value of the second column of an index each."""
        criteria = self.criteria
        if criteria.customer:
            codes = codes_of(self.company, criteria.customer)
            kinds = [(f"v.kind IN ({marks_for(criteria.kinds)})", criteria.kinds)]
            return [
                [("v.customer_code = %s", (code,)), *(kinds if criteria.kinds else ())]
                for code in codes
            ]
        return [[("v.kind = %s", (kind,))] for kind in criteria.kinds] or [[]]

    def _conditions(self) -> Iterator[Condition]:
        criteria, zone = self.criteria, self.company.zone
        yield "v.company_id = %s", (self.company.pk,)
        if criteria.first is not None:
            start = datetime.combine(criteria.first, time(), zone)
            yield "v.at >= %s", (_moment(start),)
        if criteria.last is not None:
            end = datetime.combine(criteria.last + timedelta(days=1), time(), zone)
            yield "v.at < %s", (_moment(end),)
        if criteria.is_automatic:
            yield "v.actor_id IS NULL", ()
        elif criteria.actor_id is not None:
            yield "v.actor_id = %s", (criteria.actor_id,)


def _holding(
    company: Company, ids: Sequence[int], criteria: AuditCriteria, limit: int
) -> list[int]:
    """Those of some lines that hold or say a text, the first ones, in the same order."""
    if not ids:
        return []
    text, kinds = criteria.text, criteria.said_kinds
    tests = [
        (f"v.kind IN ({marks_for(kinds)})", kinds),
        *(holds_text(_DATA, word) for word in _as_kept(text)),
        holds_text("v.actor_name", text),
        holds_text("v.customer_code", text),
        *_changed(criteria.said_fields),
    ]
    where = " OR ".join(f"({test})" for test, _params in tests)
    params = [param for _test, params in tests for param in params]
    # By its bounds: thousands of ids would be longer to read, an index of the company too.
    rows = fetch(
        "SELECT v.id FROM tenancy_event v WHERE v.id BETWEEN %s AND %s AND v.company_id + 0 = %s"
        f" AND ({where})",
        (min(ids), max(ids), company.pk, *params),
    )
    holding = {row[0] for row in rows}
    return [pk for pk in ids if pk in holding][:limit]


def _changed(names: Sequence[str]) -> Iterator[Condition]:
    """The condition that a line changed one of some fields.

    Only the lines that keep what was before are looked into: few of them do.
    """
    if not names:
        return
    if connection.vendor == "sqlite":
        test, place = "json_type(v.data, %s) IS NOT NULL", "$.{side}.{name}"
    else:
        test, place = "v.data #> CAST(%s AS TEXT[]) IS NOT NULL", "{{{side},{name}}}"
    places = [place.format(side=side, name=name) for name in names for side in _SIDES]
    tests = " OR ".join([test] * len(places))
    yield f"{_DATA} LIKE %s AND ({tests})", ('%"after"%', *places)


def _as_kept(text: str) -> list[str]:
    """A text as it stands in the data: SQLite keeps it escaped, as it was written."""
    if connection.vendor != "sqlite":
        return [text]
    lower = text.lower()
    ways = (lower,) if lower.isascii() else (lower, lower.capitalize(), lower.upper())
    return [json.dumps(way)[1:-1] for way in ways]


def codes_of(company: Company, text: str) -> tuple[str, ...]:
    """The account codes that a text means: that very one, or those of customers named so."""
    rows = Customer.objects.filter(company=company, legal_name__icontains=text)
    named = rows.order_by("id").values_list("account_code", flat=True)[:_MOST_CUSTOMERS]
    return tuple(sorted({text, text.upper(), *named}))


def customers_named(company: Company, codes: Collection[str]) -> dict[str, tuple[int, str]]:
    """The id and name of the customers that some lines are about, by code; one query."""
    rows = Customer.objects.filter(company=company, account_code__in=codes)
    return {
        code: (pk, name) for code, pk, name in rows.values_list("account_code", "id", "legal_name")
    }


def authors_of(company: Company) -> list[User]:
    """The people of the company, those who left too, by name; one query."""
    rows = User.objects.filter(memberships__company=company).distinct()
    return list(rows.order_by("last_name", "first_name", "email"))


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
