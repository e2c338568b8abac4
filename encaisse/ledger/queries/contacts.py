"""Who at a customer's may be written to."""

from collections.abc import Iterable

from encaisse.ledger.models import Customer


def unwilling_among(customer: Customer, emails: Iterable[str]) -> list[str]:
    """Those of some addresses whose owners asked not to be written to any more; one query."""
    contacts = customer.contacts.exclude(opted_out_on=None).values_list("email", flat=True)
    unwilling = {email.casefold() for email in contacts}
    return [email for email in emails if email.casefold() in unwilling]
