"""A customer's history: messages, decisions and notes together, and what the filters keep."""

from datetime import UTC, date, datetime, timedelta

import pytest

from encaisse.collection.models import ReminderLine
from encaisse.collection.operations.followup import reposition
from encaisse.collection.operations.holds import set_hold
from encaisse.collection.operations.notes import write_note
from encaisse.insights.history import DECISION, NOTE, History, HistoryCriteria
from encaisse.insights.milestones import so_far
from encaisse.tenancy.journal import COMMAND_LINE, record_event
from tests.builders import company, customer, invoice, reminder, settled

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)


def at(days: int) -> datetime:
    return datetime(2026, 4, 1, 12, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture
def dupont():
    morel = company("Ateliers Morel")
    made = customer(morel, "Dupont")
    due = invoice(made, euros=100, due=DAY, document_number="F1")
    paid = settled(invoice(made, euros=50, due=DAY, document_number="F2"), on=DAY)
    for days, medium, entry in ((0, "email", paid), (2, "letter", due)):
        sent = reminder(made, on=DAY + timedelta(days=days), medium=medium)
        line = {"level_before": 0, "level_after": 1, "claimed_minor": 1}
        ReminderLine.objects.create(reminder=sent, entry=entry, kind="reminder", **line)
        record_event("reminder.sent", company=morel, author=COMMAND_LINE, at=at(days),
                     customer_code=made.account_code, reminder=sent.pk)  # fmt: skip
    write_note(made, text="Rappeler", author=COMMAND_LINE, now=at(1), entries=[due])
    set_hold(made, author=COMMAND_LINE, today=DAY, now=at(3), entry=due)
    reposition(made, [due], expected_date=DAY, author=COMMAND_LINE, now=at(4))
    record_event("hold.set", company=morel, author=COMMAND_LINE, customer_code="411AUTRE")
    return made


def shown(of, **criteria) -> list[str]:
    history = History(of, HistoryCriteria(**criteria))
    found = history.page(offset=0, limit=50)
    assert len(found) == history.count()
    return [
        f"{one.reminder.medium if one.reminder else one.event.kind} "
        + ",".join(entry.document_number for entry in one.entries)
        for one in found
    ]


def test_it_says_each_thing_once_the_latest_first(dupont):
    assert shown(dupont) == [
        "entry.repositioned F1",
        "hold.set F1",
        "letter F1",
        "note.written F1",
        "email F2",
    ]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"kind": "reminder"}, ["letter F1", "email F2"]),
        ({"kind": "thanks"}, []),
        ({"medium": "letter"}, ["letter F1"]),
        ({"kind": NOTE}, ["note.written F1"]),
        ({"kind": DECISION}, ["entry.repositioned F1", "hold.set F1"]),
        ({"first": DAY, "last": DAY}, ["email F2"]),
        ({"kind": "reminder", "is_counted": True}, ["letter F1"]),
    ],
)
def test_a_filter_keeps_what_it_says(dupont, criteria, expected):
    assert shown(dupont, **criteria) == expected


def test_what_the_activity_block_counts_is_what_its_link_shows(dupont):
    counted = so_far(dupont, on=DAY + timedelta(days=5))["reminder"].count

    assert counted == len(shown(dupont, kind="reminder", is_counted=True)) == 1


def test_pages_follow_one_another(dupont):
    history = History(dupont, HistoryCriteria())
    pages = [history.page(offset=start, limit=2) for start in (0, 2, 4)]

    assert [len(page) for page in pages] == [2, 2, 1]
    moments = [one.at for page in pages for one in page]
    assert moments == sorted(moments, reverse=True)


def test_it_takes_the_same_queries_however_much_happened(dupont, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        History(dupont, HistoryCriteria()).page(offset=0, limit=50)
