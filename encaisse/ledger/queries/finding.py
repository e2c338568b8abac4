"""Finding customers and entries by what was typed: every look-up is the beginning of an index.

A text is found the same way whatever the size of the ledger: no table is read through, nothing is
kept in memory, and what an import writes is found at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from encaisse.ledger.rules.finding import WHOLE, Asked, halves, is_spelled, near
from encaisse.tenancy.scope import Scope

Condition = tuple[str, tuple[Any, ...]]
# The known words that a typed one may stand for, with their number of mistakes.
Meant = Mapping[str, Mapping[str, int]]

# What one look-up hands over at most: more than a page shows, so that the best can be chosen.
_MOST = 200
_MOST_ENTRIES = 100
# Words counted to that point tell which one leads to the fewest customers.
_COUNTED = 2_000
# A mistyped word is compared with no more words than this.
_COMPARED = 20_000


def customers_found(scope: Scope, asked: Asked) -> set[int]:
    """Ids of customers that answer to every word as it is typed; at most three queries."""
    found: set[int] = set()
    if asked.whole:
        found |= _by_terms(scope, [_begins("t.term", WHOLE + asked.whole)])
    if asked.email:
        address, domain = (_begins("t.term", start + asked.email) for start in ("", "@"))
        found |= _by_terms(scope, [(f"{address[0]} OR {domain[0]}", address[1] + domain[1])])
    if asked.words:
        found |= _by_words(scope, asked.words, {})
    return found


def customers_near(scope: Scope, asked: Asked) -> tuple[set[int], Meant]:
    """Ids of customers that answer if some words were mistyped, and what these may stand for.

    One query for the words of the ledger that look like the typed ones, two for the customers.
    """
    spelled = [word for word in asked.words if is_spelled(word)]
    meant = {
        word: found
        for word, words in _lookalikes(scope, spelled).items()
        if (found := near(word, words))
    }
    if not meant:
        return set(), {}
    return _by_words(scope, asked.words, meant), meant


def entries_by_document(scope: Scope, asked: Asked) -> list[int]:
    """Ids of entries whose document number answers, exact numbers first; one query."""
    if not asked.document:
        return []
    digits, _space, rest = asked.document.partition(" ")
    more, also = (" AND e.document_key LIKE %s", (f"% %{rest}%",)) if rest else ("", ())
    parts = [
        _entries(scope, f"NOT (e.document_key = '') AND {test}{more}", (*params, *also))
        for test, params in (
            ("e.document_key = %s", (asked.document,)),
            _begins("e.document_key", f"{digits} "),
            _begins("e.document_key", digits),
        )
    ]
    return list(dict.fromkeys(row[0] for row in _fetch(*_union(parts))))


def entries_by_amount(scope: Scope, asked: Asked) -> list[int]:
    """Ids of counted entries of exactly that amount, or of which that remains, whatever the sign.

    `asked.amounts` are told apart by the decimals of the entry's currency: the caller keeps those
    that agree. One query.
    """
    values = sorted({sign * minor for _decimals, minor in asked.amounts for sign in (1, -1)})
    if not values:
        return []
    marks = ", ".join(["%s"] * len(values))
    parts = [
        _entries(scope, f"NOT (e.remaining_minor = 0) AND e.{column} IN ({marks})", values)
        for column in ("remaining_minor", "amount_minor")
    ]
    parts.append(_entries(scope, f"e.amount_minor IN ({marks})", values))
    return list(dict.fromkeys(row[0] for row in _fetch(*_union(parts))))


# -- customers by their terms ------------------------------------------------------------------


def _by_words(scope: Scope, words: Sequence[str], meant: Meant) -> set[int]:
    """Customers who have a term for every word: one that begins so, or one that it stands for."""
    tests = [_leads_from(word, meant.get(word, {})) for word in words]
    return _by_terms(scope, _rarest_first(scope, tests) if len(tests) > 1 else tests)


def _by_terms(scope: Scope, tests: Sequence[Condition]) -> set[int]:
    """Customers who have a term for every test, the rarest of which should come first."""
    (first, params), *others = tests
    where: list[str] = [_own(first)]
    values: list[Any] = [*params, scope.company.pk]
    for test, more in others:
        where.append(
            "EXISTS (SELECT 1 FROM ledger_customerterm o WHERE o.customer_id = t.customer_id"
            f" AND ({test.replace('t.term', 'o.term')}))"
        )
        values += more
    visible, more = _visible(scope, "t.customer_id")
    rows = _fetch(
        "SELECT t.customer_id FROM ledger_customerterm t"
        f" WHERE {' AND '.join(where)}{visible} LIMIT {_MOST}",
        (*values, *more),
    )
    return {row[0] for row in rows}


def _rarest_first(scope: Scope, tests: Sequence[Condition]) -> list[Condition]:
    """The tests, those that the fewest terms pass first; common ones are not counted to the end."""
    counts = ", ".join(
        "(SELECT COUNT(*) FROM (SELECT 1 FROM ledger_customerterm t"
        f" WHERE {_own(test)} LIMIT {_COUNTED}) x{rank})"
        for rank, (test, _params) in enumerate(tests)
    )
    params = [value for _test, own in tests for value in (*own, scope.company.pk)]
    counted = _fetch(f"SELECT {counts}", params)[0]
    ranks = sorted(range(len(tests)), key=lambda rank: (counted[rank], rank))
    return [tests[rank] for rank in ranks]


def _own(test: str) -> str:
    """A test on the terms of one company; its id comes after the test's own parameters."""
    return f"({test}) AND t.company_id = %s"


