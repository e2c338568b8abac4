"""Working days (jours ouvrés): Monday to Friday except public holidays (law.md 6.2)."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)


class WorkingDays:
    """The working days of one country, or of one of its subdivisions (57 = Alsace-Moselle)."""

    def __init__(self, country: str = "FR", subdivision: str = "") -> None:
        self._holidays = holidays.country_holidays(country, subdiv=subdivision or None)

    def is_working(self, day: date) -> bool:
        """True for a day on which offices and banks work."""
        return day.weekday() < 5 and day not in self._holidays

    def on_or_after(self, day: date) -> date:
        """The first working day from `day` on."""
        while not self.is_working(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The last working day up to `day`."""
        while not self.is_working(day):
            day -= _DAY
        return day


@lru_cache(maxsize=64)
def working_days(country: str = "FR", subdivision: str = "") -> WorkingDays:
    """The calendar of a country, built once."""
    return WorkingDays(country, subdivision)
