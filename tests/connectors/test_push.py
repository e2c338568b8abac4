"""What programs push: by their own ids, some at a time, all or nothing."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from encaisse.collection.models import CustomerFollowUp
from encaisse.collection.queries.facts import is_fresh
from encaisse.connectors.push.entries import push_entries
from encaisse.connectors.push.order import (
    Outcome,
    PushedEntry,
    PushOrder,
    PushRefused,
    PushResult,
)
from encaisse.connectors.push.people import push_contacts, push_customers
from encaisse.insights.freshness import last_sync_at
from encaisse.ledger.models import Allocation, Contact, Customer, LedgerEntry, LedgerSync
from encaisse.ledger.operations.details import Details, Person
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company, Event
from tests import builders
from tests.connectors.tables_world import NOW, everything
from tests.ledger.fec_years import Fec
from tests.ledger.fec_years import bring as bring_fec

pytestmark = pytest.mark.django_db

CREATED, UPDATED, UNCHANGED, REMOVED, LEFT_OUT = Outcome


@pytest.fixture
def morel() -> Company:
    return builders.company()


def order(company: Company) -> PushOrder:
    company.refresh_from_db()
    return PushOrder(company, Author("API\u00a0: Compta"), NOW, "Compta")


def entry(key: str, code: str, euros: int, day: str, **more: Any) -> PushedEntry:
    return PushedEntry(
        id=key,
        customer_code=code,
        document_date=date.fromisoformat(day),
        amount_minor=euros * 100,
        document_number=more.pop("document_number", key),
        **more,
    )


def push(company: Company, *entries: PushedEntry, removed: Sequence[str] = ()) -> PushResult:
    return push_entries(order(company), entries, removed=removed)


def outcomes(result: PushResult) -> list[Outcome]:
    return [outcome for _name, outcome in result.items]


def still_open(company: Company) -> dict[str, int]:
    """What remains, in euros, by the id of the source."""
    rows = LedgerEntry.objects.filter(company=company).exclude(remaining_minor=0)
    return {name: minor // 100 for name, minor in rows.values_list("source_id", "remaining_minor")}


# -- entries -----------------------------------------------------------------------------------


def test_a_push_adds_to_what_is_there_and_the_same_push_again_changes_nothing(morel):
    first = [entry("F1", "DUPONT", 1200, "2026-01-15", customer_name="Dupont SARL")]
    second = [entry("F2", "DUPONT", 300, "2026-02-01", due_date=date(2026, 3, 1))]

    assert outcomes(push(morel, *first)) == [CREATED]
    assert outcomes(push(morel, *second)) == [CREATED]
    before = everything(morel)
    again = push(morel, *first, *second)

    assert outcomes(again) == [UNCHANGED, UNCHANGED]
    assert everything(morel) == before
    assert still_open(morel) == {"F1": 1200, "F2": 300}
    assert Customer.objects.get().legal_name == "Dupont SARL"
    due = dict(LedgerEntry.objects.values_list("source_id", "due_date"))
    assert due == {"F1": date(2026, 2, 14), "F2": date(2026, 3, 1)}


def test_a_payment_of_a_later_push_settles_the_invoice_of_an_earlier_one(morel):
    push(morel, entry("F1", "DUPONT", 1200, "2026-01-15"), entry("F2", "DUPONT", 10, "2026-01-16"))

    result = push(
        morel,
        entry("F1", "DUPONT", 1200, "2026-01-15", match_code="A"),
        entry("P1", "DUPONT", -1200, "2026-02-10", match_code="A"),
    )

    assert outcomes(result) == [UPDATED, CREATED]
    assert still_open(morel) == {"F2": 10}
    paid = LedgerEntry.objects.get(source_id="F1")
    assert (paid.settled_date, LedgerEntry.objects.get(source_id="P1").kind) == (
        date(2026, 2, 10),
        "payment",
    )


def test_a_payment_that_leaves_gives_its_invoice_back(morel):
    push(
        morel,
        entry("F1", "DUPONT", 1200, "2026-01-15", match_code="A"),
        entry("P1", "DUPONT", -200, "2026-02-10", match_code="A"),
    )
    assert still_open(morel) == {"F1": 1000}
    assert Allocation.objects.count() == 1

    result = push(morel, removed=["P1", "never seen"])

    assert result.items == [("P1", REMOVED), ("never seen", UNCHANGED)]
    assert still_open(morel) == {"F1": 1200}
    assert Allocation.objects.count() == 0
    assert outcomes(push(morel, removed=["P1"])) == [UNCHANGED]
    back = push(morel, entry("P1", "DUPONT", -200, "2026-02-10", match_code="A"))
    assert (outcomes(back), still_open(morel)) == ([CREATED], {"F1": 1000})


def test_an_entry_that_goes_to_another_customer_takes_its_level_along(morel):
    push(
        morel,
        entry("F1", "DUPONT", 1200, "2026-01-15", match_code="A"),
        entry("P1", "DUPONT", -500, "2026-02-10", match_code="A"),
    )
    builders.at_level(LedgerEntry.objects.get(source_id="F1"), 2, on=date(2026, 2, 20))

    result = push(morel, entry("F1", "MARTIN", 1200, "2026-01-15", match_code="A"))

    moved = LedgerEntry.objects.get(source_id="F1")
    assert outcomes(result) == [UPDATED]
    assert (moved.customer.account_code, moved.follow_up.level) == ("MARTIN", 2)
    # The payment that stayed settles nothing any more.
    assert still_open(morel) == {"F1": 1200, "P1": -500}


def test_one_wrong_entry_and_nothing_is_written(morel):
    with pytest.raises(PushRefused) as refused:
        push(
            morel,
            entry("F1", "DUPONT", 1200, "2026-01-15"),
            entry("F1", "DUPONT", 1200, "2026-01-15"),
            entry("F3", "DUPONT", 0, "2026-01-15"),
            entry("P1", "DUPONT", 100, "2026-01-15", kind="payment"),
            removed=["F3"],
        )

    assert [(one.index, one.field) for one in refused.value.refusals] == [
        (1, "id"), (2, "id"), (2, "amount"), (3, "amount"),
    ]  # fmt: skip
    assert everything(morel) == ([], [], [])
    assert not LedgerSync.objects.exists()


def test_a_push_leaves_one_line_in_the_journal_and_senders_look_again(morel):
    before = morel.facts_revision

    push(morel, entry("F1", "DUPONT", 1200, "2026-01-15"))

    (line,) = Event.objects.all()
    assert (line.kind, line.actor_name) == ("ledger.synchronised", "API\u00a0: Compta")
    assert (line.data["format"], line.data["changes"]["added"]) == ("api", 1)
    morel.refresh_from_db()
    assert morel.facts_revision > before


def test_nothing_at_all_says_that_the_ledger_is_up_to_date(morel):
    push(morel)

    assert LedgerSync.objects.get().at == NOW


def test_what_stands_in_a_journal_that_the_company_leaves_out_is_not_taken(morel):
    push(morel, entry("F1", "DUPONT", 1200, "2026-01-15", journal="OD"))
    morel.excluded_journals = ["OD"]
    morel.save()

    result = push(
        morel,
        entry("F1", "DUPONT", 1200, "2026-01-15", journal="OD"),
        entry("F2", "MARTIN", 10, "2026-01-15", journal="VE"),
    )

    assert outcomes(result) == [LEFT_OUT, CREATED]
    assert still_open(morel) == {"F2": 10}


def test_entries_of_a_file_are_told_because_they_could_count_twice(morel, tmp_path: Path):
    bring_fec(morel, Fec(2026).invoice("DUPONT", "F1", 1200, "2026-01-15").write(tmp_path))

    result = push(morel, entry("F1", "DUPONT", 1200, "2026-01-15"))

    assert "comptent deux fois" in result.warnings[0]


def test_a_push_makes_the_same_ledger_as_the_fec_of_the_same_entries(morel, tmp_path: Path):
    fec = (
        Fec(2026)
        .invoice("DUPONT", "F501", 1000, "2026-03-10", letter="A")
        .payment("DUPONT", "V1", 1000, "2026-04-02", letter="A")
        .invoice("MARTIN", "F503", 700, "2026-05-12", letter="B")
        .invoice("MARTIN", "F504", 100, "2026-04-12", letter="B")
        .payment("MARTIN", "V2", 200, "2026-05-20", letter="B")
        .invoice("PETIT", "F505", 90, "2026-06-28")
    )
    bring_fec(morel, fec.write(tmp_path))
    other = builders.company("Par programme")
    entries = [
        PushedEntry(
            id=row.source_id,
            customer_code=row.customer.account_code,
            customer_name=row.customer.legal_name,
            kind=row.kind,
            document_number=row.document_number,
            document_date=row.document_date,
            posting_date=row.posting_date,
            label=row.label,
            amount_minor=row.amount_minor,
            match_code=row.match_code,
            match_date=row.match_date,
            account=row.account,
            journal=row.journal_code,
        )
        for row in LedgerEntry.objects.select_related("customer").filter(company=morel)
    ]

    # In two parts, the payments first.
    entries.sort(key=lambda one: one.amount_minor)
    push(other, *entries[:3])
    push(other, *entries[3:])

    assert ledger(other) == ledger(morel)
    assert len(ledger(morel)) == 6


def ledger(company: Company) -> list[tuple[object, ...]]:
    """All that figures are made of."""
    rows = LedgerEntry.objects.filter(company=company).order_by("source_id")
    return list(
        rows.values_list(
            "source_id", "customer__account_code", "customer__legal_name", "kind",
            "document_number", "document_key", "document_date", "posting_date", "due_date",
            "due_date_source", "label", "currency", "amount_minor", "base_minor", "match_code",
            "remaining_minor", "settled_date", "is_counted", "account", "journal_code",
        )
    )  # fmt: skip


# -- customers and contacts --------------------------------------------------------------------


def dupont(**texts: str) -> Details:
    return Details("DUPONT", "Dupont SARL", texts, ("compta@dupont.example",))


def test_customers_are_created_then_updated_and_an_empty_field_erases_nothing(morel):
    first = push_customers(order(morel), [dupont(city="Lyon", phone="0472000000")])
    second = push_customers(order(morel), [dupont(city="Lille", phone="")])
    third = push_customers(order(morel), [dupont(city="Lille")])

    assert [outcomes(one) for one in (first, second, third)] == [[CREATED], [UPDATED], [UNCHANGED]]
    customer = Customer.objects.get()
    assert (customer.city, customer.phone, customer.has_email) == ("Lille", "0472000000", True)


def test_terms_that_change_move_the_due_dates_that_were_computed(morel):
    push(morel, entry("F1", "DUPONT", 1200, "2026-01-15"))

    push_customers(order(morel), [dupont(payment_terms="60 jours")])

    assert LedgerEntry.objects.get().due_date == date(2026, 3, 16)


def test_a_pushed_profile_is_taken_by_name_and_an_unknown_one_refused(morel):
    fragile = builders.profile(morel, "Fragiles")

    push_customers(order(morel), [dupont()], profiles={"DUPONT": "fragiles"})
    assert CustomerFollowUp.objects.get().profile == fragile
    with pytest.raises(PushRefused) as refused:
        push_customers(order(morel), [dupont()], profiles={"DUPONT": "Inconnu"})

    assert [(one.index, one.field) for one in refused.value.refusals] == [(0, "profile")]


def test_contacts_are_known_by_their_address_and_need_a_customer(morel):
    push_customers(order(morel), [dupont()])
    anne = Person("DUPONT", "anne@dupont.example", "Anne Petit", role="Compta")

    first = push_contacts(order(morel), [anne])
    second = push_contacts(order(morel), [anne])
    with pytest.raises(PushRefused) as refused:
        push_contacts(
            order(morel),
            [Person("INCONNU", "x@y.example"), Person("DUPONT", "pas une adresse")],
        )

    assert [outcomes(one) for one in (first, second)] == [[CREATED], [UNCHANGED]]
    assert [(one.index, one.field) for one in refused.value.refusals] == [
        (0, "customer_code"), (1, "email"),
    ]  # fmt: skip
    assert Contact.objects.filter(email="anne@dupont.example").count() == 1


def test_people_alone_do_not_make_the_ledger_fresh(morel):
    push(morel, entry("E1", "411A", 100, "2026-05-01"))
    LedgerSync.objects.update(at=NOW - timedelta(days=30))
    push_contacts(order(morel), [Person("411A", name="Marie", email="marie@a.example")])

    assert not is_fresh(morel, NOW)
    assert last_sync_at(morel) == NOW - timedelta(days=30)

    push(morel)
    assert is_fresh(morel, NOW)
