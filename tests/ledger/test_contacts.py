"""Contacts: what people decide here, and what a synchronisation leaves of it."""

from datetime import UTC, datetime

import pytest

from encaisse.ledger.models import Contact
from encaisse.ledger.operations.contacts import (
    ContactRefused,
    add_contact,
    choose_recipient,
    edit_contact,
    judge_address,
)
from encaisse.ledger.operations.details import Details, DetailsWriter, Person
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from tests.builders import company, customer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 8, 9, tzinfo=UTC)
BY = {"author": COMMAND_LINE, "now": NOW}


@pytest.fixture
def morel():
    return company("Ateliers Morel")


@pytest.fixture
def dupont(morel):
    customer(morel, "Dupont")
    brings(morel)
    return morel.customer_set.get()


def brings(morel, **changes: str) -> None:
    """A customers' file, then a contacts' file, as the accounting gives them."""
    email = changes.pop("email", "compta@dupont.example")
    writer = DetailsWriter(morel, write=True)
    writer.customers([Details("411DUPONT", "Dupont", {}, emails=(email,))])
    writer.contacts([Person("411DUPONT", email, **{"name": "Léa Roy", **changes})])
    writer.finish()


def the_contact() -> Contact:
    return Contact.objects.select_related("customer__company").get()


def test_who_receives_reminders_outlives_a_synchronisation(morel, dupont):
    assert choose_recipient(the_contact(), receives=False, **BY)
    assert not choose_recipient(the_contact(), receives=False, **BY)

    brings(morel)

    assert not the_contact().is_reminder_recipient
    dupont.refresh_from_db()
    assert not dupont.has_email
    assert Event.objects.get().kind == "contact.left_out"


def test_a_bad_address_stays_bad_until_someone_says_otherwise(morel, dupont):
    judge_address(the_contact(), is_valid=False, **BY)
    brings(morel)
    assert the_contact().is_invalid

    judge_address(the_contact(), is_valid=True, **BY)

    dupont.refresh_from_db()
    assert dupont.has_email
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["contact.invalidated", "contact.validated"]


def test_what_was_typed_here_is_not_overwritten(morel, dupont):
    assert edit_contact(the_contact(), name="Mme Roy", phone="04 78 00 00 00", **BY)
    assert not edit_contact(the_contact(), name="Mme Roy", **BY)

    brings(morel, name="ROY LEA", role="Comptabilité")

    contact = the_contact()
    assert (contact.name, contact.role, contact.phone) == ("Mme Roy", "", "04 78 00 00 00")
    revised = morel.__class__.objects.get()
    assert revised.facts_revision > morel.facts_revision


def test_the_address_of_the_accounting_is_not_changed_here(dupont):
    edit_contact(the_contact(), name="Mme Roy", **BY)

    with pytest.raises(ContactRefused, match="vient de la comptabilité"):
        edit_contact(the_contact(), email="lea@dupont.example", **BY)


def test_an_address_typed_here_may_be_corrected_and_is_tried_again(dupont):
    contact = add_contact(dupont, email="chef@dupont.exemple", **BY)
    judge_address(contact, is_valid=False, **BY)
    contact.refresh_from_db()

    edit_contact(contact, email="chef@dupont.example", **BY)

    contact.refresh_from_db()
    assert (contact.email, contact.is_invalid) == ("chef@dupont.example", False)


def test_two_contacts_never_share_an_address(dupont):
    contact = add_contact(dupont, email="chef@dupont.example", **BY)

    with pytest.raises(ContactRefused, match="déjà un contact"):
        edit_contact(contact, email="Compta@dupont.example", **BY)


def test_a_contact_keeps_a_way_to_be_reached(dupont):
    contact = add_contact(dupont, email="chef@dupont.example", **BY)

    with pytest.raises(ContactRefused, match="adresse e-mail ou un numéro"):
        edit_contact(contact, email="", **BY)


def test_adding_a_known_address_again_keeps_what_is_known_of_it(dupont):
    contact = add_contact(dupont, email="compta@dupont.example", role="Achats", **BY)

    assert (contact.name, contact.role, contact.is_local) == ("Léa Roy", "Achats", True)
