"""On which days something regular leaves, and when next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEKDAYS = range(1, 8)
LAST_MONTH_DAY = 28


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Days of the week (1 for Monday), or one day of each month, from an hour on."""

    weekdays: frozenset[int]
    month_day: int | None
    hour: int

    def falls_on(self, day: date) -> bool:
        """True for a day on which it leaves."""
        if self.month_day is not None:
            return day.day == self.month_day
        return day.isoweekday() in self.weekdays

    def is_due(self, local: datetime, last_day: date | None) -> bool:
        """True at a moment of a day that is not done with; a day that was missed is gone."""
        today = local.date()
        is_done = last_day is not None and last_day >= today
        return not is_done and local.hour >= self.hour and self.falls_on(today)

    def next_day(self, today: date, last_day: date | None) -> date | None:
        """The next day on which it leaves, today included until it is done; None for never."""
        return next(
            (
                day
                for day in _from(today)
                if self.falls_on(day) and (last_day is None or day > last_day)
            ),
            None,
        )

    def day_before(self, today: date) -> date | None:
        """The last day before today on which it left, or would have; None for never."""
        days = (today - timedelta(days=number) for number in range(1, 32))
        return next(filter(self.falls_on, days), None)


def _from(today: date) -> Iterator[date]:
    # A day of the month comes back within 31 days.
    return (today + timedelta(days=number) for number in range(32))
