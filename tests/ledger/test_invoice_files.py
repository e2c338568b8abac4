"""The PDF files of invoices: which document each is, what is kept, what is refused."""

import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from encaisse.connectors.invoices.importing import import_invoices
from encaisse.connectors.invoices.receiving import FILE_WATCHED, start_watched
from encaisse.jobs.models import Job
from encaisse.jobs.operations import run_job
from encaisse.ledger.models import InvoiceFile
from encaisse.ledger.operations.invoice_files import (
    MOST_BYTES,
    InvoiceFileRefused,
    bind_invoice_file,
    detach_invoice_file,
    discard_leftover,
    recognise_leftovers,
)
from encaisse.ledger.queries.invoice_files import invoice_files, leftovers
from encaisse.ledger.rules.invoice_names import longest_key, possible_keys
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from tests.builders import company, customer, invoice, payment
from tests.cli.desk import encaisse

NOW = datetime(2026, 4, 8, 9, tzinfo=UTC)
BY = {"author": COMMAND_LINE, "now": NOW}
PDF = b"%PDF-1.7\n"


@pytest.fixture
def morel(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA = tmp_path
    return company("Ateliers Morel")


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont")


def billed(of, number: str, **fields):
    return invoice(of, euros=100, due=date(2026, 3, 1), document_number=number, **fields)


def file_of(entry):
    return invoice_files(entry.company, [entry]).get(entry.pk)


def bring(folder: Path, **files: bytes) -> list[tuple[Path, str]]:
    """Files by their names; `_` stands for a space."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{name.replace('_', ' ')}.pdf" for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    return [(path, path.name) for path in paths]


# -- the number in the name ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("FA2024-0123.pdf", ["123 fa2024"], "123 fa2024"),
        ("Facture FA00123.pdf", ["123 fa"], "123 fa"),
        ("FA-123_DUPONT.pdf", ["123 fa", "123"], "123 fa"),
        ("facture 2024-05-12 n° FA00123 (copie).PDF", ["123 fa"], "123 fa"),
        ("Facture 123.pdf", ["123"], "123"),
        # What only looks like a number of ours is nobody's.
        ("FA2024-0123.pdf", ["2024 fa", "123", "2024"], None),
        ("2024-05-12 FA00123.pdf", ["12", "12 fa", "5"], None),
        ("123A.pdf", ["123"], None),
        ("scan.pdf", ["123"], None),
        # Two numbers, neither part of the other.
        ("FA123 FA124.pdf", ["123 fa", "124 fa"], ""),
    ],
)
def test_the_number_is_the_longest_that_the_ledger_knows(name, known, found):
    assert longest_key(possible_keys(name), known) == found


# -- filing -------------------------------------------------------------------------------------


def test_a_pdf_goes_to_its_document_once(morel, dupont, tmp_path):
    entry = billed(dupont, "FA-00123")
    paid = payment(dupont, euros=100, on=date(2026, 4, 1), document_number="FA-00123")
    paths = bring(tmp_path / "in", Facture_FA00123=PDF + b"one")

    first = import_invoices(morel, paths, **BY)
    again = import_invoices(morel, paths, **BY)

    assert (first.bound, again.bound, again.already) == (1, 0, 1)
    assert file_of(entry).name == "Facture FA00123.pdf"
    assert file_of(paid) is None
    assert (settings.MEDIA_ROOT / file_of(entry).path).read_bytes() == PDF + b"one"
    assert Event.objects.filter(kind="invoices.filed").count() == 1


def test_the_latest_file_wins_and_the_former_is_kept(morel, dupont, tmp_path):
    entry = billed(dupont, "FA123")
    import_invoices(morel, bring(tmp_path / "in", FA123=PDF + b"one"), **BY)
    former = file_of(entry)

    result = import_invoices(morel, bring(tmp_path / "in", FA123=PDF + b"two"), **BY)

    assert result.replaced == 1
    assert (settings.MEDIA_ROOT / file_of(entry).path).read_bytes() == PDF + b"two"
    assert (settings.MEDIA_ROOT / former.path).read_bytes() == PDF + b"one"
    assert InvoiceFile.objects.count() == 2


def test_what_is_not_recognised_waits_and_is_found_once_its_entry_comes(morel, dupont, tmp_path):
    paths = bring(tmp_path / "in", FA123=PDF, scan=PDF + b"2")
    left = import_invoices(morel, paths, **BY).left
    entry = billed(dupont, "FA123")

    found = recognise_leftovers(morel, **BY)

    assert sorted(left) == [("FA123.pdf", "unknown"), ("scan.pdf", "unknown")]
    assert (found, file_of(entry).name) == (1, "FA123.pdf")
    assert [file.name for file in leftovers(morel)] == ["scan.pdf"]


def test_a_number_that_two_customers_have_asks_whose_it_is(morel, dupont, tmp_path):
    mine, other = billed(dupont, "FA123"), billed(customer(morel, "Martin"), "FA123")
    import_invoices(morel, bring(tmp_path / "in", FA123=PDF), **BY)
    file = leftovers(morel).get()

    with pytest.raises(InvoiceFileRefused, match="411DUPONT, 411MARTIN"):
        bind_invoice_file(file, "FA123", **BY)
    bind_invoice_file(file, "fa 123", customer_code="411martin", **BY)
    named = import_invoices(morel, bring(tmp_path / "in", FA123_411DUPONT=PDF + b"2"), **BY)

    assert (file.problem, named.bound) == ("", 1)
    assert file_of(other).name == "FA123.pdf"
    assert file_of(mine).name == "FA123 411DUPONT.pdf"


def test_nothing_is_bound_to_a_number_that_nobody_has(morel, tmp_path):
    import_invoices(morel, bring(tmp_path / "in", scan=PDF), **BY)

    with pytest.raises(InvoiceFileRefused, match="Aucune pièce"):
        bind_invoice_file(leftovers(morel).get(), "FA999", **BY)


def test_a_file_put_by_mistake_is_taken_off_and_kept_for_the_history(morel, dupont, tmp_path):
    entry = billed(dupont, "FA123")
    import_invoices(morel, bring(tmp_path / "in", FA123=PDF), **BY)
    file = file_of(entry)

    detach_invoice_file(file, **BY)

    assert file_of(entry) is None
    assert (settings.MEDIA_ROOT / file.path).is_file()


@pytest.mark.django_db(transaction=True)
def test_a_dropped_leftover_leaves_the_disk_unless_another_has_its_content(morel, dupont, tmp_path):
    import_invoices(morel, bring(tmp_path / "in", scan=PDF), **BY)
    file = leftovers(morel).get()
    path = settings.MEDIA_ROOT / file.path

    discard_leftover(file, **BY)

    assert not path.exists()
    assert not InvoiceFile.objects.exists()


def test_another_companys_documents_are_not_mine(morel, tmp_path):
    elsewhere = billed(customer(company("Autre", slug="autre"), "Dupont"), "FA123")

    result = import_invoices(morel, bring(tmp_path / "in", FA123=PDF), **BY)

    assert result.left == [("FA123.pdf", "unknown")]
    assert file_of(elsewhere) is None


# -- what is refused ----------------------------------------------------------------------------


def test_only_pdfs_of_a_reasonable_size_are_taken(morel, dupont, tmp_path):
    billed(dupont, "FA123")
    large = PDF + b"0" * MOST_BYTES
    paths = bring(tmp_path / "in", FA123=b"<html>", FA124=large, FA125=b"")

    result = import_invoices(morel, paths, **BY)

    assert (result.bound, len(result.refused)) == (0, 3)
    assert "15 Mo" in dict(result.refused)["FA124.pdf"]
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def archive(path: Path, **members: bytes) -> list[tuple[Path, str]]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(f"2026/{name}.pdf", content)
        made.writestr("../../FA126.pdf", PDF + b"up")
        made.writestr("__MACOSX/._FA123.pdf", b"junk")
        made.writestr("lisez-moi.txt", b"bonjour")
    return [(path, path.name)]


def test_an_archive_is_unpacked_and_what_is_no_pdf_of_it_is_told(morel, dupont, tmp_path):
    entries = [billed(dupont, number) for number in ("FA123", "FA124", "FA126")]

    result = import_invoices(morel, archive(tmp_path / "f.zip", FA123=PDF, FA124=PDF + b"2"), **BY)

    assert (result.files, result.bound) == (4, 3)
    assert [name for name, _why in result.refused] == ["lisez-moi.txt"]
    assert all(file_of(entry) for entry in entries)
    assert not (tmp_path / "FA126.pdf").exists()


def test_an_archive_made_to_fill_the_disk_is_refused(morel, tmp_path):
    bomb = archive(tmp_path / "bomb.zip", FA123=b"0" * (300 << 20))

    result = import_invoices(morel, bomb, **BY)

    assert (result.files, result.bound) == (0, 0)
    assert "démesurée" in result.refused[0][1]


def test_a_damaged_archive_is_refused_alone(morel, dupont, tmp_path):
    entry = billed(dupont, "FA123")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04" + b"?" * 100)

    result = import_invoices(
        morel, [(broken, "broken.zip"), *bring(tmp_path / "in", FA123=PDF)], **BY
    )

    assert (result.bound, [name for name, _why in result.refused]) == (1, ["broken.zip"])
    assert file_of(entry)


# -- without a screen ---------------------------------------------------------------------------


def test_the_command_files_a_folder(morel, dupont, tmp_path):
    entry = billed(dupont, "FA123")
    bring(tmp_path / "in", FA123=PDF, scan=PDF + b"2")

    result = encaisse("import", "invoices", str(tmp_path / "in"), "--company", morel.slug, "--json")

    assert result.exit_code == 0
    assert '"bound": 1' in result.stdout
    assert '"left_files": [{"name": "scan.pdf", "reason": "unknown"}]' in result.stdout
    assert file_of(entry)


def test_the_watched_folder_is_emptied_of_what_is_at_rest(morel, dupont, tmp_path):
    entry = billed(dupont, "FA123")
    folder = tmp_path / "invoices-in" / morel.slug
    folder.parent.mkdir()
    bring(folder, FA123=PDF, note=b"no", FA124=PDF + b"still coming")
    before = NOW.timestamp() - 3600
    os.utime(folder / "FA123.pdf", (before, before))
    os.utime(folder / "note.pdf", (before, before))

    started = start_watched(datetime.now(UTC) + timedelta(seconds=5))
    assert start_watched(datetime.now(UTC)) == 0
    run_job.call(job_id=Job.objects.get(function=FILE_WATCHED).pk)

    assert started == 1
    assert file_of(entry).name == "FA123.pdf"
    assert sorted(path.name for path in folder.rglob("*.pdf")) == ["FA124.pdf", "note.pdf"]
    assert (folder / "refused" / "note.pdf").is_file()
