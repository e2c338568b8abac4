"""Nobody changes the journal: the database refuses, whoever asks; a demonstration starts anew."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from encaisse.demo.erase import erase_company
from encaisse.tenancy.journal import COMMAND_LINE, record_event
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests.builders import company

pytestmark = pytest.mark.django_db


@pytest.fixture
def morel(db) -> Company:
    made = company("Ateliers Morel", slug="morel")
    record_event("company.created", company=made, author=COMMAND_LINE, name=made.name)
    return made


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE tenancy_event SET actor_name = 'Personne'",
        "UPDATE tenancy_event SET kind = kind",
        "DELETE FROM tenancy_event",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(morel, sql):
    with pytest.raises(DatabaseError, match="journal line"):
        run(sql)

    assert Event.objects.get().actor_name == COMMAND_LINE.name


def test_a_company_with_a_journal_cannot_be_deleted_with_it(morel):
    with pytest.raises(DatabaseError, match="journal line"), transaction.atomic():
        morel.delete()

    assert Company.objects.filter(pk=morel.pk).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_table_cannot_be_emptied_at_once(morel):
    with pytest.raises(DatabaseError, match="journal line"):
        run("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE tenancy_event CASCADE")


def test_a_demonstration_starts_anew_and_leaves_the_others_alone(morel):
    demo = company("Démonstration", is_demo=True)
    record_event("demo.created", company=demo, author=COMMAND_LINE)

    erase_company(demo)

    assert [event.company_id for event in Event.objects.all()] == [morel.pk]


def test_no_setting_makes_a_company_a_demonstration(morel):
    with pytest.raises(KeyError):
        configure_company(morel, author=COMMAND_LINE, is_demo=True)


def test_lines_are_still_written(morel):
    record_event("demo.reset", company=morel, author=COMMAND_LINE, at=timezone.now())

    assert Event.objects.count() == 2
