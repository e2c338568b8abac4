"""What most screens are tried with: a company, its day, who looks at it, and a customer."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company
from tests import builders


@pytest.fixture
def morel(db: None) -> Company:
    """Ateliers Morel, at /s/morel/."""
    return builders.company("Ateliers Morel", slug="morel")


@pytest.fixture
def today(morel: Company) -> date:
    """The company's day."""
    return morel.local_day(timezone.now())


@pytest.fixture
def reader(client: Client, morel: Company) -> Client:
    """Someone who reads, logged in."""
    client.force_login(builders.member(morel, "reader"))
    return client


@pytest.fixture
def collector(client: Client, morel: Company) -> Client:
    """Someone who sends reminders, logged in."""
    client.force_login(builders.member(morel, "collector"))
    return client


@pytest.fixture
def dupont(morel: Company) -> Customer:
    """A customer of the sales representative Durant."""
    return builders.customer(morel, "Dupont", sales_rep="Durant")


@pytest.fixture
def late(dupont: Customer, today: date) -> LedgerEntry:
    """What he owes: 1 200,50 due seventy days ago."""
    return builders.invoice(dupont, euros="1200.50", due=today - timedelta(days=70))
