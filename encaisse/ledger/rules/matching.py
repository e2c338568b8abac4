"""Matching (lettrage): which lines of a customer's account are settled, and what remains.

A letter is a group, not a link, and it means something only inside one account and one fiscal
year. A group that balances settles all its lines. In a group that does not, credits pay the oldest
due debits first; what its credits leave over pays the lines carried over from earlier (opening
entries), oldest first. Currencies never pay one another. Whatever happens, the sum of what remains
is the sum of the lines: the open items always add up to the account's balance.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Line:
    """One line of a customer's account. Dates are ISO texts; the empty text means none."""

    key: Any
    amount: int
    posting_date: str
    due_date: str
    period: int
    currency: str = "EUR"
    document: str = ""
    account: str = ""
    letter: str = ""
    letter_date: str = ""
    is_opening: bool = False
    # The same amount in the company's currency: an exchange difference balances only there.
    base: int = 0
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


def settle(lines: Sequence[Line], *, opened: frozenset[int] = frozenset()) -> list[Paid]:
    """Fill `remaining`, `settled_date` and `is_counted` of all the lines of one customer.

    `opened`: the periods (first day, as AAAAMMJJ) whose file carries opening entries. Such entries
    restate what the earlier periods left open: when both agree the earlier detail is kept and the
    opening entries count for nothing; when they differ the accounting's opening entries win.
    Returns the partial payments.
    """
    by_currency: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        line.remaining = line.amount if line.given_remaining is None else line.given_remaining
        line.settled_date = "" if line.remaining else line.posting_date
        line.is_counted = True
        by_currency[line.currency].append(line)
    if len(by_currency) > 1:
        by_currency = _without_exchanged(lines)
    paid: list[Paid] = []
    for some in by_currency.values():
        _settle_currency(some, opened, paid)
    return paid


