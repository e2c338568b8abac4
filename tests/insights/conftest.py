"""The company and the customer whose figures are added by hand."""

import pytest

from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company
from tests import builders


@pytest.fixture
def morel(db: None) -> Company:
    """Ateliers Morel."""
    return builders.company("Ateliers Morel", slug="morel")


@pytest.fixture
def dupont(morel: Company) -> Customer:
    """A customer of the sales representative Durant."""
    return builders.customer(morel, "Dupont", sales_rep="Durant")
