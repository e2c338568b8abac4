"""What became of promises, noted in the journal once it is known: kept, in part, or broken.

Nothing is decided here: the ledger says it (`queries/promises.py`). The line is there to be read,
and for those who asked to be told.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from encaisse.collection.models import PaymentPromise
from encaisse.collection.queries.promises import Standing, standings
from encaisse.tenancy.journal import Author, Line, record_events
from encaisse.tenancy.models import Company, Event

WATCHER = Author("Suivi des promesses")
_KINDS = ("promise.kept", "promise.partly_kept", "promise.broken")
# A promise whose day passed longer ago is no news, where nobody watched.
_LATEST_NEWS = timedelta(days=7)


@transaction.atomic
def note_outcomes(company: Company, *, today: date, now: datetime) -> int:
    """Note the promises that were kept or broken since the last look; returns how many lines.

    One that is broken after all, its payment being undone, gets a line again.
    """
    watched = PaymentPromise.objects.filter(
        company=company, cancelled_on=None, promised_date__gte=today - _LATEST_NEWS
    )
    promises = {one.pk: one for one in watched.select_related("customer").order_by("id")}
    if not promises:
        return 0
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    told = _noted(company, min(promise.made_on for promise in promises.values()))
    states = standings(company, on=today)
    lines = [
        _line(promise, states[pk], now)
        for pk, promise in promises.items()
        if pk in states and not states[pk].is_running and (pk, _kind(states[pk])) not in told
    ]
    record_events(lines)
    return len(lines)


def _noted(company: Company, since: date) -> set[tuple[int, str]]:
    """What was noted of promises made since a day; the day before, for the sake of time zones."""
    start = datetime.combine(since - timedelta(days=1), time(), UTC)
    rows = Event.objects.filter(company=company, kind__in=_KINDS, at__gte=start)
    return {(data["promise"], kind) for kind, data in rows.values_list("kind", "data")}


def _line(promise: PaymentPromise, standing: Standing, now: datetime) -> Line:
    told = {
        "promise": promise.pk,
        "amount_minor": promise.amount_minor,
        "received_minor": standing.received,
        "currency": promise.currency,
        "promised_date": promise.promised_date.isoformat(),
    }
    code = promise.customer.account_code
    return Line(_kind(standing), promise.company_id, WATCHER, now, code, told)


def _kind(standing: Standing) -> str:
    return f"promise.{standing.state}"
