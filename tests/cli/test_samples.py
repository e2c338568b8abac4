"""Published files of real software, by the command line; they are not part of this repository."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.ledger.models import Customer, LedgerEntry, LedgerSync
from tests import builders
from tests.cli.desk import answered
from tests.cli.test_journey import check_sums

pytestmark = pytest.mark.django_db

AT = ("--company", "morel")
FILES = [
    ("neolegal_0000000001FEC20220831.txt", "52517.24", date(2022, 8, 31)),
    ("neolegal_111111111FEC20221231.TXT", "14416.52", date(2023, 12, 31)),
]


@pytest.mark.parametrize(("name", "balance", "closing"), FILES)
def test_a_real_fec_gives_the_balance_of_its_accounting(samples: Path, name, balance, closing):
    builders.company(slug="morel")
    path = samples / "fec" / name

    first = answered("import", *AT, "--format", "fec", path)
    again = answered("import", *AT, "--format", "fec", path)

    assert first["open_balance"] == first["control_balance"] == balance
    assert first["changes"]["added"] == first["accepted"] > 100
    assert again["changes"] == {"added": 0, "updated": 0, "removed": 0}
    for day in (closing, date(2026, 1, 5)):
        euros = answered("aging", *AT, "--on", day)["currencies"]["EUR"]
        assert euros["balance"] == balance
        check_sums(euros)


@pytest.mark.parametrize(("name", "balance", "closing"), FILES)
def test_a_rehearsal_of_a_real_fec_writes_nothing(samples: Path, name, balance, closing):
    builders.company(slug="morel")

    said = answered("import", *AT, "--format", "fec", "--dry-run", samples / "fec" / name)

    assert (said["dry_run"], said["open_balance"]) == (True, balance)
    assert not LedgerEntry.objects.exists()
    assert not Customer.objects.exists()
    assert not LedgerSync.objects.exists()
