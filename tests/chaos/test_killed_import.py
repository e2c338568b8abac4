"""An import that is really killed leaves the ledger as it was, and can be done again."""

from pathlib import Path

import pytest

from encaisse.ledger.models import Customer, LedgerSync
from tests import builders
from tests.chaos.crew import Crew
from tests.ledger.fec_years import Fec, bring, snapshot, still_open

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


def test_an_import_killed_in_the_middle(crew: Crew, tmp_path: Path):
    company = builders.company()
    bring(company, Fec(2026).invoice("DUPONT", "F1", 100, "2026-01-05").write(tmp_path))
    before = snapshot(company), Customer.objects.count(), LedgerSync.objects.count()
    longer = Fec(2026).invoice("DUPONT", "F1", 100, "2026-01-05", letter="A")
    longer.payment("DUPONT", "V1", 60, "2026-02-05", letter="A")
    for number in range(200):
        longer.invoice(f"C{number}", f"G{number}", 10, "2026-06-05")
    path = longer.write(tmp_path)

    killed = crew.start("importer", company.slug, str(path), "80")
    assert killed.wait(60) == -9, crew.errors()
    assert (snapshot(company), Customer.objects.count(), LedgerSync.objects.count()) == before

    again = crew.start("importer", company.slug, str(path), "0")
    assert again.wait(60) == 0, crew.errors()
    assert still_open(company)["DUPONT F1"] == 40
    assert len(still_open(company)) == 201
