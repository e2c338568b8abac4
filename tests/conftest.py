"""What every test may use: the databases, a browser, a mail server, processes of our own."""

import os
import tempfile
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.support.imap import ImapServer, dovecot_missing, start_imap
from tests.support.postgres import new_database
from tests.support.processes import Processes, database_url
from tests.support.smtp import SmtpServer, start_smtp
from tools.browser import chromium_path

SAMPLES = Path(__file__).resolve().parents[1] / ".." / "shared" / "samples"


expect.set_options(timeout=15_000)

# Fixtures that bring the database; a test with none of them says the same on either.
_WITH_DATABASE = frozenset({"db", "transactional_db", "live_server", "processes", "bare_processes"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run what touches the database: the rest has just run on SQLite.

    What a browser does has run there too, and its pages are asked for by other tests; it is tried
    again only where other processes share the database with it.
    """
    if connection.vendor != "postgresql" or config.args_source != config.ArgsSource.TESTPATHS:
        return
    kept = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    if "browser_page" in fixtures and "processes" not in fixtures:
        return False
    return item.get_closest_marker("django_db") is not None or bool(fixtures & _WITH_DATABASE)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Generator[None]:
    """Give this process a database file of its own, that its threads and children can share."""
    if connection.vendor != "sqlite":
        yield
        return
    with tempfile.TemporaryDirectory(prefix="encaisse-db-") as folder:
        settings.DATABASES["default"]["TEST"]["NAME"] = f"{folder}/test.sqlite3"
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Make the database; a test that commits is then undone in a moment.

    By DELETE: TRUNCATE would make the files of every table and index anew. Without the permissions
    of Django either, which nothing here uses and which it would write again each time.
    """
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    # On the class: a browser's loop opens a connection of its own.
    type(connection.ops).sql_flush = staticmethod(_delete_all)


def _delete_all(_style: object, tables: Iterable[str], **_options: bool) -> list[str]:
    """Companies first: a line of the journal can only go once its company is gone."""
    ordered = sorted(tables, key=lambda table: table != "tenancy_company")
    return [f"DELETE FROM {connection.ops.quote_name(table)};" for table in ordered]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash passwords cheaply: argon2 is slow on purpose and is not what is tested."""
    settings.PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")


@pytest.fixture
def samples() -> Path:
    """The folder of real-world files that is not part of this repository."""
    if not SAMPLES.is_dir():
        pytest.skip("the folder of samples is absent")
    return SAMPLES.resolve()


@pytest.fixture
def smtp_server() -> Generator[SmtpServer]:
    """A mail server on a local port; see tests/support/smtp.py for how to make it refuse."""
    server, controller = start_smtp()
    yield server
    controller.stop()


@pytest.fixture(scope="session")
def imap_server() -> Generator[ImapServer]:
    """A server for all the tests of a session."""
    if why := dovecot_missing():
        pytest.skip(why)
    with tempfile.TemporaryDirectory(prefix="encaisse-imap-") as folder:
        os.chmod(folder, 0o755)
        with start_imap(Path(folder)) as server:
            yield server


@pytest.fixture
def mailbox(imap_server: ImapServer) -> ImapServer:
    """An empty mailbox of its own."""
    return replace(imap_server, user=f"{uuid4().hex}@acme.example")


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Generator[Processes]:
    """Runs the `encaisse` command in real processes, on the database of the test."""
    running = Processes(tmp_path / "data", DATABASE_URL=database_url(connection.settings_dict))
    yield running
    running.stop()


@pytest.fixture
def bare_processes(tmp_path: Path) -> Generator[Processes]:
    """Runs the `encaisse` command in an empty data folder, on a new and empty database."""
    with new_database() as variables:
        running = Processes(tmp_path / "data", **variables)
        yield running
        running.stop()


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    """One Chromium for the session."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium introuvable")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


# Nobody clicks faster than a page loads: before its scripts run, a button that opens a dialog is
# one that leads to a page.
_PATIENT = """
  const wait = () => {
    const isReady = document.readyState === "complete";
    document.documentElement?.style.setProperty("pointer-events", isReady ? "" : "none");
  };
  wait();
  document.addEventListener("readystatechange", wait);
"""


@pytest.fixture
def browser_page(chromium: Browser, live_server: LiveServer) -> Generator[Page]:
    """A page of a new browser profile, in French, whose relative addresses are the test server's.

    The test fails when a script raised an error or the content security policy blocked anything.
    """
    problems: list[str] = []

    def note_error(error: Error) -> None:
        problems.append(str(error))

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            problems.append(message.text)

    context = chromium.new_context(
        base_url=live_server.url, locale="fr-FR", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(30_000)  # a busy machine is slow, not wrong
    page = context.new_page()
    page.add_init_script(_PATIENT)
    page.on("pageerror", note_error)
    page.on("console", note_console)
    yield page
    context.close()
    assert problems == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which database was used, and in another that no browser was found."""
    vendor = connection.vendor
    terminalreporter.write_line(f"Base de données : {vendor}")
    if chromium_path() is None:
        terminalreporter.write_line("Chromium introuvable : tests du navigateur sautés")
