"""Matching (lettrage): which lines of a customer's account are settled, and what remains.

A letter is a group, not a link, and it means something only inside one account and one fiscal
year (formats.md, facts 2 and 3). A group that balances settles all its lines. In a group that does
not, credits pay the oldest due debits first; what its credits leave over pays the lines carried
over from earlier (opening entries), oldest first. Whatever happens, the sum of what remains is the
sum of the lines: the open items always add up to the account's balance.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Line:
    """One line of a customer's account. Dates are ISO texts; the empty text means none."""

    key: Any
    amount: int
    posting_date: str
    due_date: str
    period: int
    document: str = ""
    account: str = ""
    letter: str = ""
    letter_date: str = ""
    is_opening: bool = False
    # None: computed here; otherwise what the source says is left.
    given_remaining: int | None = None
    remaining: int = 0
    settled_date: str = ""
    is_counted: bool = True
    last_paid: str = ""


@dataclass(slots=True)
class Paid:
    """A part of a debit paid by a credit, on a day."""

    debit: Any
    credit: Any
    amount: int
    on: str


@dataclass(slots=True)
class _Account:
    paid: list[Paid] = field(default_factory=list)


def settle(lines: Sequence[Line], *, opened: frozenset[int] = frozenset()) -> list[Paid]:
    """Fill `remaining`, `settled_date` and `is_counted` of all the lines of one customer.

    `opened`: the periods whose file carries opening entries. Such entries restate what the
    earlier periods left open: when both agree the earlier detail is kept and the opening entries
    count for nothing; when they differ the accounting's opening entries win.
    Returns the partial payments.
    """
    account = _Account()
    for line in lines:
        line.remaining = line.amount if line.given_remaining is None else line.given_remaining
        line.settled_date = "" if line.remaining else line.posting_date
        line.is_counted = True
    periods: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        periods[line.period].append(line)
    carried: list[Line] = []
    for number, period in enumerate(sorted(periods)):
        fresh = periods[period]
        if number and carried and period in opened:
            carried, fresh = _open_period(carried, fresh)
        active = [*carried, *fresh]
        _match(active, {id(line) for line in carried}, account)
        carried = [line for line in active if line.remaining]
    return account.paid


def _open_period(carried: list[Line], fresh: list[Line]) -> tuple[list[Line], list[Line]]:
    opening = [line for line in fresh if line.is_opening]
    others = [line for line in fresh if not line.is_opening]
    if sum(line.remaining for line in carried) == sum(line.amount for line in opening):
        _hand_down_letters(opening, carried)
        for line in opening:
            line.is_counted, line.remaining, line.settled_date = False, 0, line.posting_date
        return carried, others
    first_day = min(line.posting_date for line in fresh)
    for line in carried:
        line.remaining, line.settled_date = 0, first_day
    return [], fresh


def _hand_down_letters(opening: Iterable[Line], carried: Iterable[Line]) -> None:
    """Give the letter of an opening entry to the earlier line that it restates."""
    by_document: dict[tuple[str, int], list[Line]] = defaultdict(list)
    by_amount: dict[int, list[Line]] = defaultdict(list)
    for line in carried:
        line.letter = line.letter_date = ""
        by_document[line.document, line.remaining].append(line)
        by_amount[line.remaining].append(line)
    for entry in opening:
        if not entry.letter:
            continue
        found = by_document.get((entry.document, entry.amount)) or by_amount.get(entry.amount, [])
        twin = next((line for line in found if not line.letter), None)
        if twin is not None:
            twin.letter, twin.letter_date, twin.account = (
                entry.letter,
                entry.letter_date,
                entry.account,
            )


def _match(active: list[Line], carried: set[int], account: _Account) -> None:
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in active:
        if line.letter and line.given_remaining is None:
            groups[line.account, line.letter].append(line)
    orphans: list[Line] = []
    for group in groups.values():
        if sum(line.remaining for line in group):
            orphans += _pay_inside(group, account)
            continue
        day = max(line.letter_date or line.posting_date for line in group)
        for line in group:
            line.remaining, line.settled_date = 0, day
    if orphans:
        orphan_ids = {id(line) for line in orphans}
        earlier = [
            line
            for line in active
            if (line.is_opening or id(line) in carried)
            and line.remaining
            and id(line) not in orphan_ids
        ]
        _pay(orphans, earlier, account)
        _pay(earlier, orphans, account)


def _pay_inside(group: list[Line], account: _Account) -> list[Line]:
    """Pay the group's debits with its credits; what is left over on the lines that remain."""
    _pay(group, group, account)
    return [line for line in group if line.remaining]


def _age(line: Line) -> tuple[str, str]:
    return line.due_date or line.posting_date, line.posting_date


def _pay(payers: Iterable[Line], debtors: Iterable[Line], account: _Account) -> None:
    credits = sorted((line for line in payers if line.remaining < 0), key=_age)
    debits = sorted((line for line in debtors if line.remaining > 0), key=_age)
    waiting = iter(debits)
    debit = next(waiting, None)
    for credit in credits:
        while credit.remaining and debit is not None:
            part = min(debit.remaining, -credit.remaining)
            day = max(credit.letter_date or credit.posting_date, debit.posting_date)
            debit.remaining -= part
            credit.remaining += part
            account.paid.append(Paid(debit.key, credit.key, part, day))
            for line in (debit, credit):
                line.last_paid = max(line.last_paid, day)
                if not line.remaining:
                    line.settled_date = line.last_paid
            if not debit.remaining:
                debit = next(waiting, None)
