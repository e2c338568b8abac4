"""A backup, and back: nothing lost, nothing replaced by surprise."""

import io
import json
import os
import tarfile
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings as django_settings
from django.db import connection, transaction

from encaisse.cli import dumps, main
from encaisse.tenancy.models import Company
from tests.support.postgres import binaries
from tests.support.processes import Processes, wait_until

# pg_dump refuses a server newer than itself: those of the server that the tests run come first.
PATH = os.pathsep.join([*map(str, binaries()), os.environ["PATH"]])


def encaisse(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["backup", *arguments])


@pytest.fixture
def house(transactional_db, settings, tmp_path, monkeypatch):
    """The test's database with one company, and a data folder with a key and one attached file."""
    monkeypatch.setenv("PATH", PATH)
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA / "files"
    (settings.MEDIA_ROOT / "2026").mkdir(parents=True)
    (settings.MEDIA_ROOT / "2026" / "relevé.pdf").write_bytes(b"%PDF")
    (settings.DATA / "secret.key").write_text("k" * 40)
    Company.objects.create(slug="morel", name="Ateliers Morel")
    return settings.DATA


def test_what_was_saved_comes_back(house, tmp_path):
    archive = tmp_path / "encaisse.tar.gz"
    created = encaisse("create", str(archive), "--json")
    assert created.exit_code == 0, created.output
    assert json.loads(created.stdout)["files"] == 1
    Company.objects.update(name="Autre chose")
    (house / "secret.key").write_text("another")
    (house / "files" / "2026" / "relevé.pdf").unlink()

    restored = encaisse("restore", str(archive), "--force", "--json")

    assert restored.exit_code == 0, restored.output
    assert json.loads(restored.stdout)["engine"] == connection.vendor
    assert Company.objects.get().name == "Ateliers Morel"
    assert (house / "secret.key").read_text() == "k" * 40
    assert (house / "files" / "2026" / "relevé.pdf").read_bytes() == b"%PDF"
    assert [path.name for path in house.glob(".backup-*")] == []


def test_restore_refuses_to_replace_data_without_force(house, tmp_path):
    archive = tmp_path / "encaisse.tar.gz"
    encaisse("create", str(archive))

    refused = encaisse("restore", str(archive))

    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert Company.objects.get().name == "Ateliers Morel"


def test_an_archive_cut_short_changes_nothing(house, tmp_path):
    archive = tmp_path / "encaisse.tar.gz"
    encaisse("create", str(archive))
    archive.write_bytes(archive.read_bytes()[:-400])

    refused = encaisse("restore", str(archive), "--force")

    assert refused.exit_code == 1
    assert "n’est pas une sauvegarde lisible" in refused.stderr
    assert Company.objects.get().name == "Ateliers Morel"
    assert (house / "files" / "2026" / "relevé.pdf").exists()


def test_an_archive_of_another_engine_is_refused(house, tmp_path):
    archive = tmp_path / "other.tar.gz"
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"format": 1, "engine": "oracle", "created_at": ""}))
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(manifest, "manifest.json")

    refused = encaisse("restore", str(archive), "--force")

    assert refused.exit_code == 1
    assert "oracle" in refused.stderr


@pytest.mark.parametrize(
    "name", ["../escaped", "files/../../escaped", "/tmp/escaped", "etc/passwd"]
)
def test_an_archive_that_writes_elsewhere_is_refused(house, tmp_path, name):
    archive = tmp_path / "hostile.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())

    refused = encaisse("restore", str(archive), "--force")

    assert refused.exit_code == 1
    assert "n’est pas une sauvegarde lisible" in refused.stderr
    assert list(tmp_path.rglob("escaped")) == []


def test_create_never_overwrites_and_is_for_its_owner_only(house, tmp_path):
    archive = tmp_path / "encaisse.tar.gz"
    encaisse("create", str(archive))
    assert archive.stat().st_mode & 0o077 == 0

    assert encaisse("create", str(archive)).exit_code == 1


def test_without_the_programs_of_postgresql_the_refusal_names_them(house, tmp_path, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite needs no program")
    monkeypatch.setenv("PATH", str(tmp_path))

    refused = encaisse("create", str(tmp_path / "encaisse.tar.gz"))

    assert refused.exit_code == 1
    assert "pg_dump" in refused.stderr
    assert not (tmp_path / "encaisse.tar.gz").exists()


def test_a_copy_made_while_others_write_holds_whole_transactions_only(house, tmp_path):
    """Each transaction adds two companies: an odd count would be half of one."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            with transaction.atomic():
                Company.objects.create(slug=f"a{number}", name="A")
                Company.objects.create(slug=f"b{number}", name="B")
            number += 1
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: Company.objects.count() > 20)
        during = [dumps.dump(_folder(tmp_path / str(turn))) for turn in range(3)]
    finally:
        stop.set()
        writer.join()
    for copy in during:
        dumps.load(copy.parent)
        assert Company.objects.exclude(slug="morel").count() % 2 == 0
        assert Company.objects.count() > 20


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.chaos
def test_restore_refuses_while_a_process_runs(processes: Processes, tmp_path: Path):
    processes.environment["PATH"] = PATH
    archive = str(tmp_path / "encaisse.tar.gz")
    assert processes.run("backup", "create", archive).wait() == 0
    worker = processes.start("worker")
    wait_until(lambda: "Starting worker" in worker.errors())

    refused = processes.run("backup", "restore", archive, "--force")

    assert refused.wait() == 1
    assert "arrêtez-le" in refused.errors()
    assert worker.terminate() == 0


def test_the_data_folder_of_the_tests_is_a_throwaway():
    assert "encaisse-tests-" in str(django_settings.DATA)
