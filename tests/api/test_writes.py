"""What programs send: entries and decisions, once each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from encaisse.collection.models import Dispute, Hold, Note, PaymentPromise
from encaisse.ledger.models import Customer, LedgerEntry, LedgerSync
from encaisse.tenancy.idempotency import forget_replies
from encaisse.tenancy.models import Event, IdempotentReply
from tests import builders

pytestmark = pytest.mark.django_db

INVOICE = {
    "id": "F1", "customer_code": "DUPONT", "customer_name": "Dupont SARL",
    "document_number": "FA-001", "document_date": "2026-01-15", "due_date": "2026-02-15",
    "amount": 120_000,
}  # fmt: skip


def test_customers_contacts_and_entries_arrive_in_the_ledger(caller, morel):
    customers = {"customers": [{"code": "DUPONT", "name": "Dupont SARL", "city": "Lyon"}]}
    contacts = {"contacts": [{"customer_code": "DUPONT", "email": "Anne@dupont.example"}]}

    made = [
        caller.post("/customers", customers),
        caller.post("/contacts", contacts),
        caller.post("/entries", {"entries": [INVOICE]}),
    ]

    assert [one.status_code for one in made] == [200, 200, 200]
    assert made[2].json()["items"] == [{"index": 0, "id": "F1", "outcome": "created"}]
    customer = Customer.objects.get()
    assert (customer.city, customer.contacts.get().email) == ("Lyon", "anne@dupont.example")
    assert LedgerEntry.objects.get().remaining_minor == 120_000
    again = caller.post("/entries", {"entries": [INVOICE]}).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_a_batch_with_a_wrong_item_is_refused_with_its_place_in_words(caller, morel):
    body = {"entries": [INVOICE, {**INVOICE, "id": "F2", "amount": 0}]}

    refused = caller.post("/entries", body, **{"Accept-Language": "fr"})

    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"index": 1, "field": "amount", "message": "Le montant est nul, ou trop grand."}
    ]
    assert not LedgerEntry.objects.exists()


def test_more_than_a_thousand_items_are_refused(caller, morel):
    body = {"entries": [{**INVOICE, "id": f"F{rank}"} for rank in range(1001)]}

    assert caller.post("/entries", body).status_code == 422


def test_what_people_decide_is_recorded_under_the_tokens_name(caller, dupont, late, today):
    tomorrow = f"{today + timedelta(days=1)}"

    promise = caller.post(
        "/customers/411DUPONT/promises", {"amount": 50_000, "promised_date": tomorrow}
    )
    dispute = caller.post(
        "/customers/411DUPONT/disputes", {"reason": "Litige prix", "entry_ids": [late.pk]}
    )
    hold = caller.post("/customers/411DUPONT/holds", {"until": tomorrow})
    note = caller.post("/customers/411DUPONT/notes", {"text": "Appelé.", "entry_ids": [late.pk]})

    assert PaymentPromise.objects.get(pk=promise.json()["id"]).lines.get().entry == late
    assert Dispute.objects.get(pk=dispute.json()["id"]).lines.get().entry == late
    assert Hold.objects.get(pk=hold.json()["id"]).entry is None
    assert Note.objects.get(pk=note.json()["id"]).author_name == "API\u00a0: Compta 1"
    ended = [
        caller.post(f"/promises/{promise.json()['id']}/cancel"),
        caller.post(f"/disputes/{dispute.json()['id']}/close", {"outcome": "Avoir"}),
        caller.post(f"/holds/{hold.json()['id']}/lift"),
        caller.post(f"/holds/{hold.json()['id']}/lift"),
    ]
    assert [one.json()["changed"] for one in ended] == [True, True, True, False]
    kinds = Event.objects.filter(actor_name="API\u00a0: Compta 1").values_list("kind", flat=True)
    assert sorted(kinds) == [
        "dispute.closed", "dispute.opened", "hold.lifted", "hold.set", "note.written",
        "promise.cancelled", "promise.recorded",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("promises", {"amount": 10, "promised_date": "2020-01-01"}),
        ("promises", {"amount": 10**12, "promised_date": "2090-01-01"}),
        ("promises", {"amount": 10, "currency": "USD", "promised_date": "2090-01-01"}),
        ("disputes", {"reason": "Prix", "entry_ids": [999_999]}),
        ("disputes", {"reason": " "}),
        ("holds", {"until": "2020-01-01"}),
        ("notes", {"text": " \n "}),
    ],
)
def test_what_cannot_be_recorded_says_why(path, body, caller, late):
    refused = caller.post(f"/customers/411DUPONT/{path}", body)

    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_an_entry_of_another_customer_is_refused(caller, morel, late, today):
    other = builders.invoice(builders.customer(morel, "Martin"), euros=10, due=today)

    refused = caller.post("/customers/411DUPONT/holds", {"entry_id": other.pk})

    assert refused.status_code == 422


# -- once --------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_nothing_is_done_again(caller, dupont, late):
    body = {"amount": 50_000, "promised_date": "2090-01-01"}

    first = caller.post("/customers/411DUPONT/promises", body, key="p-1")
    second = caller.post("/customers/411DUPONT/promises", body, key="p-1")

    assert (first.json(), first.get("Idempotent-Replayed")) == (second.json(), None)
    assert second["Idempotent-Replayed"] == "true"
    assert PaymentPromise.objects.count() == 1


def test_a_key_that_served_another_request_is_a_conflict(caller, let_in, morel, dupont):
    caller.post("/customers/411DUPONT/notes", {"text": "Un"}, key="n-1")

    other_body = caller.post("/customers/411DUPONT/notes", {"text": "Deux"}, key="n-1")
    other_path = caller.post("/entries", {"text": "Un"}, key="n-1")
    other_token = let_in(morel).post("/customers/411DUPONT/notes", {"text": "Deux"}, key="n-1")

    statuses = [one.status_code for one in (other_body, other_path, other_token)]
    assert statuses == [409, 409, 200]


def test_a_refused_request_leaves_its_key_free(caller, morel):
    wrong = {"entries": [{**INVOICE, "amount": 0}]}

    assert caller.post("/entries", wrong, key="e-1").status_code == 422
    assert caller.post("/entries", {"entries": [INVOICE]}, key="e-1").status_code == 200
    assert LedgerSync.objects.count() == 1
    assert caller.post("/entries", {}, key="x" * 121).status_code == 422


def test_answers_are_forgotten_after_a_day(caller, dupont):
    caller.post("/customers/411DUPONT/notes", {"text": "Un"}, key="n-1")

    forget_replies(timezone.now() + timedelta(hours=23))
    assert IdempotentReply.objects.count() == 1
    forget_replies(timezone.now() + timedelta(hours=25))
    assert IdempotentReply.objects.count() == 0