def _leads_from(word: str, meant: Collection[str]) -> Condition:
    test, params = _begins("t.term", word)
    if not meant:
        return test, params
    marks = ", ".join(["%s"] * len(meant))
    return f"{test} OR t.term IN ({marks})", (*params, *meant)


def _lookalikes(scope: Scope, words: Sequence[str]) -> dict[str, set[str]]:
    """For each word, the known words that begin or end like it; one query."""
    found: dict[str, set[str]] = {word: set() for word in words}
    parts: list[Condition] = []
    for rank, word in enumerate(words):
        start, end = halves(word)
        for column, half in (("w.word", start), ("w.mirror", end[::-1])):
            test, params = _begins(column, half)
            parts.append(
                (
                    f"SELECT {rank}, w.word FROM ledger_knownword w"
                    f" WHERE w.company_id = %s AND {test} LIMIT {_COMPARED}",
                    (scope.company.pk, *params),
                )
            )
    for rank, word in _fetch(*_union(parts)) if parts else ():
        found[words[rank]].add(word)
    return found


# -- SQL ---------------------------------------------------------------------------------------


def _begins(column: str, start: str) -> Condition:
    """The test that a text begins so, in the form that each database finds by its index."""
    if connection.vendor == "postgresql":
        escaped = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{column} LIKE %s", (f"{escaped}%",)
    return f"{column} >= %s AND {column} < %s", (start, start + chr(0x10FFFF))


def _visible(scope: Scope, column: str) -> Condition:
    """What a portfolio adds to a condition; nothing for someone who sees the whole company."""
    if scope.sales_reps is None:
        return "", ()
    marks = ", ".join(["%s"] * len(scope.sales_reps)) or "NULL"
    return (
        f" AND {column} IN (SELECT c.id FROM ledger_customer c"
        f" WHERE c.company_id = %s AND c.sales_rep IN ({marks}))",
        (scope.company.pk, *sorted(scope.sales_reps)),
    )


def _entries(scope: Scope, test: str, params: Iterable[Any]) -> Condition:
    visible, more = _visible(scope, "e.customer_id")
    return (
        "SELECT e.id FROM ledger_ledgerentry e WHERE e.company_id = %s AND e.is_counted"
        f" AND {test}{visible} LIMIT {_MOST_ENTRIES}",
        (scope.company.pk, *params, *more),
    )


def _union(parts: Sequence[Condition]) -> Condition:
    sql = " UNION ALL ".join(
        f"SELECT * FROM ({part}) p{rank}" for rank, (part, _) in enumerate(parts)
    )
    return sql, tuple(value for _part, params in parts for value in params)


def _fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
