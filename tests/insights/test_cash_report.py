"""The cash report: whose customers, compared with which day, and on which days it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from encaisse.insights.cash_report import cash_figures, cash_report_of, due_cash_reports, since_of
from encaisse.insights.models import CashReport
from encaisse.insights.operations.cash_reports import set_cash_report
from encaisse.insights.operations.regular_mail import RhythmRefused
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event, Membership, User
from encaisse.tenancy.scope import Scope
from tests.builders import customer, invoice, member, payment

TODAY = date(2026, 11, 23)  # a Monday
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
SINCE = date(2026, 11, 16)
MONDAYS = Rhythm(frozenset({1}), None, 7)


@pytest.fixture
def claire(morel) -> Membership:
    user = member(morel, first_name="Claire", last_name="Martin")
    return Membership.objects.select_related("user", "company").get(user=user)


def ask(membership, rhythm=MONDAYS, now=NOON):
    set_cash_report(membership, rhythm, author=COMMAND_LINE, now=now)
    return cash_report_of(membership)


def test_the_figures_are_those_of_the_day_beside_those_of_the_day_before(morel, dupont):
    invoice(dupont, euros=1000, on=date(2026, 9, 1), due=date(2026, 10, 1))
    invoice(dupont, euros=300, on=date(2026, 11, 18), due=date(2026, 11, 20))
    invoice(dupont, euros=50, on=date(2026, 11, 18), due=date(2026, 12, 20))
    payment(dupont, euros=200, on=SINCE)

    found = cash_figures(Scope(morel), on=TODAY, since=SINCE)

    (total,) = found.totals
    assert (total.amounts.balance, total.amounts.overdue) == (1_150_00, 1_100_00)
    assert found.before is not None
    assert found.before["EUR"].balance == 800_00
    ((worst, _facts),) = found.worst
    assert (worst.name, worst.amounts.overdue) == ("Dupont", 1_100_00)
    assert [(got.currency, got.minor) for got in found.received] == [("EUR", 200_00)]


def test_a_ledger_that_begins_later_is_compared_with_nothing(morel, dupont):
    invoice(dupont, euros=300, on=date(2026, 11, 18), due=date(2026, 11, 20))

    assert cash_figures(Scope(morel), on=TODAY, since=SINCE).before is None


def test_only_the_customers_of_the_portfolio_are_in_it(morel, dupont):
    petit = customer(morel, "Petit", sales_rep="Guérin")
    for one in (dupont, petit):
        invoice(one, euros=100, on=date(2026, 9, 1), due=date(2026, 10, 1))
        payment(one, euros=10, on=TODAY)

    found = cash_figures(Scope(morel, frozenset({"Guérin"})), on=TODAY, since=SINCE)

    assert [row.name for row, _facts in found.worst] == ["Petit"]
    assert found.totals[0].amounts.balance == 90_00
    assert found.received[0].minor == 10_00
    assert found.before is not None
    assert found.before["EUR"].balance == 100_00


def test_it_goes_back_to_the_report_before_or_a_month(claire):
    assert since_of(None, on=TODAY) == TODAY - timedelta(days=30)
    report = ask(claire)
    assert since_of(report, on=TODAY) == TODAY - timedelta(days=30)

    report.sent_at = datetime(2026, 11, 17, 6, tzinfo=UTC)
    assert since_of(report, on=TODAY) == date(2026, 11, 17)
    report.sent_at = NOON  # this morning's: what one looks at since then is the week it told of
    assert since_of(report, on=TODAY) == SINCE


def test_it_is_due_on_its_day_from_its_hour_on_and_to_members_alone(claire):
    report = ask(claire, now=NOON - timedelta(days=3))
    at_six = datetime(2026, 11, 23, 5, tzinfo=UTC)

    assert due_cash_reports(at_six) == []
    assert due_cash_reports(NOON) == [report]
    assert due_cash_reports(NOON + timedelta(days=1)) == []

    User.objects.update(is_active=False)
    assert due_cash_reports(NOON) == []
    User.objects.update(is_active=True)
    Membership.objects.all().delete()
    assert due_cash_reports(NOON) == []


def test_what_was_asked_is_journaled_with_what_it_was_before(claire):
    ask(claire)
    ask(claire)
    ask(claire, rhythm=None)
    ask(claire, rhythm=None)

    first, second = Event.objects.order_by("id")
    weekly = {"weekdays": "1", "month_day": None, "hour": 7}
    assert (first.kind, first.data["before"], first.data["after"]) == (
        "cash_report.set",
        {},
        weekly,
    )
    assert (second.data["before"], second.data["after"]) == (weekly, {})
    assert due_cash_reports(NOON) == []


def test_days_that_do_not_exist_are_refused(claire):
    with pytest.raises(RhythmRefused):
        ask(claire, Rhythm(frozenset(), 31, 7))
    assert not CashReport.objects.exists()
