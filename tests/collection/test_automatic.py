"""What leaves by itself: once, at its day and hour, announced and approved where asked."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from encaisse.collection import tasks
from encaisse.collection.models import EntryFollowUp, Reminder, Step
from encaisse.collection.operations.approvals import approve_reminders, pass_over
from encaisse.collection.operations.deliver import DeliveryRun
from encaisse.collection.operations.digest import announce
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.sweep import sweep_reminders
from encaisse.collection.queries.automatic import AutomaticState, automatic_of
from encaisse.jobs.models import Job
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests.chaos.crew import connect_to
from tests.collection.world import Desk
from tests.support.smtp import SmtpServer

WEDNESDAY = date(2026, 4, 8)


@pytest.fixture
def automatic(acme: Desk, smtp_server: SmtpServer) -> Desk:
    """ACME sends its e-mail steps by itself."""
    connect_to(acme, smtp_server.port)
    Step.objects.filter(medium="email").update(is_automatic=True)
    return acme


def debtor(acme: Desk, code: str = "DUPONT") -> Customer:
    customer = acme.customer(code)
    acme.invoice(customer, f"F-{code}", 1500, due=date(2026, 3, 31))
    return customer


def tick(acme: Desk, moment: datetime) -> None:
    """What the schedule and a worker do at a moment."""
    tasks.send_automatic(moment)
    sweep_reminders(moment)
    company = Company.objects.get(pk=acme.company.pk)
    DeliveryRun(company, open_session, clock=lambda: moment).run()


def hours(first: date, last: date) -> Iterator[tuple[date, int]]:
    day = first
    while day <= last:
        yield from ((day, hour) for hour in (6, 9, 12, 18))
        day += timedelta(days=1)


def test_a_month_by_itself_sends_each_step_once_and_only_within_hours(
    automatic: Desk, smtp_server: SmtpServer
):
    for number in range(6):
        customer = automatic.customer(f"C{number}")
        due = date(2026, 4, 10) + timedelta(days=number * 3)
        automatic.invoice(customer, f"F{number}", 100 + number, due=due)
    left: list[datetime] = []
    for day, hour in hours(date(2026, 4, 1), date(2026, 5, 1)):
        if hour == 6:
            automatic.sync(day, 5)
        before = len(smtp_server.received)
        moment = automatic.at(day, hour)
        tick(automatic, moment)
        left += [moment] * (len(smtp_server.received) - before)

    company = automatic.scope.company
    assert all(company.within_sending_hours(moment) for moment in left)
    # 1 May, Easter Monday and week-ends: nothing.
    assert not [moment for moment in left if moment.date() in (date(2026, 4, 6), date(2026, 5, 1))]
    steps = Counter(
        Reminder.objects.filter(status="sent").values_list(
            "customer__account_code", "kind", "level"
        )
    )
    assert set(steps.values()) == {1}
    assert len(smtp_server.received) == sum(steps.values())
    wanted = {(f"C{number}", "pre_due", 0) for number in range(6)}
    wanted |= {(f"C{number}", "reminder", 1) for number in range(5)}
    assert wanted <= set(steps)
    assert set(Reminder.objects.values_list("actor_name", flat=True)) == {"Envoi automatique"}


def test_old_data_stops_everything(automatic: Desk, smtp_server: SmtpServer):
    debtor(automatic)
    automatic.sync(WEDNESDAY - timedelta(days=8))

    tick(automatic, automatic.at(WEDNESDAY, 10))

    assert smtp_server.received == []
    state = automatic_of(automatic.scope.company, now=automatic.at(WEDNESDAY, 10))
    assert state.state == AutomaticState.OLD_DATA


def test_after_a_break_each_entry_gets_one_step(automatic: Desk, smtp_server: SmtpServer):
    debtor(automatic)
    automatic.sync(date(2026, 4, 29), 8)

    for hour in (9, 10, 11, 12):
        tick(automatic, automatic.at(date(2026, 4, 29), hour))

    assert len(smtp_server.received) == 1
    assert automatic.level("F-DUPONT") == 1


def test_the_state_says_when_it_leaves_next(automatic: Desk):
    automatic.sync(WEDNESDAY)
    company = automatic.scope.company

    def state(day: date, hour: int) -> tuple[AutomaticState, datetime | None]:
        found = automatic_of(company, now=automatic.at(day, hour))
        return found.state, found.next_at

    assert state(WEDNESDAY, 10)[0] == AutomaticState.RUNNING
    assert state(WEDNESDAY, 7) == (AutomaticState.LATER, automatic.at(WEDNESDAY, 9))
    friday = WEDNESDAY + timedelta(days=2)
    assert state(friday, 19) == (AutomaticState.LATER, automatic.at(date(2026, 4, 13), 9))
    company.automatic_paused = True
    assert state(WEDNESDAY, 10)[0] == AutomaticState.PAUSED


def test_a_step_to_approve_waits_for_a_person(automatic: Desk, smtp_server: SmtpServer):
    Step.objects.update(needs_approval=True)
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    tick(automatic, automatic.at(WEDNESDAY, 9))
    waiting = Reminder.objects.get()
    assert (waiting.status, smtp_server.received) == ("to_approve", [])
    # It is neither proposed again nor prepared twice.
    tick(automatic, automatic.at(WEDNESDAY, 10))
    assert Reminder.objects.count() == 1

    now = automatic.at(WEDNESDAY, 11)
    counts = approve_reminders(automatic.scope, [waiting.pk], author=COMMAND_LINE, now=now)
    assert counts == {"email": 1}
    assert not approve_reminders(automatic.scope, [waiting.pk], author=COMMAND_LINE, now=now)
    tick(automatic, now)

    assert len(smtp_server.received) == 1
    assert automatic.level("F-DUPONT") == 1


def test_what_waits_for_approval_and_was_paid_does_not_leave(
    automatic: Desk, smtp_server: SmtpServer
):
    Step.objects.update(needs_approval=True)
    customer = debtor(automatic)
    automatic.sync(WEDNESDAY)
    tick(automatic, automatic.at(WEDNESDAY, 9))
    automatic.payment(customer, "P", 1500, on=WEDNESDAY)
    automatic.match("F-DUPONT", "P", on=WEDNESDAY)
    automatic.sync(WEDNESDAY, 10)

    now = automatic.at(WEDNESDAY, 11)
    ids = list(Reminder.objects.values_list("pk", flat=True))
    approve_reminders(automatic.scope, ids, author=COMMAND_LINE, now=now)
    tick(automatic, now)

    assert smtp_server.received == []
    assert Reminder.objects.get().status == "cancelled"


def test_a_step_passed_over_sends_nothing_and_the_next_follows(
    automatic: Desk, smtp_server: SmtpServer
):
    Step.objects.filter(level=1).update(needs_approval=True)
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    tick(automatic, automatic.at(WEDNESDAY, 9))

    ids = list(Reminder.objects.values_list("pk", flat=True))
    now = automatic.at(WEDNESDAY, 10)
    assert pass_over(automatic.scope, ids, author=COMMAND_LINE, now=now) == 1
    tick(automatic, automatic.at(WEDNESDAY, 11))
    assert smtp_server.received == []
    assert EntryFollowUp.objects.get().level == 1

    later = WEDNESDAY + timedelta(days=8)
    automatic.sync(later)
    tick(automatic, automatic.at(later, 9))
    assert Reminder.objects.get(status="sent").level == 2


def test_what_is_announced_leaves_an_hour_later(automatic: Desk, smtp_server: SmtpServer):
    Company.objects.update(digest_to="chef@acme.example\nadjoint@acme.example")
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    now = automatic.at(WEDNESDAY, 9)
    with transaction.atomic():
        tick(automatic, now)

    assert smtp_server.received == []
    job = Job.objects.get(function="encaisse.collection.tasks.announce_automatic")
    prepared_at = datetime.fromisoformat(job.payload["at"])
    assert announce(automatic.scope.company, prepared_at=prepared_at, now=now) == 2
    told = [message.recipients for message in smtp_server.received]
    assert told == [("chef@acme.example",), ("adjoint@acme.example",)]
    assert "1 relance" in str(smtp_server.received[0].message["Subject"])
    text = smtp_server.received[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Dupont" in text
    assert Event.objects.get(kind="digest.sent").data["reminders"] == 1

    tick(automatic, automatic.at(WEDNESDAY, 9) + timedelta(minutes=59))
    assert len(smtp_server.received) == 2
    tick(automatic, automatic.at(WEDNESDAY, 10))
    assert len(smtp_server.received) == 3


def test_nothing_is_announced_that_would_leave_after_hours(
    automatic: Desk, smtp_server: SmtpServer
):
    Company.objects.update(digest_to="chef@acme.example")
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    late = automatic.at(WEDNESDAY, 16, 30)  # ACME's hours end at 17:00

    tick(automatic, late)

    assert not Reminder.objects.exists()
    tomorrow = WEDNESDAY + timedelta(days=1)
    state = automatic_of(automatic.scope.company, now=late)
    assert (state.state, state.next_at) == (AutomaticState.LATER, automatic.at(tomorrow, 10))


def test_what_was_announced_does_not_leave_once_all_is_suspended(
    automatic: Desk, smtp_server: SmtpServer
):
    Company.objects.update(digest_to="chef@acme.example")
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    tick(automatic, automatic.at(WEDNESDAY, 9))
    company = automatic.scope.company
    configure_company(company, author=COMMAND_LINE, automatic_paused=True)

    tick(automatic, automatic.at(WEDNESDAY, 10))

    assert smtp_server.received == []
    stopped = Reminder.objects.get()
    assert stopped.status == "cancelled"
    assert "Envois automatiques suspendus" in stopped.error
    # Once they go on, the step is announced again.
    configure_company(company, author=COMMAND_LINE, automatic_paused=False)
    tick(automatic, automatic.at(WEDNESDAY, 11))
    tick(automatic, automatic.at(WEDNESDAY, 12))
    assert len(smtp_server.received) == 1


def test_what_a_person_let_go_leaves_while_all_is_suspended(
    automatic: Desk, smtp_server: SmtpServer
):
    Step.objects.update(needs_approval=True)
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    tick(automatic, automatic.at(WEDNESDAY, 9))
    configure_company(automatic.scope.company, author=COMMAND_LINE, automatic_paused=True)

    now = automatic.at(WEDNESDAY, 10)
    ids = [Reminder.objects.get().pk]
    approve_reminders(automatic.scope, ids, author=COMMAND_LINE, now=now)
    tick(automatic, now)

    assert len(smtp_server.received) == 1


def test_an_announcement_speaks_the_language_of_the_company(
    automatic: Desk, smtp_server: SmtpServer
):
    Company.objects.update(digest_to="boss@acme.example", language="en")
    debtor(automatic)
    automatic.sync(WEDNESDAY)
    now = automatic.at(WEDNESDAY, 9)
    tick(automatic, now)

    announce(automatic.scope.company, prepared_at=now, now=now)

    [told] = smtp_server.received
    assert str(told.message["Subject"]) == "1 reminder will be sent at 10:00 – ACME"
    assert "€1,500.00" in told.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
