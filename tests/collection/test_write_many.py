"""One text to many customers: who gets it, who does not and why, and what becomes of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.collection.models import EntryFollowUp, Reminder
from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
from encaisse.collection.operations.write_messages import MassOrder, write_messages
from encaisse.collection.ordering import order_messages
from encaisse.collection.queries.at_once import BY_LEVEL, plan_at_once, reasons_by_customer
from encaisse.collection.queries.writing import template_code
from encaisse.collection.rules.at_once import Wish
from encaisse.collection.rules.plan import Reason
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from encaisse.tenancy.scope import Scope
from tests.builders import at_level, credit_note, dispute, hold, member, synced
from tests.web.plan_desk import Desk
from tests.web.plan_fixtures import desk as desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(desk: Desk) -> str:
    """The text of the first reminder by e-mail."""
    return desk.step(1).template_code


def order_of(code: str, *, medium: str = "email", token: str = "t1", **changes) -> MassOrder:
    fields = {"counts": True, "to_level": None, "at": timezone.now()} | changes
    return MassOrder(medium, code, token=token, **fields)


def write(desk: Desk, order: MassOrder, *customers) -> list[Reminder]:
    moment = Moment(desk.today, timezone.now())
    ids = [one.pk for one in customers]
    return write_messages(Scope(desk.company), order, ids, moment, author=COMMAND_LINE)


def why(desk: Desk, *, medium: str = "phone") -> dict[int, tuple[Reason, ...]]:
    return reasons_by_customer(plan_at_once(Scope(desk.company), desk.today, Wish(medium)))


def test_everything_overdue_is_claimed_less_the_credits(desk, code):
    dupont = desk.mail("Dupont", 100)
    desk.late(dupont, 50, days=1)  # no step of the scenario is due for it yet
    desk.late(dupont, 900, days=-10)  # not due
    credit_note(dupont, euros=30, on=desk.today)

    (reminder,) = write(desk, order_of(code), dupont)

    assert reminder.amount_minor == 120_00
    assert reminder.recipients == ["dupont@dupont.example"]
    assert reminder.written.body
    levels = {line.level_after for line in reminder.lines.all() if not line.is_credit}
    assert levels == {1}


def test_the_copies_of_the_step_go_to_whoever_follows_each_customer(desk, code):
    step = desk.step(1)
    step.copies = "commercial"
    step.save()
    member(desk.company, email="durant@morel.example", sales_reps="Durant")
    customers = [desk.mail(name, sales_rep=rep) for name, rep in (("A", "Durant"), ("B", "Petit"))]

    made = write(desk, order_of(code), *customers)

    assert {one.customer_id: one.copies for one in made} == {
        customers[0].pk: ["durant@morel.example"],
        customers[1].pk: [],
    }


def test_what_holds_reminders_back_holds_these_back(desk):
    stopped, contested, paying, small, fine = map(
        desk.mail, ("Arrêté", "Conteste", "Prélevé", "Avoir", "Bien")
    )
    hold(stopped, on=desk.today)
    dispute(contested, on=desk.today, suspends=True)
    method = PaymentMethod.objects.create(
        company=desk.company, code="PRLV", label="Prélèvement", is_automatic=True
    )
    desk.entries["Prélevé"].payment_method = method
    desk.entries["Prélevé"].save()
    credit_note(small, euros=100, on=desk.today)

    reasons = why(desk)

    assert reasons[stopped.pk] == (Reason.CUSTOMER_STOP,)
    assert reasons[contested.pk] == (Reason.DISPUTE,)
    assert reasons[paying.pk] == (Reason.AUTOMATIC_METHOD,)
    assert reasons[small.pk] == (Reason.TO_MATCH,)
    assert fine.pk not in reasons


def test_an_address_is_asked_for_by_the_medium_alone(desk):
    posted, mailed = desk.letter("Poste"), desk.mail("Mail")

    assert not why(desk)
    assert why(desk, medium="email") == {posted.pk: (Reason.NO_ADDRESS,)}
    assert why(desk, medium="letter") == {mailed.pk: (Reason.NO_ADDRESS,)}


def test_the_last_step_is_no_end(desk, code):
    dupont = desk.mail("Dupont")
    at_level(desk.entries["Dupont"], 6, on=desk.today - timedelta(days=3))

    (reminder,) = write(desk, order_of(code), dupont)

    assert reminder.level == 7


def test_a_chosen_step_never_goes_back(desk, code):
    one, two = desk.mail("Un"), desk.mail("Deux")
    at_level(desk.entries["Deux"], 4, on=desk.today - timedelta(days=3))

    levels = [made.level for made in write(desk, order_of(code, to_level=3), one, two)]

    assert levels == [3, 4]


def test_each_customer_may_get_the_text_of_the_level_that_he_reaches(desk):
    first, third = desk.mail("Premier"), desk.mail("Troisième")
    at_level(desk.entries["Troisième"], 2, on=desk.today - timedelta(days=20))

    email = write(desk, order_of(BY_LEVEL), first, third)

    codes = {one.customer_id: one.template_code for one in email}
    assert codes == {
        first.pk: desk.step(1).template_code,
        third.pk: template_code("reminder", 3, "email"),
    }
    bodies = [one.written.body for one in email]
    assert len(set(bodies)) == 2


def test_the_same_customer_is_not_written_to_twice_a_day(desk, code):
    dupont = desk.mail("Dupont")

    assert write(desk, order_of(code), dupont)
    assert not write(desk, order_of(code), dupont)
    assert not write(desk, order_of(code, token="t2"), dupont)


def test_a_step_reached_meanwhile_leaves_the_others_alone(desk, code):
    """What another order wrote in the same instant is refused by the database, for it alone."""
    dupont, durand = desk.mail("Dupont"), desk.mail("Durand")
    (first,) = write(desk, order_of(code), dupont)
    Reminder.objects.filter(pk=first.pk).update(
        status="sent", day=desk.today - timedelta(days=1), effective_on=None
    )

    made = write(desk, order_of(code, token="t2"), dupont, durand)

    assert [one.customer for one in made] == [durand]


def test_the_number_of_queries_does_not_follow_the_customers(desk, code):
    def counted(*names: str) -> int:
        customers = [desk.mail(name) for name in names]
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert len(write(desk, order_of(code, token=names[0]), *customers)) == len(names)
        return len(context)

    assert counted("A", "B") == counted(*(f"N{n}" for n in range(20)))


def test_an_order_is_written_sent_and_counted(desk, code):
    user = member(desk.company, "collector")
    customers = [desk.mail(f"Client{n}") for n in range(3)]
    order = order_of(code)
    ids = [one.pk for one in customers]

    job = order_messages(Scope(desk.company), order, ids, user=user)
    assert order_messages(Scope(desk.company), order, ids, user=user) == job  # a second click
    (written,) = desk.work()
    assert (written.status, written.result) == ("done", {"written": 3})
    desk.work()

    assert set(desk.statuses().values()) == {"sent"}
    assert EntryFollowUp.objects.filter(level=1).count() == 3
    assert Event.objects.filter(kind="messages.ordered").count() == 1
    assert Event.objects.filter(kind="reminder.sent").count() == 3


def test_beside_the_scenario_no_level_is_reached(desk, code):
    dupont = desk.mail("Dupont")
    user = member(desk.company, "collector")

    order_messages(Scope(desk.company), order_of(code, counts=False), [dupont.pk], user=user)
    desk.work()
    desk.work()

    assert desk.statuses() == {"Dupont": "sent"}
    assert not EntryFollowUp.objects.filter(level__gt=0).exists()


def test_only_a_part_that_is_free_is_claimed_to_the_end(desk, code):
    """What is contested stays out of the message up to the moment it leaves."""
    dupont = desk.mail("Dupont", 100)
    contested = dispute(dupont, on=desk.today, suspends=True)
    contested.lines.create(entry=desk.entries["Dupont"], amount_minor=40_00)
    user = member(desk.company, "collector")

    order_messages(Scope(desk.company), order_of(code), [dupont.pk], user=user)
    desk.work()
    desk.work()

    assert Reminder.objects.get().amount_minor == 60_00


def test_a_call_of_yesterday_stays_on_the_list_while_it_is_owed(desk):
    dupont = desk.mail("Dupont")
    (call,) = write(desk, order_of("", medium="phone"), dupont)
    tomorrow = desk.today + timedelta(days=1)
    synced(desk.company, at=timezone.now())

    prepare_reminders(
        Scope(desk.company),
        Moment(tomorrow, timezone.now()),
        author=COMMAND_LINE,
        selection=Selection(),
    )

    call.refresh_from_db()
    assert call.status == "to_do"


def test_another_portfolio_is_out_of_reach(desk, code):
    hers, theirs = desk.mail("Dupont", sales_rep="A"), desk.mail("Durand", sales_rep="B")
    user = member(desk.company, "collector")
    scope = Scope(desk.company, frozenset({"A"}))

    job = order_messages(scope, order_of(code), [hers.pk, theirs.pk], user=user)

    assert job.payload["customers"] == [hers.pk]
