"""What the home page asks somebody to look at, and the timeline of flagged customers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from encaisse.collection.models import CustomerFollowUp, Note, NoteMention
from encaisse.collection.operations.promises import record_promise
from encaisse.insights.alerts import alerts, long_stops, unbalanced_groups
from encaisse.insights.how_paid import how_paid
from encaisse.insights.timeline import timeline
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.scope import Scope
from tests.builders import (
    company,
    credit_note,
    customer,
    has_profile,
    hold,
    invoice,
    member,
    payment,
    profile,
    reminder,
    settled,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
NOON = datetime(2026, 6, 30, 10, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def morel():
    return company()


@pytest.fixture
def claire(morel):
    return member(morel)


@pytest.fixture
def found(morel, claire):
    return lambda: alerts(Scope(morel), claire, on=TODAY)


def test_a_quiet_company_has_no_alert(morel, found):
    invoice(customer(morel), euros=10, due=ago(-3), on=ago(3))

    said = found()

    counts = [said.failed, said.bounced, said.promises, said.stops, said.unbalanced, said.undated]
    assert [one.count for one in counts] == [0] * 6
    assert said.mentions == ()


# -- lettrages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letter", "paid", "left", "gap"),
    [
        ("A", 80, {"invoice": 20, "payment": 0}, 2000),
        ("A", 130, {"invoice": 0, "payment": -30}, -3000),
        ("a", 80, {"invoice": 20, "payment": 0}, None),
        ("A", 100, {"invoice": 0, "payment": 0}, None),
    ],
)
def test_lines_matched_in_capitals_must_balance(morel, letter, paid, left, gap):
    someone = customer(morel)
    same = {"match_code": letter, "account": "411000", "period": 20260101}
    invoice(someone, euros=100, due=ago(9), remaining=left["invoice"], **same)
    payment(someone, euros=paid, on=ago(5), remaining=left["payment"], **same)

    groups = unbalanced_groups(Scope(morel))

    assert [one.gap for one in groups] == ([] if gap is None else [gap])


def test_the_same_letter_of_another_year_or_account_is_another_group(morel):
    someone = customer(morel)
    for year, account, paid in (
        ("2025", "411000", 60),
        ("2026", "411000", 70),
        ("2026", "416", 80),
    ):
        same = {"match_code": "B", "account": account, "period": int(f"{year}0101")}
        invoice(someone, euros=100, due=ago(9), remaining=100 - paid, **same)
        payment(someone, euros=paid, on=ago(5), remaining=0, **same)

    groups = unbalanced_groups(Scope(morel))

    assert [(one.year, one.account, one.gap) for one in groups] == [
        ("2025", "411000", 4000),
        ("2026", "411000", 3000),
        ("2026", "416", 2000),
    ]


# -- people and messages -------------------------------------------------------------------------


def test_a_stop_is_old_after_ninety_days_if_the_customer_owes_something(morel, found):
    forgotten, recent, settled_one = (customer(morel, name) for name in ("A", "B", "C"))
    for someone in (forgotten, recent):
        invoice(someone, euros=100, due=ago(5))
    hold(forgotten, on=ago(91), reason="Procédure collective")
    hold(recent, on=ago(90))
    hold(settled_one, on=ago(200))

    (stop,) = long_stops(Scope(morel), on=TODAY)

    assert (stop.debtor.name, stop.days(TODAY), stop.owed) == ("A", 91, (("EUR", 10_000),))
    assert (found().stops.count, found().stops.amounts) == (1, (("EUR", 10_000),))


def test_a_lifted_stop_is_no_longer_an_alert(morel, found):
    someone = customer(morel)
    invoice(someone, euros=100, due=ago(5))
    hold(someone, on=ago(120), lifted_on=ago(1))

    assert found().stops.count == 0


def test_a_broken_promise_is_an_alert_until_it_is_paid(morel, found):
    someone = customer(morel)
    debt = invoice(someone, euros=100, due=ago(40))
    record_promise(
        someone, [debt], amount_minor=6000, promised_date=ago(3), author=COMMAND_LINE,
        today=ago(10), now=NOON,
    )  # fmt: skip

    assert (found().promises.count, found().promises.amounts) == (1, (("EUR", 6000),))
    settled(debt, on=ago(1))
    assert found().promises.count == 0


def test_messages_that_came_back_or_were_refused_count_for_thirty_days(morel, found):
    someone = customer(morel)
    for days, status in ((1, "bounced"), (29, "failed"), (31, "failed"), (2, "sent")):
        reminder(someone, on=ago(days), status=status)

    assert (found().bounced.count, found().failed.count) == (1, 1)


def test_debits_without_a_due_date_are_counted_with_their_amount(morel, found):
    someone = customer(morel)
    invoice(someone, euros=30, due=None, on=ago(5))
    payment(someone, euros=10, on=ago(5))

    assert (found().undated.count, found().undated.amounts) == (1, (("EUR", 3000),))


def test_a_note_that_names_me_is_shown_until_i_saw_it(morel, claire, found):
    someone = customer(morel, "Dupont")
    note = Note.objects.create(
        company=morel, customer=someone, text="@claire vois-tu ?", author_name="Karim", at=NOON
    )
    mention = NoteMention.objects.create(note=note, user=claire)

    assert [(one.author, one.customer, one.text) for one in found().mentions] == [
        ("Karim", someone, "@claire vois-tu ?")
    ]
    mention.seen_at = NOON
    mention.save()
    assert found().mentions == ()


def test_a_portfolio_has_its_own_alerts(morel, claire):
    mine, other = customer(morel, sales_rep="Durant"), customer(morel, sales_rep="Guérin")
    for someone in (mine, other):
        invoice(someone, euros=30, due=None, on=ago(5))
        hold(someone, on=ago(100))
        reminder(someone, on=ago(1), status="bounced")
        same = {"match_code": "A", "account": "411", "period": 20260101}
        invoice(someone, euros=50, due=ago(9), **same)

    said = alerts(Scope(morel, frozenset({"Durant"})), claire, on=TODAY)

    assert {one.count for one in (said.undated, said.stops, said.bounced, said.unbalanced)} == {1}


# -- timeline ------------------------------------------------------------------------------------


def test_the_timeline_shows_flagged_customers_only(morel):
    flagged, other = customer(morel, "Dupont"), customer(morel, "Petit")
    CustomerFollowUp.objects.create(customer=flagged, company=morel, is_flagged=True)
    for someone in (flagged, other):
        for days, euros in ((0, 10), (6, 20), (7, 40), (-1, 80)):
            invoice(someone, euros=euros, due=ago(-days), on=ago(40))
        payment(someone, euros=5, on=ago(6))
        credit_note(someone, euros=7, on=ago(7))
        payment(someone, euros=9, on=ago(30))
        reminder(someone, on=ago(20), medium="letter", status="posted", level=2)

    found = timeline(Scope(morel), on=TODAY)

    assert [(one.on, one.minor) for one in found.soon.moments] == [(ago(0), 1000), (ago(-6), 2000)]
    assert [(one.kind, one.minor) for one in found.week.moments] == [("payment", 500)]
    assert [(one.kind, one.minor, one.level) for one in found.month.moments] == [
        ("credit", 700, 0), ("sent", 0, 2),
    ]  # fmt: skip
    assert {one.name for part in (found.soon, found.week, found.month) for one in part.moments} == {
        "Dupont"
    }


def test_without_a_flag_there_is_no_timeline(morel):
    payment(customer(morel), euros=5, on=TODAY)

    assert timeline(Scope(morel), on=TODAY).flagged == 0


# -- how they pay --------------------------------------------------------------------------------


def test_how_customers_pay_by_method_and_by_profile(morel):
    transfer, debit = (
        PaymentMethod.objects.create(company=morel, code=code, label=code, is_automatic=automatic)
        for code, automatic in (("Virement", False), ("Prélèvement", True))
    )
    large = profile(morel, "Grand compte")
    first, second, third = (
        customer(morel, name, payment_method=method)
        for name, method in (("A", transfer), ("B", debit), ("C", None))
    )
    has_profile(second, large)
    invoice(first, euros=100, due=ago(40))
    invoice(second, euros=50, due=ago(-5), on=ago(5))
    invoice(third, euros=20, due=ago(5))
    payment(third, euros=30, on=ago(1))  # he owes nothing in the end
    invoice(third, euros=900, due=ago(5), currency="USD")
    settled(invoice(first, euros=10, due=ago(30), on=ago(60)), on=ago(20))
    settled(invoice(first, euros=10, due=ago(30), on=ago(60)), on=ago(31))
    settled(invoice(first, euros=10, due=ago(400), on=ago(430)), on=ago(366))

    found = how_paid(Scope(morel), on=TODAY)

    methods = {way.label: way for way in found.methods}
    assert set(methods) == {"Virement", "Prélèvement"}
    assert methods["Virement"].amounts.late == (0, 10_000, 0)
    assert (methods["Virement"].is_automatic, methods["Prélèvement"].is_automatic) == (False, True)
    assert methods["Prélèvement"].amounts.not_due == 5000
    delays = methods["Virement"].delays
    assert (delays.count, str(delays.mean), str(delays.mean_late)) == (2, "34.50", "5.00")
    assert [(way.label, way.count, way.amounts.balance) for way in found.profiles] == [
        ("Standard", 1, 10_000), ("Grand compte", 1, 5000),
    ]  # fmt: skip
