"""The doors to a customer and to what was decided about him: nothing outside the scope exists."""

from collections.abc import Collection
from dataclasses import dataclass

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    Dispute,
    Hold,
    PaymentPromise,
)
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# A form that lists more entries than this is read by nobody: the account situation has filters.
MOST_CHOICES = 200
# Addresses are typed by anyone: beyond this no database has an id.
_HIGHEST_ID = 2**63 - 1
_REASONS = 100


def get_customer(scope: Scope, customer_id: int) -> Customer:
    """A customer that the scope may see. Raises Customer.DoesNotExist."""
    seen = Customer.objects.visible_in(scope)
    return seen.select_related("company", "payment_method").get(pk=customer_id)


def get_hold(scope: Scope, hold_id: int) -> Hold:
    """A STOP on a customer in sight. Raises Hold.DoesNotExist."""
    holds = Hold.objects.select_related("company", "customer")
    return holds.get(scope.customers("customer__"), pk=hold_id)


def get_dispute(scope: Scope, dispute_id: int) -> Dispute:
    """A dispute of a customer in sight. Raises Dispute.DoesNotExist."""
    disputes = Dispute.objects.select_related("company", "customer")
    return disputes.get(scope.customers("customer__"), pk=dispute_id)


def get_promise(scope: Scope, promise_id: int) -> PaymentPromise:
    """A promise of a customer in sight. Raises PaymentPromise.DoesNotExist."""
    promises = PaymentPromise.objects.select_related("company", "customer")
    return promises.get(scope.customers("customer__"), pk=promise_id)


def get_profile(company: Company, profile_id: int) -> CollectionProfile:
    """A profile of the company. Raises CollectionProfile.DoesNotExist."""
    return CollectionProfile.objects.get(company=company, pk=profile_id)


def profiles(company: Company) -> list[CollectionProfile]:
    """The company's profiles by name."""
    return list(CollectionProfile.objects.filter(company=company).order_by("name", "id"))


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """What was decided about a customer as a whole; the default profile when none was given."""

    profile: CollectionProfile | None
    is_flagged: bool = False
    address: str = ""
    # A person or a file gave the profile: no rule changes it.
    is_profile_given: bool = False


def followed_up(customer: Customer) -> FollowedUp:
    """The customer's profile, flag and typed address; two queries at most."""
    found = CustomerFollowUp.objects.select_related("profile").filter(customer=customer).first()
    profile = found.profile if found else None
    if profile is None:
        given = CollectionProfile.objects.filter(company_id=customer.company_id, is_default=True)
        profile = given.first()
    return FollowedUp(
        profile,
        is_flagged=found.is_flagged if found else False,
        address=found.address if found else "",
        is_profile_given=found is not None
        and found.profile is not None
        and found.profile_origin != CustomerFollowUp.Origin.RULE,
    )


def contacts_of(customer: Customer) -> list[Contact]:
    """The customer's contacts, those who receive reminders first."""
    return list(customer.contacts.order_by("-is_reminder_recipient", "is_invalid", "name", "id"))


def get_contact(scope: Scope, contact_id: int) -> Contact:
    """A contact of a customer in sight. Raises Contact.DoesNotExist."""
    contacts = Contact.objects.select_related("customer__company")
    return contacts.get(scope.customers("customer__"), pk=contact_id)


def open_debits(customer: Customer) -> list[LedgerEntry]:
    """What the customer still owes, the oldest due date first, as far as a form can list it."""
    return list(_open_debits(customer).order_by("due_date", "id")[:MOST_CHOICES])


def open_debits_in(customer: Customer, currency: str) -> list[LedgerEntry]:
    """All that the customer still owes in a currency, the oldest due date first."""
    return list(_open_debits(customer).filter(currency=currency).order_by("due_date", "id"))


def open_debits_among(customer: Customer, entry_ids: Collection[int]) -> list[LedgerEntry]:
    """Those of some entries that the customer still owes; entries of others are not found."""
    chosen = possible_ids(entry_ids, most=MOST_CHOICES)
    return list(_open_debits(customer).filter(pk__in=chosen).order_by("due_date", "id"))


def possible_ids(ids: Collection[int], *, most: int) -> list[int]:
    """The first of some ids that were typed, less those that no database has."""
    return [one for one in ids if one <= _HIGHEST_ID][:most]


def _open_debits(customer: Customer):  # type: ignore[no-untyped-def]
    return LedgerEntry.objects.filter(
        company_id=customer.company_id, customer=customer, amount_minor__gt=0
    ).exclude(remaining_minor=0)


def dispute_reasons(company: Company) -> list[str]:
    """The reasons that disputes of the company were given so far, in order."""
    used = Dispute.objects.filter(company=company).values_list("reason", flat=True)
    return list(used.order_by("reason").distinct()[:_REASONS])
