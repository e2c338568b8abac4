"""What programs read: the same figures as the screens, page after page."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from encaisse.collection.models import Reminder
from encaisse.collection.operations.promises import record_promise
from encaisse.collection.operations.setup import install_defaults
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import configure_company
from tests import builders

pytestmark = pytest.mark.django_db

CLAIRE = Author("Claire Martin")


@pytest.fixture
def everyone(morel, today):
    """Five customers who owe 100 €, 200 €, and so on, since ten days and more."""
    customers = [builders.customer(morel, f"Client {rank}") for rank in range(1, 6)]
    for rank, customer in enumerate(customers, start=1):
        builders.invoice(customer, euros=100 * rank, due=today - timedelta(days=10 * rank))
    return customers


def walked(caller, path, **query):
    """All the rows, two at a time."""
    rows, cursor = [], ""
    while True:
        page = caller.get(path, cursor=cursor, limit=2, **query).json()
        rows += page["data"]
        assert len(page["data"]) <= 2
        cursor = page["next_cursor"]
        if cursor is None:
            return rows


@pytest.mark.parametrize("path", ["/customers", "/entries", "/ageing/customers", "/plan/left-out"])
def test_a_list_is_read_to_its_end_each_row_once(path, caller, everyone):
    whole = caller.get(path, limit=500).json()

    assert whole["next_cursor"] is None
    assert walked(caller, path) == whole["data"]
    assert len(whole["data"]) == 5


def test_a_row_that_comes_meanwhile_moves_no_other(caller, morel, everyone):
    first = caller.get("/customers", limit=2).json()
    builders.customer(morel, "AAA")
    second = caller.get("/customers", limit=500, cursor=first["next_cursor"]).json()

    names = [row["name"] for row in first["data"] + second["data"]]
    assert names == ["Client 1", "Client 2", "Client 3", "Client 4", "Client 5", "AAA"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "W3RydWVd", "WzldfQ", "é"])
def test_a_cursor_that_is_not_ours_is_refused(cursor, caller):
    assert caller.get("/customers", cursor=cursor).status_code == 422


def test_a_list_costs_the_same_however_long_it_is(
    caller, morel, everyone, django_assert_max_num_queries
):
    # The token, its minute (two, and SQLite's wait), then one look-up.
    for path in ("/customers", "/entries", "/reminders"):
        with django_assert_max_num_queries(8):
            caller.get(path)


def test_the_company_and_its_day(caller, morel, today):
    told = caller.get("/company").json()

    assert (told["slug"], told["currency"], told["today"]) == ("morel", "EUR", f"{today}")


def test_a_customer_with_what_is_known_of_him(caller, morel, dupont):
    method = PaymentMethod.objects.create(company=morel, code="lcr", label="LCR")
    dupont.payment_method, dupont.city = method, "Lyon"
    dupont.account_code = "411/D"
    dupont.save()
    builders.has_profile(dupont, builders.profile(morel, "Fragiles"))

    told = caller.get("/customers/411/D").json()

    assert (told["code"], told["name"], told["city"]) == ("411/D", "Dupont", "Lyon")
    assert (told["payment_method"], told["profile"]) == ("lcr", "fragiles")
    assert told["emails"] == ["compta@dupont.example"]
    assert caller.get("/customers/411/D/contacts").json() == []
    assert [one["code"] for one in caller.get("/customers", search="dup").json()["data"]] == [
        "411/D"
    ]
    assert caller.get("/payment-methods").json() == [
        {"code": "lcr", "label": "LCR", "is_automatic": False}
    ]


def test_entries_are_told_in_minor_units_and_found_by_what_they_are(caller, dupont, late, today):
    builders.at_level(late, 2, on=today)
    paid = builders.settled(
        builders.invoice(dupont, euros=10, due=today, document_number="FAC-77"), on=today
    )

    (told,) = caller.get("/entries").json()["data"]
    assert (told["amount"], told["remaining"], told["currency"]) == (120_050, 120_050, "EUR")
    assert (told["customer_code"], told["level"], told["kind"]) == ("411DUPONT", 2, "invoice")
    assert caller.get(f"/entries/{late.pk}").json() == told

    def found(**query):
        return [one["id"] for one in caller.get("/entries", **query).json()["data"]]

    assert found(state="all") == [late.pk, paid.pk]
    assert found(state="all", document="fac-77") == [paid.pk]
    assert found(source_id=late.source_id) == [late.pk]
    assert found(state="all", due_from=f"{today}") == [paid.pk]
    assert found(state="all", due_to=f"{today - timedelta(days=1)}") == [late.pk]
    assert found(customer="411DUPONT") == [late.pk]
    assert found(customer="411AUTRE") == []


def test_the_aged_balance_is_that_of_the_screen(caller, dupont, late, today):
    builders.invoice(dupont, euros=100, due=today + timedelta(days=5), on=today)
    builders.payment(dupont, euros=50, on=today - timedelta(days=3))

    told = caller.get("/ageing").json()
    (total,) = told["totals"]

    assert told["bounds"] == [30, 60]
    figures = {
        "not_due": 10_000, "late": [0, 0, 120_050], "credits": -5_000, "overdue": 115_050,
        "balance": 125_050, "currency": "EUR",
    }  # fmt: skip
    assert total == {**figures, "customers": 1}
    (row,) = caller.get("/ageing/customers").json()["data"]
    assert row == {**figures, "code": "411DUPONT", "name": "Dupont", "sales_rep": ""}
    (total,) = caller.get("/ageing", bounds="90").json()["totals"]
    assert total["late"] == [120_050, 0]
    assert caller.get("/ageing", bounds="60,30").status_code == 422


def test_an_account_says_where_its_customer_stands(caller, dupont, late, today):
    builders.hold(dupont, on=today)

    told = caller.get("/customers/411DUPONT/account").json()

    assert told["totals"] == [
        {"currency": "EUR", "open_entries": 1, "balance": 120_050, "overdue": 120_050}
    ]
    assert not told["may_be_reminded"]


def test_the_plan_says_what_is_due_and_why_the_rest_is_not(caller, dupont, late, today, morel):
    morel.collectionprofile_set.all().delete()
    install_defaults(morel)
    stopped = builders.customer(morel, "Petit", email="x@petit.example")
    builders.invoice(stopped, euros=20, due=today - timedelta(days=70))
    builders.hold(stopped, on=today)
    monday = f"{morel.calendar.on_or_after(today)}"

    (due,) = caller.get("/plan/actions", on=monday).json()["data"]
    left = caller.get("/plan/left-out", on=monday).json()["data"]

    assert (due["customer_code"], due["kind"], due["level"]) == ("411DUPONT", "reminder", 1)
    assert (due["amount"], due["entries"][0]["entry_id"]) == (120_050, late.pk)
    (held,) = [one for one in left if one["customer_code"] == "411PETIT"]
    assert (held["reason"], held["amount"]) == ("customer_stop", 2_000)
    assert caller.get("/plan/actions", on=f"{today - timedelta(days=400)}").json()["data"] == []


def test_messages_are_read_with_their_content_and_since_a_moment(caller, dupont, today):
    old = builders.reminder(dupont, on=today - timedelta(days=9))
    new = builders.reminder(dupont, on=today, subject="Relance", content_text="Bonjour")
    failed = builders.reminder(dupont, on=today, status=Reminder.Status.FAILED)

    rows = caller.get("/reminders", status="sent").json()["data"]
    since = (new.status_at - timedelta(hours=1)).isoformat()
    lately = caller.get("/reminders", updated_since=since).json()["data"]
    told = caller.get(f"/reminders/{new.pk}").json()

    assert [row["id"] for row in rows] == [old.pk, new.pk]
    assert [row["id"] for row in lately] == [new.pk, failed.pk]
    assert (told["subject"], told["text"], told["amount"]) == ("Relance", "Bonjour", 10_000)
    assert caller.get("/reminders", status="lost").status_code == 422


def test_a_message_of_a_rehearsal_says_so(caller, morel, dupont, today):
    configure_company(morel, author=CLAIRE, mail_mode="capture")
    rehearsed = builders.reminder(dupont, on=today, accepted_at=timezone.now())
    configure_company(morel, author=CLAIRE, mail_mode="live")
    real = builders.reminder(dupont, on=today, accepted_at=timezone.now())

    told = {row["id"]: row["rehearsal"] for row in caller.get("/reminders").json()["data"]}
    assert told == {rehearsed.pk: True, real.pk: False}
    assert caller.get(f"/reminders/{rehearsed.pk}").json()["rehearsal"] is True


def test_promises_and_disputes_as_they_stand_today(caller, dupont, late, today):
    record_promise(
        dupont, [late], amount_minor=50_000, promised_date=today, author=CLAIRE, today=today,
        now=late.company.created_at,
    )  # fmt: skip
    builders.dispute(dupont, on=today)

    (promise,) = caller.get("/promises", status="coming").json()["data"]
    (dispute,) = caller.get("/disputes", stage="open").json()["data"]

    assert (promise["amount"], promise["customer_code"]) == (50_000, "411DUPONT")
    assert (dispute["stage"], dispute["suspends"]) == ("open", True)
    assert caller.get("/promises", status="kept").json()["data"] == []


def test_the_indicators_of_the_last_months(caller, dupont, late, morel: Company, today: date):
    told = caller.get("/kpis", months=2).json()

    assert (told["currency"], told["period_months"], len(told["months"])) == ("EUR", 3, 2)
    assert told["months"][-1]["receivable"] == 120_050
