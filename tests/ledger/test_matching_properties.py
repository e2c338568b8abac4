"""Matching: what holds for any account, whatever its letters, years and currencies."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from encaisse.ledger.rules.matching import Line, settle
from tests.ledger.accounts import opened

YEARS = (2024, 2025, 2026)
AMOUNTS = st.sampled_from((100, 200, 300, 500, -100, -200, -300, -500))


@st.composite
def lines(draw: st.DrawFn, currencies: tuple[str, ...] = ("EUR", "USD")) -> list[Line]:
    """Lines of one customer; opening entries only in 2025 and 2026, on the first of January."""
    found = []
    for number in range(draw(st.integers(1, 14))):
        year, month = draw(st.sampled_from(YEARS)), draw(st.integers(1, 12))
        opening = year > YEARS[0] and draw(st.integers(0, 3)) == 0
        day = f"{year}-01-01" if opening else f"{year}-{month:02}-15"
        amount = draw(AMOUNTS)
        found.append(
            Line(
                key=number,
                amount=amount,
                posting_date=day,
                due_date=draw(st.sampled_from(("", "2025-06-30", "2024-12-31"))),
                period=year * 10_000 + 101,
                currency=draw(st.sampled_from(currencies)),
                document=f"F{number}",
                letter=draw(st.sampled_from(("", "A", "B"))),
                is_opening=opening,
                base=draw(AMOUNTS),
            )
        )
    return found


def balance(account: list[Line], years: set[int]) -> int:
    """What the accounting says: a year with opening entries begins with them and nothing else."""
    total = 0
    for year in YEARS:
        some = [line for line in account if line.period // 10_000 == year]
        total = 0 if year in years else total
        total += sum(line.amount for line in some)
    return total


YEARS_OPENED = st.sets(st.sampled_from(YEARS[1:]))


@settings(max_examples=150, deadline=None)
@given(lines(currencies=("EUR",)), YEARS_OPENED)
def test_what_remains_is_the_balance_of_the_account(account: list[Line], years: set[int]):
    settle(account, opened=opened(*years))

    assert sum(line.remaining for line in account) == balance(account, years)
    assert all(not line.remaining for line in account if not line.is_counted)


@settings(max_examples=150, deadline=None)
@given(lines(), YEARS_OPENED)
def test_nothing_ever_remains_beyond_the_amount(account: list[Line], years: set[int]):
    settle(account, opened=opened(*years))

    for line in account:
        low, high = sorted((0, line.amount))
        assert low <= line.remaining <= high
        assert bool(line.remaining) != bool(line.settled_date)
        assert not line.settled_date or line.settled_date >= line.posting_date


@settings(max_examples=150, deadline=None)
@given(lines(), YEARS_OPENED, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(account: list[Line], years: set[int], random):
    again = [replace(line) for line in account]  # settling hands letters down
    random.shuffle(again)
    settle(account, opened=opened(*years))
    settle(again, opened=opened(*years))

    assert {line.key: outcome(line) for line in again} == {
        line.key: outcome(line) for line in account
    }


def outcome(line: Line) -> tuple[int, str, bool]:
    return line.remaining, line.settled_date, line.is_counted


@settings(max_examples=150, deadline=None)
@given(lines(currencies=("EUR",)), YEARS_OPENED)
def test_partial_payments_add_up_to_what_they_settled(account: list[Line], years: set[int]):
    paid = settle(account, opened=opened(*years))
    by_line: Counter[int] = Counter()
    for part in paid:
        assert part.amount > 0
        by_line[part.debit] += part.amount
        by_line[part.credit] -= part.amount

    for line in account:
        if line.remaining:
            assert line.amount - by_line[line.key] == line.remaining
