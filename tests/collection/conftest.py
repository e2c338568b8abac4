"""The fixture of the cases: ACME, its customer Dupont, and the invoice F."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.ledger.models import Customer
from tests.collection.world import Desk, open_desk


@pytest.fixture
def acme(db: None, tmp_path: Path, settings) -> Desk:
    """ACME without any customer."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return open_desk(tmp_path / "outbox")


@pytest.fixture
def dupont(acme: Desk) -> Customer:
    """Dupont owes F: 1 500,00 due on Tuesday 31 March 2026."""
    customer = acme.customer()
    acme.invoice(customer, "F", 1500, due=date(2026, 3, 31))
    acme.sync(date(2026, 3, 1))
    return customer
