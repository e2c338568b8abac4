"""Which accounts and journals the ledger takes, and what becomes of what is stored."""

from datetime import date

import pytest
from django.utils import timezone

from encaisse.connectors.importing import ImportOrder, run_import
from encaisse.insights.aging import AgedBalance
from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.operations.scope import change_scope
from encaisse.ledger.rules.scope import LedgerScope, ScopeRefused, scope_of
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from encaisse.tenancy.scope import Scope
from tests.builders import company
from tests.connectors.tables_world import bring as bring_table
from tests.connectors.tables_world import table
from tests.ledger.fec_years import Fec, bring, still_open

pytestmark = pytest.mark.django_db

HEADER = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\t"
    "ValidDate\tMontantdevise\tIdevise"
)
LINES = (
    ("VT", "1", "20260105", "411000", "C1", "F1", "1000,00", "0", "A"),
    ("BQ", "2", "20260210", "411000", "C1", "R1", "0", "1000,00", "A"),
    ("VT", "3", "20260301", "411000", "C1", "F3", "300,00", "0", ""),
    ("OD", "4", "20260302", "411000", "C1", "O4", "50,00", "0", ""),
    ("OD", "5", "20260303", "416000", "C2", "O5", "700,00", "0", ""),
)
ON = date(2026, 4, 1)
WITHOUT_OD = LedgerScope(journals=frozenset({"OD"}))
EVERYTHING = LedgerScope()


@pytest.fixture
def morel(db):
    return company("Ateliers Morel", slug="morel")


@pytest.fixture
def fec(tmp_path):
    path = tmp_path / "fec.txt"
    rows = [HEADER]
    for journal, number, day, account, code, document, debit, credit, letter in LINES:
        cells = (journal, journal, number, day, account, "Clients", code, f"Client {code}",
                 document, day, "Écriture", debit, credit, letter, day if letter else "", day,
                 "", "")  # fmt: skip
        rows += ["\t".join(cells), "\t".join(other_side(cells))]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def other_side(cells):
    """The line that balances a customer's."""
    mirror = {"VT": "706000", "BQ": "512000", "OD": "758000"}[cells[0]]
    return (*cells[:4], mirror, "Autre", "", "", *cells[8:11], cells[12], cells[11], "", "",
            *cells[15:])  # fmt: skip


def taken(morel, fec):
    order = ImportOrder(
        company=morel, format="fec", path=fec, file_name="fec.txt", now=timezone.now(),
        author=COMMAND_LINE,
    )  # fmt: skip
    return run_import(order, write=True)


def change(morel, scope, **options):
    return change_scope(morel, scope, author=COMMAND_LINE, now=timezone.now(), **options)


def balance(morel):
    return sum(total.amounts.balance for total in AgedBalance(Scope(morel), ON).totals())


def documents(morel):
    """What is open, by document."""
    entries = LedgerEntry.objects.filter(company=morel).exclude(remaining_minor=0)
    return dict(entries.values_list("document_number", "remaining_minor"))


def test_a_journal_put_out_takes_its_entries_away_and_gives_them_back(morel, fec):
    taken(morel, fec)
    assert balance(morel) == 1_050_00

    effect = change(morel, WITHOUT_OD)

    (owed,) = effect.owed
    assert (effect.left, owed.entries, owed.entries_after, owed.change) == (2, 3, 1, -750_00)
    assert documents(morel) == {"F3": 300_00}

    effect = change(morel, EVERYTHING)
    assert (effect.left, effect.back) == (0, 2)
    assert documents(morel) == {"F3": 300_00, "O4": 50_00, "O5": 700_00}


def test_an_effect_that_is_only_looked_at_changes_nothing(morel, fec):
    taken(morel, fec)

    effect = change(morel, WITHOUT_OD, write=False)

    assert effect.owed[0].change == -750_00
    morel.refresh_from_db()
    assert morel.excluded_journals == []
    assert balance(morel) == 1_050_00
    assert not Event.objects.filter(kind="company.scope_changed").exists()


def test_an_invoice_is_due_again_when_its_payment_leaves_the_scope(morel, fec):
    taken(morel, fec)

    effect = change(morel, LedgerScope(journals=frozenset({"BQ"})))

    assert effect.owed[0].change == 1_000_00
    assert documents(morel)["F1"] == 1_000_00
    change(morel, EVERYTHING)
    assert balance(morel) == 1_050_00
    assert "F1" not in documents(morel)


@pytest.mark.parametrize("first", ["import", "settings"])
def test_importing_then_filtering_is_filtering_then_importing(morel, fec, first):
    scope = LedgerScope(("411",), frozenset({"BQ"}))
    steps = [lambda: taken(morel, fec), lambda: change(morel, scope)]
    for step in steps if first == "import" else reversed(steps):
        step()

    assert documents(morel) == {"F1": 1_000_00, "F3": 300_00, "O4": 50_00}


def test_an_import_obeys_and_agrees_with_what_it_took(morel, fec):
    taken(morel, fec)
    change(morel, WITHOUT_OD)

    result = taken(morel, fec)

    assert result.agrees
    assert result.accepted == 3
    assert any("journaux exclus" in warning for warning in result.warnings)
    assert balance(morel) == 300_00
    assert change(morel, EVERYTHING).back == 0, "only the next file says whether they are there"
    taken(morel, fec)
    assert balance(morel) == 1_050_00


def test_the_change_is_one_line_of_the_journal(morel, fec):
    taken(morel, fec)
    change(morel, WITHOUT_OD)

    event = Event.objects.get(kind="company.scope_changed")
    assert event.data["after"]["excluded_journals"] == ["OD"]
    assert event.data["left"] == 2


def test_the_usual_accounts_are_no_limit():
    assert scope_of(["416", "411", "4191", "413"], []).is_all
    with pytest.raises(ScopeRefused):
        scope_of(["clients"], [])


# -- fiscal years, tables ----------------------------------------------------------------------


def test_an_opening_journal_that_is_left_out_closes_nothing(morel, tmp_path):
    last = Fec(2025).invoice("DUP", "F1", 100, "2025-06-01")
    this = Fec(2026).opening("DUP", 100).invoice("DUP", "F2", 30, "2026-02-01")
    for year in (last, this):
        bring(morel, year.write(tmp_path))
    assert still_open(morel) == {"DUP F1": 100, "DUP F2": 30}
    without = LedgerScope(journals=frozenset({"AN"}))

    assert change(morel, without).owed == ()

    bring(morel, this.write(tmp_path))
    assert still_open(morel) == {"DUP F1": 100, "DUP F2": 30}


def test_what_a_table_says_remains_is_kept_and_its_next_file_brings_back_what_left(morel, tmp_path):
    text = """Code client;Nom client;N° facture;Date;Échéance;Montant TTC;Reste dû;Journal
        411DUP;Dupont SARL;F1;05/01/2026;04/02/2026;1 200,00;700,00;VT
        411DUP;Dupont SARL;F2;10/01/2026;09/02/2026;300,00;120,50;OD"""
    path = table(tmp_path, text)
    bring_table(morel, "entries", path)

    assert change(morel, WITHOUT_OD).left == 1
    assert documents(morel) == {"F1": 700_00}
    assert change(morel, EVERYTHING).back == 0

    bring_table(morel, "entries", path)
    assert documents(morel) == {"F1": 700_00, "F2": 120_50}
    change(morel, WITHOUT_OD)
    result = bring_table(morel, "entries", path)
    assert (result.accepted, result.agrees) == (1, True)
