"""Two runs in the same second and a person who clicks « send all »: one message each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from encaisse.collection.models import EntryFollowUp, PaymentPromise, Reminder
from encaisse.collection.operations.calls import CallResult, write_call
from encaisse.collection.operations.deliver import DeliveryRun, deliver_waiting
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.prepare import Moment
from encaisse.collection.operations.write_message import Message
from encaisse.collection.queries.motives import Outcome
from encaisse.tenancy.journal import COMMAND_LINE
from tests.chaos.crew import connect_to, crowd
from tests.collection.world import Desk
from tests.support.smtp import SmtpServer

pytestmark = pytest.mark.chaos
CUSTOMERS = 120
TODAY = date(2026, 4, 8)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do some things at the same moment, each on a connection of its own."""
    barrier = Barrier(len(works))

    def alone(work: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(alone, work) for work in works]]


def test_two_preparations_and_send_all_give_one_message_each(desk: Desk, smtp_server: SmtpServer):
    crowd(desk, CUSTOMERS, date(2026, 3, 31))
    connect_to(desk, smtp_server.port)

    def send_all() -> None:
        desk.prepare(TODAY)
        sending()

    def sending() -> None:
        now = desk.at(TODAY, 10)
        DeliveryRun(desk.scope.company, open_session, clock=lambda: now).run()

    at_once(lambda: desk.prepare(TODAY), lambda: desk.prepare(TODAY), send_all)
    at_once(sending, sending, sending)

    assert Reminder.objects.count() == CUSTOMERS
    assert set(Reminder.objects.values_list("status", flat=True)) == {"sent"}
    assert set(EntryFollowUp.objects.values_list("reminder_count", flat=True)) == {1}
    identities = [received.message["Message-ID"] for received in smtp_server.received]
    assert len(identities) == len(set(identities)) == CUSTOMERS


def test_several_connections_share_the_work(desk: Desk, smtp_server: SmtpServer):
    crowd(desk, CUSTOMERS, date(2026, 3, 31))
    connect_to(desk, smtp_server.port)
    desk.prepare(desk.company.local_day(desk.at(TODAY)))

    result = deliver_waiting(desk.scope.company, open_session, connections=2)

    assert result.sent == CUSTOMERS
    recipients = [received.recipients for received in smtp_server.received]
    assert len(recipients) == len(set(recipients)) == CUSTOMERS


def test_a_form_sent_twice_at_once_is_one_call_with_one_promise(desk: Desk):
    customer = desk.customer("DUPONT")
    desk.invoice(customer, "F", 1500, due=date(2026, 3, 31))
    desk.sync(TODAY)
    message = Message("reminder", "phone", [desk.entry("F")], token="form-1")
    said = CallResult(Outcome.PROMISE, promised_minor=50_000, promised_date=date(2026, 4, 15))
    moment = Moment(TODAY, desk.at(TODAY))

    def note() -> int:
        return write_call(customer, message, said, moment, author=COMMAND_LINE).pk

    first, second = at_once(note, note)

    assert first == second
    assert PaymentPromise.objects.count() == 1
