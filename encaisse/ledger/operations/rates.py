"""Exchange rates: typed, read in a file, or asked of the European Central Bank."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.numbers import is_currency
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.ledger.models import ExchangeRate, RateFeed
from encaisse.ledger.queries.rates import rates_of
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company

_BATCH = 1_000
_OLDEST = date(1950, 1, 1)
Source = ExchangeRate.Source


class RateRefused(Exception):
    """The rate makes no sense; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of some rates: new ones, changed ones, and those that were known already."""

    added: int = 0
    changed: int = 0
    same: int = 0


@transaction.atomic
def record_rate(
    company: Company, *, currency: str, day: date, units: int, today: date, author: Author
) -> ExchangeRate:
    """Note the rate of a day, in hundred-millionths for one unit of the company's currency.

    It replaces the one that was known. Raises RateRefused for the company's own currency, for what
    is no currency, and for a day to come.
    """
    if problem := rate_problem(company, currency, day, today=today):
        raise RateRefused(problem)
    known = rates_of(company).filter(currency=currency, day=day).first()
    rate, _created = ExchangeRate.objects.update_or_create(
        company=company,
        base=company.base_currency,
        currency=currency,
        day=day,
        defaults={"units": units, "source": Source.TYPED},
    )
    record_event(
        "rate.recorded",
        company=company,
        author=author,
        base=rate.base,
        currency=currency,
        day=day,
        units=units,
        replaced=known.units if known else 0,
    )
    return rate


def rate_problem(company: Company, currency: str, day: date, *, today: date) -> str:
    """Why a rate cannot be kept, in a sentence; empty when it can."""
    if currency == company.base_currency:
        return _("%(code)s est la devise de la société.") % {"code": currency}
    if not is_currency(currency, "fr"):
        return _("« %(code)s » n’est pas une devise.") % {"code": currency[:10]}
    if day > today:
        return _("Ce jour n’est pas encore venu.")
    return _("Ce jour est trop ancien.") if day < _OLDEST else ""


@transaction.atomic
def remove_rate(company: Company, rate_id: int, *, author: Author) -> ExchangeRate | None:
    """Forget a rate: the one before it serves again. None when it is gone already."""
    rate = ExchangeRate.objects.select_for_update().filter(company=company, pk=rate_id).first()
    if rate is None:
        return None
    ExchangeRate.objects.filter(pk=rate.pk).delete()
    record_event(
        "rate.removed",
        company=company,
        author=author,
        base=rate.base,
        currency=rate.currency,
        day=rate.day,
        units=rate.units,
    )
    return rate


@transaction.atomic
def write_rates(
    company: Company,
    rates: Mapping[tuple[str, date], int],
    *,
    source: ExchangeRate.Source,
    author: Author,
    file_name: str = "",
) -> Written:
    """Keep some rates, by currency and day, in hundred-millionths for one unit of the company's.

    Those of the European Central Bank never replace what a person typed or brought for that day.
    Written again, nothing changes; the journal has one line where something did.
    """
    known = _known(company, rates)
    fresh, changed = [], []
    for (currency, day), units in rates.items():
        before = known.get((currency, day))
        rate = ExchangeRate(
            company=company,
            base=company.base_currency,
            currency=currency,
            day=day,
            units=units,
            source=source,
        )
        if before is None:
            fresh.append(rate)
        elif before.units != units and (source != Source.ECB or before.source == Source.ECB):
            changed.append(rate)
    ExchangeRate.objects.bulk_create(
        [*fresh, *changed],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=("company", "base", "currency", "day"),
        update_fields=("units", "source"),
    )
    written = Written(len(fresh), len(changed), len(rates) - len(fresh) - len(changed))
    if fresh or changed:
        record_event(
            "rates.imported",
            company=company,
            author=author,
            source=source,
            file=file_name,
            currencies=sorted({rate.currency for rate in (*fresh, *changed)}),
            count=written.added + written.changed,
        )
    return written


def _known(
    company: Company, rates: Iterable[tuple[str, date]]
) -> dict[tuple[str, date], ExchangeRate]:
    """What is known of the days of some rates; one query."""
    keys = list(rates)
    if not keys:
        return {}
    days = [day for _currency, day in keys]
    found = rates_of(company).filter(
        currency__in={currency for currency, _day in keys}, day__range=(min(days), max(days))
    )
    return {(rate.currency, rate.day): rate for rate in found}


@transaction.atomic
def set_feed(company: Company, *, is_on: bool, author: Author) -> None:
    """Have the rates of the European Central Bank asked for every day, or not any more."""
    feed, _created = RateFeed.objects.select_for_update().get_or_create(company=company)
    if feed.is_on == is_on:
        return
    RateFeed.objects.filter(pk=feed.pk).update(is_on=is_on, tried_at=None, error="")
    record_event("rates.feed_set", company=company, author=author, is_on=is_on)


def note_fetch(company: Company, *, at: datetime, error: str) -> None:
    """Remember when the rates were last asked for, and what went wrong if anything did.

    Leaves no line in the journal: nothing of the company changes.
    """
    RateFeed.objects.filter(company=company).update(tried_at=at, error=error)
