"""Working days (jours ouvrés): by default Monday to Friday except public holidays (law.md 6.2)."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays

MONDAY_TO_FRIDAY = "12345"
_DAY = timedelta(days=1)


class Closure(NamedTuple):
    """Days on which a company is closed, both included."""

    first: date
    last: date


class Holiday(NamedTuple):
    """A public holiday."""

    day: date
    name: str


class WorkingDays:
    """The working days of one country, or of one of its subdivisions (57 = Alsace-Moselle).

    `weekdays` are those that are worked, 1 for Monday; there is one at least. Nobody works during
    the `closures`.
    """

    def __init__(
        self,
        country: str = "FR",
        subdivision: str = "",
        weekdays: str = MONDAY_TO_FRIDAY,
        closures: Iterable[Closure] = (),
    ) -> None:
        self._holidays = holidays.country_holidays(country, subdiv=subdivision or None)
        self._weekdays = frozenset(map(int, weekdays))
        self._closed = frozenset(day for closure in closures for day in _days(closure))

    def is_working(self, day: date) -> bool:
        """True for a day on which offices and banks work, and the company too."""
        is_worked = day.isoweekday() in self._weekdays and day not in self._closed
        return is_worked and day not in self._holidays

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


def _days(closure: Closure) -> Iterable[date]:
    length = (closure.last - closure.first).days + 1
    return (closure.first + timedelta(days=rank) for rank in range(length))


@lru_cache(maxsize=64)
def working_days(
    country: str = "FR",
    subdivision: str = "",
    weekdays: str = MONDAY_TO_FRIDAY,
    closures: tuple[Closure, ...] = (),
) -> WorkingDays:
    """The calendar of a country or of a company, built once."""
    return WorkingDays(country, subdivision, weekdays, closures)


def known_countries() -> frozenset[str]:
    """The codes of the countries whose public holidays are known."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


def public_holidays(
    year: int, country: str = "FR", subdivision: str = "", *, language: str = "fr"
) -> list[Holiday]:
    """The public holidays of a year, in order, named in a language where that is known."""
    try:
        found = _holidays_of(year, country, subdivision, language)
    except NotImplementedError:
        found = {}
    return [Holiday(day, name.replace("'", "’")) for day, name in sorted(found.items())]


def _holidays_of(year: int, country: str, subdivision: str, language: str) -> dict[date, str]:
    spoken = getattr(holidays, country).supported_languages
    known = next((one for one in spoken if one.startswith(language)), None)
    return dict(
        holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, language=known
        ).items()
    )
