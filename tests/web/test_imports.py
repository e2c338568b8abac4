"""« Importer » over HTTP: a file is given, set up, read, imported or refused with a sentence."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from encaisse.connectors import drafts
from encaisse.jobs.models import Job
from encaisse.jobs.operations import run_job
from encaisse.ledger.models import Customer, ImportFile, LedgerEntry, LedgerSync
from encaisse.tenancy.models import Membership
from tests.builders import company, member
from tests.connectors import fec_files
from tests.connectors.workbooks import write_sparse_xlsx, write_xlsx, write_zip_bomb
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

IMPORT = "/s/morel/importer/"
CUSTOMERS = "Code client;Raison sociale;E-mail;Note\nHERON;Héron SAS;a@heron.example;x\n"
FEC = fec_files.text_of([fec_files.invoice(), fec_files.SALE])


@pytest.fixture
def collector(client, morel):
    client.force_login(member(morel, first_name="Claire", last_name="Martin"))
    return client


def give(client, content: str | bytes, name: str = "fichier.csv", **options):
    raw = content.encode() if isinstance(content, str) else content
    return client.post(f"{IMPORT}deposer/", {"file": SimpleUploadedFile(name, raw)}, **options)


def given(client, content: str | bytes, name: str = "fichier.csv") -> ImportFile:
    response = give(client, content, name)
    assert response.status_code == 302
    return ImportFile.objects.get(pk=response.url.strip("/").split("/")[-1])


def mapping_of(file: ImportFile) -> dict[str, str]:
    return {
        f"column_{name}": str(place) for name, place in file.mapping.items() if place is not None
    }


def run_jobs() -> None:
    for job in Job.objects.filter(status=Job.Status.QUEUED).order_by("id"):
        run_job.call(job_id=job.pk)


def understood(client, content: str | bytes, name: str = "fichier.csv") -> ImportFile:
    file = given(client, content, name)
    client.post(f"{IMPORT}{file.pk}/lire/", mapping_of(file) | {"terms": "30 jours"})
    run_jobs()
    file.refresh_from_db()
    return file


def test_a_fec_is_read_compared_with_the_accounting_then_imported(collector, morel):
    file = understood(collector, FEC, "123456782FEC20261231.txt")
    page = words_of(collector.get(f"{IMPORT}{file.pk}/"))

    assert "1 200,00 €" in page
    assert "Identique à la comptabilité" in page
    assert "équilibré" in page
    assert not LedgerEntry.objects.exists()

    collector.post(f"{IMPORT}{file.pk}/ecrire/")
    run_jobs()

    assert "C’est importé" in collector.get(f"{IMPORT}{file.pk}/").text
    assert LedgerEntry.objects.get(company=morel).amount_minor == 120_000
    assert not Path(file.path).exists()
    past = words_of(collector.get(IMPORT))
    assert "123456782FEC20261231.txt" in past
    assert "Claire Martin" in past


def test_books_of_another_year_propose_theirs_and_say_how_old_they_are(client, morel):
    client.force_login(member(morel, "administrator"))
    days = ("20210901", "20220831")
    sales = [
        line | {"EcritureDate": day}
        for day in days
        for line in (fec_files.invoice(), fec_files.SALE)
    ]

    file = understood(client, fec_files.text_of(sales), "fec.txt")
    page = words_of(client.get(f"{IMPORT}{file.pk}/"))

    assert "du 01/09/2021 au 31/08/2022 : l’exercice commence en septembre" in page
    assert "La dernière écriture du fichier est du 31/08/2022" in page
    assert "un FEC en donne rarement" in page

    client.post(f"{IMPORT}{file.pk}/ecrire/")
    run_jobs()

    plan = words_of(client.get("/s/morel/agir/scenarios/"))
    assert "La dernière écriture de la comptabilité est du 31/08/2022" in plan


def test_the_terms_that_are_chosen_compute_the_due_dates(collector):
    file = given(collector, FEC, "fec.txt")
    collector.post(f"{IMPORT}{file.pk}/lire/", {"terms": "45 jours fin de mois"})
    run_jobs()
    collector.post(f"{IMPORT}{file.pk}/ecrire/")
    run_jobs()

    assert str(LedgerEntry.objects.get().due_date) == "2026-02-28"


def test_terms_that_are_not_understood_are_said_and_nothing_is_started(collector):
    file = given(collector, FEC, "fec.txt")

    response = collector.post(f"{IMPORT}{file.pk}/lire/", {"terms": "à la saint-glinglin"})

    assert response.status_code == 422
    assert "n’est pas compris" in words_of(response)
    assert not Job.objects.exists()


def test_the_example_of_terms_follows_what_is_typed(collector):
    url = "/societes/conditions/"

    assert "sera due le 30 avril" in collector.get(url, {"terms": "45 jours fin de mois"}).text
    assert "n’est pas compris" in words_of(collector.get(url, {"terms": "<b>"}))
    assert "<b>" not in collector.get(url, {"terms": "<b>"}).text


def test_columns_are_guessed_corrected_and_remembered(collector, morel):
    file = given(collector, CUSTOMERS)
    assert file.mapping["name"] == 1
    assert file.mapping["category"] is None

    chosen = mapping_of(file) | {"column_category": "3"}
    collector.post(f"{IMPORT}{file.pk}/lire/", chosen)
    run_jobs()
    collector.post(f"{IMPORT}{file.pk}/ecrire/")
    run_jobs()

    assert Customer.objects.get(account_code="HERON").category == "x"
    assert given(collector, CUSTOMERS).mapping["category"] == 3


def test_another_company_does_not_see_what_was_remembered(collector, client, morel):
    file = given(collector, CUSTOMERS)
    drafts.choose_mapping(file, {**file.mapping, "category": 3})
    client.force_login(member(company("Petit", slug="petit")))
    response = client.post(
        "/s/petit/importer/deposer/", {"file": SimpleUploadedFile("c.csv", CUSTOMERS.encode())}
    )
    other = ImportFile.objects.get(pk=response.url.strip("/").split("/")[-1])

    assert other.mapping["category"] is None
    assert client.get(f"/s/petit/importer/{file.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column_name": ""}, "Indiquez la colonne de : Nom."),
        ({"column_name": "0"}, "Une même colonne est choisie deux fois."),
        ({"column_name": "99"}, "Indiquez la colonne de : Nom."),
    ],
)
def test_a_wrong_mapping_is_said_and_nothing_is_started(collector, changes, sentence):
    file = given(collector, CUSTOMERS)

    response = collector.post(f"{IMPORT}{file.pk}/lire/", mapping_of(file) | changes)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert not Job.objects.exists()


def test_what_the_file_holds_can_be_corrected(collector):
    file = given(collector, "Compte;Nom;Mail\nHERON;Héron;a@heron.example\n")
    collector.post(f"{IMPORT}{file.pk}/contenu/", {"format": "contacts"})
    file.refresh_from_db()

    assert (file.format, file.mapping["customer_code"]) == ("contacts", 0)

    response = collector.post(f"{IMPORT}{file.pk}/contenu/", {"format": "fec"})

    assert response.status_code == 422
    assert "n’est pas un FEC" in words_of(response)


def test_lines_left_out_are_listed_by_page_and_downloaded(collector):
    broken = "".join(f";Sans code {number};;\n" for number in range(30))
    file = understood(collector, CUSTOMERS + broken)
    first, second = (collector.get(f"{IMPORT}{file.pk}/?page={page}").text for page in (1, 2))

    assert "30 lignes écartées" in first
    assert first.count("Le code client est vide.") == 25
    assert second.count("Le code client est vide.") == 5
    download = collector.get(f"{IMPORT}{file.pk}/lignes-ecartees.csv")
    lines = b"".join(download.streaming_content).decode().splitlines()
    assert lines[1] == "3;Le code client est vide."
    assert len(lines) == 31


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "Ce fichier est une image"),
        (b"%PDF-1.7\n", "un document PDF"),
        (b"", "Le fichier est vide"),
        (b"PK\x03\x04 tronque", "illisible"),
        (b";".join([b"a"] * 600) + b"\n" + b";".join([b"1"] * 600), "plus de 500 colonnes"),
        (b"seule colonne\nvaleur\n", "pas de colonnes"),
        (b"Code;Nom\n", "aucune ligne"),
        (b'Code;Nom\nA;"ouvert\n' + b"B;b\n" * 200, "Un guillemet ouvert"),
        (FEC.splitlines()[0].encode() + b"\n", "illisible|aucune|FEC"),
    ],
    ids=[
        "image",
        "pdf",
        "vide",
        "tronqué",
        "colonnes",
        "une-colonne",
        "titres",
        "guillemet",
        "fec",
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_or_read_without_harm(collector, content, sentence):
    response = give(collector, content)
    if response.status_code == 302:
        # A FEC without lines is a FEC: the reading says what is missing.
        file = ImportFile.objects.get()
        collector.post(f"{IMPORT}{file.pk}/lire/", {"terms": "30 jours"})
        run_jobs()
        response = collector.get(f"{IMPORT}{file.pk}/")
        assert "alert" in response.text
    else:
        assert response.status_code == 422
        assert not ImportFile.objects.exists()

    assert any(part in words_of(response) for part in sentence.split("|"))


@pytest.mark.parametrize("make", [write_sparse_xlsx, lambda path: write_zip_bomb(path, 400)])
def test_a_workbook_that_swells_is_refused(collector, tmp_path, make):
    response = give(collector, make(tmp_path / "bombe.xlsx").read_bytes(), "bombe.xlsx")

    assert response.status_code == 422
    assert "démesuré" in words_of(response)


def test_formulas_are_texts_and_never_run(collector, tmp_path):
    rows = [["Code client", "Nom", "Ville"], ["HERON", "=1+1", "Pau"]]
    book = given(collector, write_xlsx(tmp_path / "c.xlsx", rows).read_bytes(), "c.xlsx")
    assert collector.get(f"{IMPORT}{book.pk}/").status_code == 200

    file = understood(collector, "Code client;Nom;Ville\nHERON;=1+1;Pau\n;=2+2;Pau\n")
    collector.post(f"{IMPORT}{file.pk}/ecrire/")
    run_jobs()

    assert Customer.objects.get().legal_name == "=1+1"


def test_a_file_that_could_be_several_things_is_asked_about(collector):
    file = given(collector, "Code client;Nom\nHERON;Héron\n")

    assert file.format == ""
    assert "Que contient ce fichier ?" in words_of(collector.get(f"{IMPORT}{file.pk}/"))
    response = collector.post(f"{IMPORT}{file.pk}/lire/")
    assert response.status_code == 422
    assert "Choisissez ce que contient le fichier." in words_of(response)


def test_a_file_above_the_limit_is_refused_before_it_is_read(collector, settings):
    settings.MAX_UPLOAD_MB = 1
    response = give(collector, b"x" * (2 << 20), "gros.txt")

    assert response.status_code == 422
    assert "Ce fichier dépasse 1 Mo" in words_of(response)

    class Unreadable:
        def read(self, *_sizes):
            raise AssertionError("the body was read")

        readline = read

    refused = collector.generic(
        "POST",
        f"{IMPORT}deposer/",
        b"",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(2 << 30)},
    )
    assert refused.status_code == 422


def test_the_upload_asks_for_the_token(morel, client):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member(morel))

    assert give(strict, CUSTOMERS).status_code == 403
    assert not ImportFile.objects.exists()


def test_htmx_is_led_to_the_page_of_the_file_or_gets_the_drop_zone_again(collector):
    headers = {"HX-Request": "true"}

    assert IMPORT in give(collector, CUSTOMERS, headers=headers)["HX-Redirect"]
    refused = give(collector, b"", headers=headers)
    assert refused.status_code == 422
    assert refused.text.lstrip().startswith('<form id="drop"')


def test_a_double_click_starts_one_job(collector):
    file = understood(collector, CUSTOMERS)
    for _click in range(2):
        collector.post(f"{IMPORT}{file.pk}/ecrire/")

    assert Job.objects.filter(function=drafts.WRITE).count() == 1
    run_jobs()
    collector.post(f"{IMPORT}{file.pk}/ecrire/")
    assert LedgerSync.objects.count() <= 1
    assert Job.objects.filter(function=drafts.WRITE).count() == 1


def test_a_file_read_before_another_import_says_so(collector):
    first, second = understood(collector, FEC, "a.txt"), understood(collector, FEC, "b.txt")
    collector.post(f"{IMPORT}{first.pk}/ecrire/")
    run_jobs()

    assert "Un autre fichier a été importé depuis" in collector.get(f"{IMPORT}{second.pk}/").text


def test_an_import_under_way_is_named_to_the_other_person(collector):
    first, second = understood(collector, FEC, "a.txt"), understood(collector, FEC, "b.txt")
    collector.post(f"{IMPORT}{first.pk}/ecrire/")

    page = words_of(collector.get(f"{IMPORT}{second.pk}/"))

    assert "Un autre import est en cours (Import de a.txt, par Claire Martin)" in page


def test_progress_lasts_until_the_job_ends(collector):
    file = given(collector, CUSTOMERS)
    collector.post(f"{IMPORT}{file.pk}/lire/", mapping_of(file))
    url = f"{IMPORT}{file.pk}/avancement/"

    assert "Lecture du fichier" in collector.get(url).text
    assert "Lecture du fichier" in collector.get(f"{IMPORT}{file.pk}/").text
    run_jobs()
    assert collector.get(url)["HX-Refresh"] == "true"


def test_a_file_that_was_lost_is_said(collector):
    file = understood(collector, CUSTOMERS)
    Path(file.path).unlink()

    page = collector.get(f"{IMPORT}{file.pk}/")
    assert "n’est plus sur le serveur" in page.text
    collector.post(f"{IMPORT}{file.pk}/ecrire/")
    assert not Job.objects.filter(function=drafts.WRITE).exists()


def test_an_abandoned_file_leaves_nothing(collector):
    file = understood(collector, CUSTOMERS)

    response = collector.post(f"{IMPORT}{file.pk}/abandonner/", follow=True)

    assert "rien n’a été importé" in words_of(response)
    assert not Path(file.path).exists()
    assert "Ce fichier n’est plus là" in collector.get(f"{IMPORT}{file.pk}/").text


def test_a_file_being_imported_cannot_be_abandoned(collector):
    file = understood(collector, CUSTOMERS)
    collector.post(f"{IMPORT}{file.pk}/ecrire/")

    response = collector.post(f"{IMPORT}{file.pk}/abandonner/", follow=True)

    assert "L’import a déjà commencé" in words_of(response)
    assert ImportFile.objects.filter(pk=file.pk).exists()


def test_files_nobody_came_back_to_are_forgotten(collector, morel):
    file = given(collector, CUSTOMERS)
    later = timezone.now() + timedelta(days=8)

    drafts.forget_abandoned(morel, now=later)

    assert not ImportFile.objects.exists()
    assert not Path(file.path).exists()


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("collector", 200)])
def test_readers_do_not_import(client, morel, role, status):
    assert role in Membership.Role.values
    client.force_login(member(morel, role))

    assert client.get(IMPORT).status_code == status
    assert give(client, CUSTOMERS).status_code in (403, 302)
    assert ImportFile.objects.exists() == (status == 200)