def _without_exchanged(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Settle the groups that balance in the company's currency only; the other lines by currency.

    Such a group holds an invoice, its payment and the exchange difference between them.
    """
    groups: dict[tuple[int, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        given = line.is_opening or line.given_remaining is not None
        groups[line.period, line.account, "" if given else line.letter].append(line)
    rest: dict[str, list[Line]] = defaultdict(list)
    for (_period, _account, letter), group in groups.items():
        several = len({line.currency for line in group}) > 1
        if letter and several and not sum(line.base for line in group):
            _close(group)
            continue
        for line in group:
            rest[line.currency].append(line)
    return rest


def _settle_currency(lines: Iterable[Line], opened: frozenset[int], paid: list[Paid]) -> None:
    periods: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        periods[line.period].append(line)
    carried: list[Line] = []
    # A period without a line of this customer may still say that nothing was carried over to it.
    for period in sorted({*periods, *opened}):
        fresh = periods.get(period, [])
        handed: list[Line] = []
        if carried and period in opened:
            carried, fresh, handed = _open_period(carried, fresh, period)
        _match(carried, fresh, handed, paid)
        carried = [line for line in (*carried, *fresh) if line.remaining]


def _open_period(
    carried: list[Line], fresh: list[Line], period: int
) -> tuple[list[Line], list[Line], list[Line]]:
    """What is carried over, what is new, and the carried lines that got a letter of this period."""
    opening = [line for line in fresh if line.is_opening]
    others = [line for line in fresh if not line.is_opening]
    if sum(line.remaining for line in carried) == sum(line.amount for line in opening):
        handed = _hand_down_letters(opening, carried)
        for line in opening:
            line.is_counted, line.remaining, line.settled_date = False, 0, line.posting_date
        return carried, others, handed
    first_day = min((line.posting_date for line in fresh), default=_first_day(period))
    for line in carried:
        line.remaining, line.settled_date = 0, first_day
    return [], fresh, []


def _first_day(period: int) -> str:
    digits = str(period)
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _hand_down_letters(opening: Iterable[Line], carried: Iterable[Line]) -> list[Line]:
    """Give the letter of an opening entry to the earlier line that it restates; returns those.

    It restates the line of the same document and amount, else the oldest of the same amount.
    """
    for line in carried:
        line.letter = line.letter_date = ""
    lettered = sorted((entry for entry in opening if entry.letter), key=_age)
    by_document = _pair(lettered, carried, lambda line: (line.document, line.remaining))
    rest = [entry for entry in lettered if id(entry) not in by_document]
    by_amount = _pair(rest, carried, lambda line: line.remaining)
    return [*by_document.values(), *by_amount.values()]


def _pair(
    opening: Iterable[Line], carried: Iterable[Line], same: Callable[[Line], Any]
) -> dict[int, Line]:
    """The carried line of each opening entry that has one, by the entry's identity."""
    waiting: dict[Any, list[Line]] = defaultdict(list)
    for line in sorted(carried, key=_age, reverse=True):
        if not line.letter:
            waiting[same(line)].append(line)
    twins = {}
    for entry in opening:
        if found := waiting.get(same(entry)):
            twin = twins[id(entry)] = found.pop()
            twin.letter, twin.letter_date = entry.letter, entry.letter_date
            twin.account = entry.account
    return twins


def _match(
    carried: list[Line], fresh: list[Line], handed: Iterable[Line], paid: list[Paid]
) -> None:
    groups = _groups((*handed, *fresh))
    earlier_groups = _groups(carried)
    orphans: list[Line] = []
    for key, group in groups.items():
        together = _join(group, earlier_groups.get(key, ()))
        if together is None:
            _pay(group, group, paid)
            orphans += [line for line in group if line.remaining]
            continue
        _close(together)
    if orphans:
        orphan_ids = {id(line) for line in orphans}
        opening = [line for line in fresh if line.is_opening]
        earlier = [
            line for line in (*carried, *opening) if line.remaining and id(line) not in orphan_ids
        ]
        _pay(orphans, earlier, paid)
        _pay(earlier, orphans, paid)


def _close(group: Sequence[Line]) -> None:
    day = max(max(line.letter_date, line.posting_date) for line in group)
    for line in group:
        line.remaining, line.settled_date = 0, day


def _groups(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.letter and line.given_remaining is None:
            groups[line.account, line.letter].append(line)
    return groups


def _join(group: list[Line], earlier: Iterable[Line]) -> list[Line] | None:
    """The lines that balance: the group alone, or with an earlier period's of the same letter.

    Letters start again each year, so the same letter of another year is the same group only when
    it makes the balance; otherwise it is another group that happens to be called alike.
    """
    if not sum(line.remaining for line in group):
        return group
    known = {id(line) for line in group}
    together = [*group, *(line for line in earlier if id(line) not in known)]
    return None if sum(line.remaining for line in together) else together


def _age(line: Line) -> tuple[str, str, str, int]:
    """Oldest due first; then what makes the order the same whatever the order of the file."""
    return line.due_date or line.posting_date, line.posting_date, line.document, line.amount


def _pay(payers: Iterable[Line], debtors: Iterable[Line], paid: list[Paid]) -> None:
    credits = sorted((line for line in payers if line.remaining < 0), key=_age)
    debits = sorted((line for line in debtors if line.remaining > 0), key=_age)
    waiting = iter(debits)
    debit = next(waiting, None)
    for credit in credits:
        while credit.remaining and debit is not None:
            part = min(debit.remaining, -credit.remaining)
            day = max(credit.letter_date, credit.posting_date, debit.posting_date)
            debit.remaining -= part
            credit.remaining += part
            paid.append(Paid(debit.key, credit.key, part, day))
            for line in (debit, credit):
                line.last_paid = max(line.last_paid, day)
                if not line.remaining:
                    line.settled_date = line.last_paid
            if not debit.remaining:
                debit = next(waiting, None)
