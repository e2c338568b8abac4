"""What the messages to some customers may tell of them, read at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max, Min

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    LevelChange,
    PaymentPromise,
)
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.rules.free_fields import ENTRY_COLUMNS
from encaisse.tenancy.models import Company

_CHUNK = 400


@dataclass(slots=True)
class Known:
    """The facts of some customers, each by his id; `entries` are open, or claimed."""

    customers: dict[int, Customer] = field(default_factory=dict)
    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    entries: dict[int, list[LedgerEntry]] = field(default_factory=dict)
    # By entry: the first and the last day on which a reminder of it took effect.
    reminded: dict[int, tuple[date, date]] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    profiles: dict[int, str] = field(default_factory=dict)
    usual_profile: str = ""
    # Customers who are no professionals.
    consumers: set[int] = field(default_factory=set)
    # By customer and currency: the last one that was made.
    promises: dict[tuple[int, str], PaymentPromise] = field(default_factory=dict)


def gather_known(
    company: Company,
    *,
    customers: Collection[int],
    claimed: Collection[int],
    at_hand: Iterable[Customer] = (),
) -> Known:
    """The facts of some customers and of what is claimed of them; a constant number of queries.

    `at_hand` are the customers whose rows the caller has already.
    """
    known = Known(customers={customer.pk: customer for customer in at_hand})
    ids = sorted(customers)
    business: dict[int, bool] = {}
    for some in _chunks(ids):
        unknown = [pk for pk in some if pk not in known.customers]
        known.customers.update(Customer.objects.of(company).in_bulk(unknown))
        contacts = Contact.objects.filter(customer_id__in=some).writable().order_by("id")
        for contact in contacts:
            known.contacts.setdefault(contact.customer_id, []).append(contact)
        # A level that was set by hand is not a reminder that the customer received.
        changes = LevelChange.objects.filter(
            entry__customer_id__in=some, kind="reminder", reminder__isnull=False
        )
        changes = changes.exclude(entry__remaining_minor=0)
        for entry_id, first, last in changes.values_list("entry_id").annotate(Min("on"), Max("on")):
            known.reminded[entry_id] = (first, last)
        followed = CustomerFollowUp.objects.filter(customer_id__in=some)
        for customer_id, address, profile, is_business in followed.values_list(
            "customer_id", "address", "profile__name", "profile__is_business"
        ):
            known.addresses[customer_id] = address
            known.profiles[customer_id] = profile or ""
            if is_business is not None:
                business[customer_id] = is_business
        promises = PaymentPromise.objects.filter(customer_id__in=some, cancelled_on=None)
        for promise in promises.order_by("made_on", "id"):
            known.promises[promise.customer_id, promise.currency] = promise
    usual = CollectionProfile.objects.filter(company=company, is_default=True)
    known.usual_profile, usually = usual.values_list("name", "is_business").first() or ("", True)
    known.consumers = {pk for pk in ids if not business.get(pk, usually)}
    _gather_entries(company, known, ids, sorted(claimed))
    return known


# The columns of an entry that a message may print.
_PRINTED = (
    "customer_id", "document_number", "entry_number", "document_date", "due_date", "settled_date",
    "label", "currency", "amount_minor", "remaining_minor", *ENTRY_COLUMNS,
)  # fmt: skip


def _gather_entries(
    company: Company, known: Known, customer_ids: Sequence[int], claimed: Sequence[int]
) -> None:
    entries: dict[int, LedgerEntry] = {}
    ledger = LedgerEntry.objects.filter(company=company).only(*_PRINTED)
    for some in _chunks(customer_ids):
        entries |= ledger.filter(customer_id__in=some).exclude(remaining_minor=0).in_bulk()
    for some in _chunks([pk for pk in claimed if pk not in entries]):
        entries |= ledger.filter(pk__in=some).in_bulk()
    for entry in sorted(entries.values(), key=lambda e: (e.due_date or e.document_date, e.pk)):
        known.entries.setdefault(entry.customer_id, []).append(entry)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
