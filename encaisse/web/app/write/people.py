"""To whom a message can be addressed: the contacts not chosen yet, and why some are not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.core.dates import short_date
from encaisse.ledger.models import Contact
from encaisse.tenancy.models import User


@dataclass(frozen=True, slots=True)
class Person:
    """Someone at the customer's with an address; `why` he should not be written to."""

    contact: Contact
    why: str = ""

    @property
    def name(self) -> str:
        """His name and service, as far as they are known."""
        words = [self.contact.known_as]
        if self.contact.role:
            words.append(self.contact.role)
        return ", ".join(words)

    @property
    def can_be_added(self) -> bool:
        """False for one who must not be written to, or whose address does not work."""
        return not (self.contact.opted_out_on or self.contact.is_invalid)


def writable(contacts: Iterable[Contact]) -> list[Contact]:
    """Those who receive reminders, in the order in which they were known."""
    kept = [one for one in contacts if one.email and not _why_not(one)]
    return sorted(kept, key=lambda one: one.pk)


def others(contacts: Sequence[Contact], chosen: Collection[str]) -> list[Person]:
    """The people with an address who are not among the chosen ones; those to be left alone last."""
    taken = {email.casefold() for email in chosen}
    people = [
        Person(one, _why_not(one))
        for one in contacts
        if one.email and one.email.casefold() not in taken
    ]
    return sorted(people, key=lambda person: not person.can_be_added)


def _why_not(contact: Contact) -> str:
    if contact.opted_out_on:
        day = short_date(contact.opted_out_on)
        return _("ne plus écrire, depuis le %(day)s") % {"day": day}
    if contact.is_invalid:
        return _("adresse refusée")
    return "" if contact.is_reminder_recipient else _("ne reçoit pas les relances")


def colleagues(users: Iterable[User]) -> list[tuple[str, str]]:
    """The people of the company to send a copy to: address and name."""
    return [(user.email, user.full_name) for user in users if user.is_active and user.email]
