"""The demonstration is alive: money owed, work for today, a past, and nobody written to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum

from encaisse.collection.models import Dispute, IncomingMail, PaymentPromise, Reminder
from encaisse.collection.operations.deliver import DeliveryRun
from encaisse.collection.operations.mail_session import open_session, outbox
from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
from encaisse.collection.queries.answers import to_handle_count
from encaisse.collection.queries.orders import to_approve
from encaisse.collection.queries.plan import plan_of_day, summary_of
from encaisse.collection.rules.promises import promise_state
from encaisse.demo import ensure_demo, reset_demo
from encaisse.insights.aging import AgedBalance
from encaisse.insights.alerts import unbalanced_groups
from encaisse.ledger.models import Contact, Customer, LedgerEntry, LedgerSync
from encaisse.tenancy.journal import AUTOMATIC
from encaisse.tenancy.models import Company, Event, Membership, User
from encaisse.tenancy.scope import Scope
from tests.demo.conftest import DESK_DAYS, NOW

TODAY = NOW.date()
SUNDAY = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, 9, 0, tzinfo=UTC)


def assert_is_alive(company: Company, today: date) -> None:
    """The figures of the home page are near those of a real company of that size."""
    total = AgedBalance(Scope(company), today).totals()[0]
    assert total.currency == "EUR"
    assert total.amounts.balance == pytest.approx(98_000_000, rel=0.02)
    assert total.amounts.overdue == pytest.approx(54_000_000, rel=0.02)
    assert 140 <= total.overdue_count <= 160
    work = summary_of(plan_of_day(Scope(company), today)).by_medium
    assert 32 <= work["email"] <= 48
    assert 10 <= work["letter"] + work["registered_letter"] <= 18
    assert 62 <= work["phone"] <= 78


def test_the_figures_of_a_leap_day(morel):
    assert_is_alive(morel, TODAY)
    assert 165 <= Customer.objects.of(morel).count() <= 185


@pytest.mark.parametrize("now", [SUNDAY, NEW_YEAR], ids=["sunday", "new-year"])
def test_there_is_work_on_a_day_when_nobody_works(morel, now):
    reset_demo(morel, now=now, desk_days=DESK_DAYS)

    assert not morel.calendar.is_working(now.date())
    assert_is_alive(morel, now.date())


def test_the_login_that_is_announced_works(morel):
    claire = Membership.objects.get(company=morel, role=Membership.Role.ADMINISTRATOR).user

    assert claire.email == "demo@encaisse.local"
    assert claire.check_password("demo-encaisse-2026")


def test_nothing_is_made_beside_a_company(morel):
    assert ensure_demo(now=NOW) is None
    assert Company.objects.count() == 1


def test_the_books_hold_eighteen_months_of_every_kind(morel):
    entries = LedgerEntry.objects.filter(company=morel)
    first = entries.order_by("posting_date").values_list("posting_date", flat=True)[0]

    assert timedelta(days=540) < TODAY - first < timedelta(days=630)
    assert set(entries.values_list("kind", flat=True)) == {
        "invoice", "credit_note", "payment", "rejected_payment", "opening",
    }  # fmt: skip
    assert not entries.filter(posting_date__gte=TODAY).exists()


def test_an_invoice_settled_late_keeps_the_day_of_its_payment(morel):
    late = [
        (entry.settled_date - entry.due_date).days
        for entry in LedgerEntry.objects.filter(company=morel, kind="invoice")
        if entry.settled_date and entry.due_date
    ]

    assert len(late) > 1_200
    assert 3 <= sorted(late)[len(late) // 2] <= 12


def test_the_last_synchronisation_is_a_few_minutes_old(morel):
    latest = LedgerSync.objects.filter(company=morel).order_by("-at")[0]

    assert timedelta(0) < NOW - latest.at < timedelta(minutes=15)


def test_past_messages_have_the_texts_that_left(morel):
    sent = Reminder.objects.filter(company=morel, medium="email", status="sent")

    assert sent.filter(kind="reminder").count() > 100
    assert not sent.filter(content_text="").exists()
    reminder = sent.filter(kind="reminder", level=1, language="fr").order_by("id")[0]
    assert "Sauf erreur ou omission" in reminder.content_text
    assert (
        reminder.lines.get(is_credit=False, kind="reminder").entry.document_number
        in (reminder.content_text)
        or reminder.lines.count() > 1
    )


def test_the_last_letters_have_their_file(morel, data_folder):
    printed = Reminder.objects.filter(company=morel).exclude(file="")

    assert printed.filter(status="printed").count() == 1
    for reminder in printed:
        assert (data_folder / "files" / reminder.file).read_bytes().startswith(b"%PDF")


def test_the_journal_tells_of_several_people_over_months(morel):
    events = Event.objects.filter(company=morel)
    actors = set(events.values_list("actor_name", flat=True))

    assert {"Claire Morel", "Karim Benali", "Envoi automatique"} <= actors
    assert (NOW - events.order_by("at")[0].at).days >= DESK_DAYS - 1


def test_answers_and_approvals_wait_for_somebody(morel):
    scope = Scope(morel)
    mails = IncomingMail.objects.filter(company=morel)

    assert set(mails.values_list("kind", flat=True)) == {"reply", "automatic", "bounce"}
    assert to_handle_count(scope) >= 2
    assert mails.filter(kind="reply", handled_at__isnull=False).count() == 1
    assert Reminder.objects.filter(company=morel, status="bounced").count() == 1
    assert 2 <= to_approve(scope).count() <= 6


def test_the_last_weeks_bring_in_as_much_as_those_before(morel):
    def received(first: int, last: int) -> int:
        days = (TODAY - timedelta(days=first), TODAY - timedelta(days=last))
        paid = LedgerEntry.objects.filter(company=morel, kind="payment", posting_date__range=days)
        return -paid.aggregate(sum=Sum("amount_minor"))["sum"]

    assert received(28, 1) > received(112, 29) / 3 * 0.6


def test_promises_stand_everywhere_they_can(morel):
    states = {
        promise_state(
            promised=promise.amount_minor,
            received=sum(
                max(0, line.remaining_then_minor - line.entry.remaining_minor)
                for line in promise.lines.all()
            ),
            promised_date=promise.promised_date,
            today=TODAY,
        )
        for promise in PaymentPromise.objects.filter(company=morel)
    }

    assert states == {"running", "kept", "partly_kept", "broken"}


def test_disputes_are_open_and_closed(morel):
    disputes = Dispute.objects.filter(company=morel)

    assert disputes.filter(closed_on=None).count() == 4
    assert disputes.exclude(closed_on=None).exclude(outcome="").exists()


def test_one_match_in_the_books_does_not_balance(morel):
    """Partial payments bear small letters: only the one somebody forced is an error."""
    (group,) = unbalanced_groups(Scope(morel))

    assert (group.name, group.gap) == ("Menuiserie Quentric", 320)


def test_sophie_sees_the_portfolio_of_durant(morel):
    sophie = User.objects.get(email__startswith="sophie")
    scope = Scope.of(Membership.objects.get(company=morel, user=sophie))
    seen = Customer.objects.visible_in(scope)

    assert {customer.sales_rep for customer in seen} == {"Durant"}
    assert 0 < seen.count() < Customer.objects.of(morel).count() / 2


def test_every_address_belongs_to_nobody(morel):
    emails = list(Contact.objects.filter(company=morel).exclude(email="").values_list("email"))
    recipients = [
        address
        for (addresses,) in Reminder.objects.filter(company=morel, medium="email").values_list(
            "recipients"
        )
        for address in addresses
    ]

    assert emails
    assert recipients
    assert all(email.endswith(".example") for (email,) in emails)
    assert all(address.endswith(".example") for address in recipients)


def test_mails_of_today_go_to_the_outbox_folder_even_with_a_server_set(morel):
    Company.objects.filter(pk=morel.pk).update(
        mail_mode=Company.MailMode.LIVE, smtp_host="smtp.example", smtp_port=25
    )
    morel.refresh_from_db()
    prepare_reminders(
        Scope(morel),
        Moment(TODAY, NOW),
        author=AUTOMATIC,
        selection=Selection(media=frozenset({"email"})),
    )

    result = DeliveryRun(morel, open_session, clock=lambda: NOW).run()

    assert result.sent > 30
    assert (result.failed, result.unknown, result.postponed) == (0, 0, 0)
    assert len(list(outbox(morel).glob("*.eml"))) == result.sent
