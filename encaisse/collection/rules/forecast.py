"""When money is expected: the day of each part of what an entry still owes, and its week.

In order of strength, the last one winning: due date, promise, expected date. A promise for a part
of an entry moves that part alone. A promise or an expected date whose day has passed says nothing
any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from encaisse.collection.rules.promises import Covered, still_promised
from encaisse.core.workdays import WorkingDays

WEEKS = 9
_WEEK = timedelta(days=7)

# The columns that are no week, as addresses say them.
LATE, BEFORE, LATER = "retard", "avant", "ensuite"


class Ground(StrEnum):
    """What a day is expected from; what is late or has no due date is expected on no day."""

    DUE = "due"
    PROMISE = "promise"
    EXPECTED = "expected"
    LATE = "late"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what an entry owes, in minor units; `day` is None for late and undated ones."""

    day: date | None
    minor: int
    ground: Ground


def expected_parts(
    remaining: int,
    *,
    due: date | None,
    expected: date | None = None,
    promises: Sequence[Covered] = (),
    today: date,
) -> list[Part]:
    """The parts that make up `remaining`, to the cent. `promises`: the earliest day first."""
    if expected is not None and expected >= today:
        return [Part(expected, remaining, Ground.EXPECTED)]
    parts, left = [], remaining
    held = still_promised(promises, remaining, today) if promises else []
    for promise, minor in zip(promises, held, strict=True):
        promised = min(minor, left)
        if promised > 0:
            parts.append(Part(promise.promised_date, promised, Ground.PROMISE))
            left -= promised
    return [*parts, part_at_due_date(left, due, today=today)] if left else parts


def part_at_due_date(minor: int, due: date | None, *, today: date) -> Part:
    """What nobody said anything about: expected on its due date unless that has passed."""
    if due is None:
        return Part(None, minor, Ground.UNDATED)
    return Part(None, minor, Ground.LATE) if due < today else Part(due, minor, Ground.DUE)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month that comes so many months after that of a day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks shown at once; `first` is a Monday, this week's or a later one."""

    today: date
    first: date

    @classmethod
    def starting(cls, today: date, day: date | None = None) -> "Window":
        """The window that begins with the week of a day, with this week at the earliest."""
        return cls(today, max(monday(today), monday(day or today)))

    @property
    def mondays(self) -> tuple[date, ...]:
        """The weeks, by their Monday."""
        return tuple(self.first + number * _WEEK for number in range(WEEKS))

    @property
    def end(self) -> date:
        """The Monday after the last week."""
        return self.first + WEEKS * _WEEK

    @property
    def is_now(self) -> bool:
        """True when it begins with this week."""
        return self.first == monday(self.today)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in order: what is late, the weeks, what comes after."""
        return (LATE, *(week.isoformat() for week in self.mondays), LATER)

    def column_of(self, part: Part) -> str:
        """The column where a part stands; `BEFORE` between today and the first week."""
        if part.ground == Ground.LATE:
            return LATE
        if part.day is None or part.day >= self.end:
            return LATER
        return BEFORE if part.day < self.first else monday(part.day).isoformat()

    def due_between(self, column: str) -> tuple[date | None, date | None]:
        """The due dates that fall into a column by themselves: the first, and the day after."""
        if column == LATE:
            return None, self.today
        if column == LATER:
            return self.end, None
        week = date.fromisoformat(column)
        return max(week, self.today), week + _WEEK

    def landing_day(self, column: str, calendar: WorkingDays) -> date | None:
        """The day on which what is moved to a column is expected; None: no day of its own.

        It is the last working day of the week, so that the week may end before the date is missed.
        « Later » is the week after the last one shown.
        """
        if column == LATE:
            return None
        week = self.end if column == LATER else date.fromisoformat(column)
        last = calendar.on_or_before(week + timedelta(days=6))
        return max(last, week, self.today)
