"""Options that several commands share."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.core.dates import DateError, parse_date
from encaisse.core.wording import told
from encaisse.tenancy.models import Company

F = TypeVar("F", bound=Callable[..., Any])

# Plans look some months before and after their day, which must exist too.
_FIRST_YEAR, _LAST_YEAR = 1950, 2099


class Day(click.ParamType[date]):
    """A date, as AAAA-MM-JJ or JJ/MM/AAAA."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date of a text. A wrong one is a wrong usage (exit status 2)."""
        if isinstance(value, date):
            return value
        try:
            day = parse_date(value)
        except DateError as error:
            self.fail(told(error, _), param, ctx)
        if day is None:
            self.fail(_("la date est vide"), param, ctx)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fail(_("« %s » n’est pas une date plausible") % value, param, ctx)
        return day


def company_option(function: F) -> F:
    """Add `--company SLUG`, given to the command as `slug`."""
    return click.option(
        "--company", "slug", required=True, metavar="SLUG", help=_("Nom court de la société.")
    )(function)


def on_option(function: F) -> F:
    """Add `--on DATE`, the company's today when absent."""
    return click.option("--on", type=Day(), help=_("Au jour dit (par défaut aujourd’hui)."))(
        function
    )


def today_of(company: Company) -> date:
    """The company's calendar day."""
    return company.local_day(timezone.now())
