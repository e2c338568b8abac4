"""The reference rates of the European Central Bank, asked for at its own address and no other."""

import logging
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from encaisse.connectors.rates.importing import RatesResult, Source, keep_quotes
from encaisse.connectors.rates.reading import MAX_BYTES, Quotes, bank_quotes
from encaisse.connectors.refusal import FileRefused
from encaisse.jobs.models import Job
from encaisse.jobs.operations import start_job
from encaisse.ledger.models import RateFeed
from encaisse.ledger.operations.rates import note_fetch, set_feed
from encaisse.ledger.queries.rates import rates_of, useful_currencies
from encaisse.tenancy.journal import AUTOMATIC, Author
from encaisse.tenancy.models import Company, User

logger = logging.getLogger(__name__)

FETCH = "encaisse.connectors.tasks.fetch_company_rates"
_LAST_DAY = "eurofxref-daily.xml"
_NINETY_DAYS = "eurofxref-hist-90d.xml"
# The Bank rests on Sundays, and over Easter.
_LONGEST_REST = timedelta(days=5)
_SECONDS = 20


class RatesUnreachable(Exception):
    """The Bank does not answer, or not with rates; the message is fit to show to the user."""


class _NoRedirect(HTTPRedirectHandler):
    """Elsewhere is not the Bank."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


class Bank:
    """What the Bank answers, each of its files asked for once."""

    def __init__(self) -> None:
        # None where it did not answer: it is not waited for again.
        self._answers: dict[str, list[Quotes] | None] = {}

    def quotes(self, name: str) -> list[Quotes]:
        """The rates of one of its files. Raises RatesUnreachable."""
        if name not in self._answers:
            try:
                self._answers[name] = bank_quotes(_content(name))
            except (OSError, HTTPException, FileRefused) as error:
                logger.warning("Rates of the European Central Bank: %s", error)
                self._answers[name] = None
        found = self._answers[name]
        if found is None:
            raise RatesUnreachable(_("La Banque centrale européenne n’a pas donné ses cours."))
        return found


def _content(name: str) -> bytes:
    opener = build_opener(_NoRedirect)
    with opener.open(f"{settings.ECB_RATES_URL}{name}", timeout=_SECONDS) as response:
        content: bytes = response.read(MAX_BYTES)
    return content


@transaction.atomic
def follow_the_bank(company: Company, *, is_on: bool, actor: User) -> Job | None:
    """Have the rates come by themselves, beginning now, or not any more; the job that begins."""
    set_feed(company, is_on=is_on, author=Author.of(actor))
    if not is_on:
        return None
    return start_job(FETCH, company=company, label=_("Cours de la BCE"), actor=actor)


def fetch_for(company: Company, *, now: datetime, bank: Bank | None = None) -> RatesResult:
    """Ask for the rates that a company lacks: those of the last day, or of the last ninety.

    Raises RatesUnreachable; the screen of the currencies tells it too.
    """
    today = company.local_day(now)
    lately = rates_of(company).filter(source=Source.ECB, day__gt=today - _LONGEST_REST)
    with translation.override(company.language):
        try:
            name = _LAST_DAY if lately.exists() else _NINETY_DAYS
            quotes = (bank or Bank()).quotes(name)
        except RatesUnreachable as failed:
            note_fetch(company, at=now, error=str(failed))
            raise
        result = keep_quotes(
            company,
            quotes,
            source=Source.ECB,
            today=today,
            author=AUTOMATIC,
            file_name=name,
            wanted=useful_currencies(company, on=today),
        )
    note_fetch(company, at=now, error="")
    return result


def fetch_due(now: datetime) -> None:
    """Ask for the rates of every company that follows the Bank; what fails does not stop others."""
    bank = Bank()
    for feed in RateFeed.objects.filter(is_on=True).select_related("company").order_by("id"):
        try:
            fetch_for(feed.company, now=now, bank=bank)
        except RatesUnreachable:
            continue
