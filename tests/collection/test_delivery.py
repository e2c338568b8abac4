"""What becomes of messages when servers refuse, hang up or the facts change under way."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from encaisse.collection.models import Reminder, Step
from encaisse.collection.operations.deliver import (
    Delivered,
    DeliveryRun,
    DeliveryStopped,
)
from encaisse.collection.operations.effects import resolve_unknown
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.sweep import sweep_reminders
from encaisse.ledger.models import Contact, Customer
from encaisse.messaging.transport import CaptureSession, Receipt
from encaisse.tenancy.journal import COMMAND_LINE, facts_changed
from encaisse.tenancy.models import Company
from tests import builders
from tests.chaos.crew import connect_to
from tests.collection.world import Desk, write_scenario
from tests.messaging.scripted_smtp import scripted
from tests.support.smtp import SmtpServer

TODAY = date(2026, 4, 8)


@pytest.fixture
def three(acme: Desk, smtp_server: SmtpServer) -> list[Customer]:
    """Three customers whose first reminder waits."""
    connect_to(acme, smtp_server.port)
    customers = [acme.customer(f"C{number}") for number in range(3)]
    for customer in customers:
        acme.invoice(customer, f"F-{customer.account_code}", 100, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(TODAY)
    return customers


def send(acme: Desk, *, minute: int = 5) -> Delivered:
    now = acme.at(TODAY, 9, minute)
    return DeliveryRun(acme.scope.company, open_session, clock=lambda: now).run()


def statuses() -> list[str]:
    return list(Reminder.objects.order_by("id").values_list("status", flat=True))


def test_a_refused_address_raises_no_level_and_stops_nobody(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.refused["c1@example.com"] = "550 5.1.1 Utilisateur inconnu"

    result = send(acme)

    assert (result.sent, result.failed) == (2, 1)
    assert statuses() == ["sent", "failed", "sent"]
    assert [acme.level(f"F-C{number}") for number in range(3)] == [1, 0, 1]
    assert "Utilisateur inconnu" in Reminder.objects.get(status="failed").error


def test_a_copy_goes_to_whoever_follows_the_customer_and_to_nobody_else(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    for customer, sales_rep in zip(three, ("Durant", "Petit", ""), strict=True):
        Customer.objects.filter(pk=customer.pk).update(sales_rep=sales_rep)
    builders.member(acme.company, email="durant@acme.example", sales_reps="Durant\nMartin")
    gone = builders.member(acme.company, email="parti@acme.example", sales_reps="Petit")
    gone.memberships.update(is_active=False)
    Step.objects.filter(medium="email").update(copies="chef@acme.example\ncommercial")

    send(acme)

    copied = [
        sorted(row) for row in Reminder.objects.order_by("id").values_list("copies", flat=True)
    ]
    assert copied == [
        ["chef@acme.example", "durant@acme.example"], ["chef@acme.example"], ["chef@acme.example"],
    ]  # fmt: skip


def test_after_a_refused_address_a_letter_is_proposed_at_the_same_level(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.refused["c1@example.com"] = "550 5.1.1 Utilisateur inconnu"
    send(acme)

    action = next(a for a in acme.plan(TODAY).actions if a.customer_id == three[1].pk)
    assert (action.step.medium, action.step.level) == ("letter", 1)
    acme.work(date(2026, 4, 10))

    assert acme.done()[-1][:3] == ("2026-04-10", 1, "letter")
    left_out = acme.plan(date(2026, 4, 13)).left_out
    # R2 = the letter + 8, a Saturday.
    days = [left.day for left in left_out if left.customer_id == three[1].pk]
    assert days == [date(2026, 4, 20)]


def test_of_two_addresses_the_good_one_gets_the_message(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    Contact.objects.create(company=acme.company, customer=three[1], email="old@example.com")
    smtp_server.refused["old@example.com"] = "550 5.1.1 Utilisateur inconnu"

    result = send(acme)

    assert (result.sent, result.failed) == (3, 0)
    assert Reminder.objects.get(customer=three[1]).recipients == ["c1@example.com"]
    assert Contact.objects.get(email="old@example.com").is_invalid
    assert not Contact.objects.get(email="c1@example.com").is_invalid


def test_a_refused_message_does_not_condemn_the_address(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.answer_to_data = "554 5.7.1 Indésirable"

    result = send(acme)

    assert result.failed == 3
    assert not Contact.objects.filter(is_invalid=True).exists()


def test_a_relay_that_forbids_a_recipient_says_nothing_of_his_address(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.refused["c1@example.com"] = "554 5.7.1 Relay access denied"

    send(acme)

    assert not Contact.objects.filter(is_invalid=True).exists()


def test_a_refused_sender_stops_the_run_and_everything_waits(acme: Desk, three: list[Customer]):
    with scripted(mail="550 5.7.1 Expéditeur refusé") as server:
        connect_to(acme, server.port)
        with pytest.raises(DeliveryStopped, match="Expéditeur refusé"):
            send(acme)

    assert statuses() == ["waiting"] * 3
    assert not Contact.objects.filter(is_invalid=True).exists()


def test_a_message_refused_for_now_waits_and_leaves_once(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.answer_to_data = "452 4.3.1 Plus tard"
    assert send(acme).postponed == 3
    assert send(acme, minute=6).postponed == 0  # not before ten minutes
    smtp_server.answer_to_data = ""

    assert send(acme, minute=20).sent == 3

    assert len(smtp_server.received) == 3
    assert set(Reminder.objects.values_list("attempts", flat=True)) == {2}
    assert [acme.level(f"F-C{number}") for number in range(3)] == [1, 1, 1]


def test_a_message_refused_for_now_too_often_fails(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.answer_to_data = "452 4.3.1 Plus tard"

    results = [
        DeliveryRun(
            acme.scope.company, open_session, clock=lambda n=n: acme.at(TODAY) + timedelta(hours=n)
        ).run()
        for n in range(1, 8)
    ]

    assert [result.postponed for result in results] == [3, 3, 3, 3, 3, 0, 0]
    assert statuses() == ["failed"] * 3


def test_on_a_slow_relay_a_run_keeps_what_it_claimed_and_says_how_far_it_is(
    acme: Desk, three: list[Customer]
):
    """A minute passes each time that somebody looks: longer than a lease for the whole batch."""
    minutes = count()
    leases: list[datetime] = []

    def told(_handled: int) -> None:
        leases.extend(
            Reminder.objects.filter(status="claimed").values_list("lease_until", flat=True)
        )

    result = DeliveryRun(
        acme.scope.company,
        open_session,
        progress=told,
        clock=lambda: acme.at(TODAY, 9, 5) + timedelta(minutes=next(minutes)),
    ).run()

    assert result.sent == 3
    assert len(set(leases)) >= 3


@pytest.mark.parametrize("moment", ["banner", "MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_end_leaves_everything_waiting(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer, moment: str
):
    with scripted(moment) as server:
        connect_to(acme, server.port)
        with pytest.raises(DeliveryStopped):
            send(acme)
    assert statuses() == ["waiting"] * 3
    connect_to(acme, smtp_server.port)

    assert send(acme).sent == 3
    assert len(smtp_server.received) == 3


def test_a_connection_lost_after_the_end_is_for_a_person_to_settle(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    smtp_server.hang_up_after_data = True
    assert send(acme).unknown == 3
    smtp_server.hang_up_after_data = False

    assert send(acme, minute=30).sent == 0
    assert acme.reasons(TODAY) == {f"F-C{number}": "unknown_outcome" for number in range(3)}
    for reminder in Reminder.objects.order_by("id"):
        resolve_unknown(
            reminder, has_left=True, on=TODAY, now=acme.at(TODAY, 11), author=COMMAND_LINE
        )

    assert statuses() == ["sent"] * 3
    assert len(smtp_server.received) == 3
    assert {acme.level(f"F-C{number}") for number in range(3)} == {1}


def test_a_message_that_did_not_leave_goes_again_under_the_same_identity(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    reminder = Reminder.objects.get(customer=three[0])
    Reminder.objects.filter(pk=reminder.pk).update(
        status="sending", lease_until=acme.at(TODAY) - timedelta(seconds=1)
    )
    sweep_reminders(acme.at(TODAY))
    reminder.refresh_from_db()
    assert reminder.status == "unknown"
    resolve_unknown(reminder, has_left=False, on=TODAY, now=acme.at(TODAY), author=COMMAND_LINE)

    assert send(acme).sent == 3

    identities = [received.message["Message-ID"] for received in smtp_server.received]
    assert reminder.message_id in identities
    assert len(set(identities)) == 3


class Meddling(CaptureSession):
    """A mailbox where something else happens while the first message is on its way."""

    def __init__(self, folder: Path, meddle: Callable[[], None]) -> None:
        super().__init__(folder)
        self._meddle: Callable[[], None] | None = meddle

    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        receipt = super().send(envelope_from=envelope_from, recipients=recipients, content=content)
        if self._meddle:
            self._meddle, meddle = None, self._meddle
            meddle()
        return receipt


@pytest.mark.django_db(transaction=True)
def test_facts_that_change_between_the_look_and_the_sending_are_seen(
    acme: Desk, three: list[Customer]
):
    def pay() -> None:
        acme.payment(three[1], "V", 100, on=TODAY)
        acme.match("F-C1", "V", on=TODAY)
        acme.sync(TODAY)

    now: datetime = acme.at(TODAY, 10)
    result = DeliveryRun(
        acme.scope.company, lambda _company: Meddling(acme.folder, pay), clock=lambda: now
    ).run()

    assert (result.sent, result.cancelled) == (2, 1)
    assert statuses() == ["sent", "cancelled", "sent"]
    assert acme.level("F-C1") == 0


def test_one_bad_customer_never_stops_the_others(acme: Desk, smtp_server: SmtpServer):
    connect_to(acme, smtp_server.port)
    lost = builders.profile(acme.company, "Perdu")
    write_scenario(acme.company, [("reminder", 1, "email", "due", 8)], profile=lost)
    Step.objects.filter(scenario__profile=lost).update(template_code="absent")
    customers = [acme.customer(f"C{number}") for number in range(4)]
    builders.has_profile(customers[0], lost)
    Contact.objects.filter(customer=customers[1]).update(email="pas une adresse")
    Contact.objects.filter(customer=customers[2]).delete()
    for customer in customers:
        acme.invoice(customer, f"F-{customer.account_code}", 100, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(TODAY)

    result = send(acme)

    assert (result.sent, result.failed) == (1, 3)
    assert statuses() == ["failed", "failed", "failed", "sent"]
    assert all(Reminder.objects.filter(status="failed").values_list("error", flat=True))


def test_a_delay_to_change_one_s_mind_is_kept(acme: Desk, three: list[Customer]):
    Reminder.objects.update(not_before=acme.at(TODAY, 9, 10))

    assert send(acme, minute=9).sent == 0
    assert send(acme, minute=10).sent == 3


def test_a_company_that_goes_into_rehearsal_during_a_run_sends_nothing_more_for_real(
    acme: Desk, three: list[Customer], smtp_server: SmtpServer
):
    """The first message is a batch by itself; the mode changes while it is under way."""

    def rehearse(handled: int) -> None:
        if handled:
            Company.objects.filter(pk=acme.company.pk).update(mail_mode="capture")
            facts_changed(acme.company.pk)

    now = acme.at(TODAY, 10)
    run = DeliveryRun(
        acme.scope.company, open_session, batch=1, progress=rehearse, clock=lambda: now
    )

    assert run.run().sent == 1
    assert len(smtp_server.received) == 1
    assert statuses() == ["sent", "waiting", "waiting"]
