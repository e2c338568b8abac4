"""How well a customer pays: each payment against the due date of what it settled.

The score of a fiscal year is the average lateness of its payments, weighted by their amounts:

    Σ (amount paid × days after the due date) ÷ Σ amount paid

A payment in advance counts as 0 day: being early once does not make up for being late elsewhere.
What a credit note settled is not a payment, and an entry without a due date cannot be late.

    A   5 days at most: on time, the time that a transfer takes to arrive
    B   15 days at most
    C   30 days at most
    D   60 days at most
    E   more

What is open and overdue is not part of it: it is shown beside.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

# The highest average, in days, of each grade but the last.
BANDS: tuple[tuple[str, int], ...] = (("A", 5), ("B", 15), ("C", 30), ("D", 60))
WORST = "E"


class Score(NamedTuple):
    """The score of some payments; `days` is the exact average, `weight` the amounts behind it."""

    grade: str
    days: Fraction
    weight: int

    @property
    def tenths(self) -> int:
        """The average in tenths of a day, half a tenth up."""
        return int(self.days * 10 + Fraction(1, 2))


def score_of(payments: Iterable[tuple[int, int]]) -> Score | None:
    """The score of payments given as (amount, days late, negative when early).

    None without any payment.
    """
    weight = total = 0
    for amount, days in payments:
        weight += amount
        total += amount * max(0, days)
    if not weight:
        return None
    average = Fraction(total, weight)
    return Score(grade_of(average), average, weight)


def grade_of(average: Fraction) -> str:
    """The letter of an average lateness in days."""
    return next((letter for letter, most in BANDS if average <= most), WORST)


class Debit(NamedTuple):
    """What was settled with its group: `amount` is the part that the group paid."""

    key: int
    amount: int
    due: date
    group: Hashable


class Credit(NamedTuple):
    """What settled it, as a positive amount."""

    key: int
    amount: int
    posted: date
    group: Hashable


class Part(NamedTuple):
    """The part of a debit that a credit paid."""

    debit: int
    credit: int
    amount: int


def pair(debits: Sequence[Debit], credits: Sequence[Credit]) -> list[Part]:
    """Who paid what inside groups that balance: the oldest credits pay the oldest debits first.

    The same rule as where a group does not balance (ledger.rules.matching).
    """
    owed: dict[Hashable, list[Debit]] = {}
    for debit in sorted(debits, key=lambda one: (one.due, one.key)):
        owed.setdefault(debit.group, []).append(debit)
    left = {debit.key: debit.amount for debit in debits}
    parts = []
    for credit in sorted(credits, key=lambda one: (one.posted, one.key)):
        rest = credit.amount
        for debit in owed.get(credit.group, ()):
            if not rest:
                break
            if paid := min(rest, left[debit.key]):
                left[debit.key] -= paid
                rest -= paid
                parts.append(Part(debit.key, credit.key, paid))
    return parts
