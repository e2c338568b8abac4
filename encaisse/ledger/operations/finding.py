"""Keeping what customers are found by, beside every write of a name, a number or a contact.

Not an operation by itself: it runs inside the transaction of whoever changes these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from encaisse.ledger.bulk import insert_rows
from encaisse.ledger.models import Contact, Customer, CustomerTerm, KnownWord
from encaisse.ledger.rules.finding import Card, is_spelled, terms_of
from encaisse.tenancy.models import Company

_CHUNK = 400
T = TypeVar("T")


class TermIndex:
    """The terms of a company's customers during one write; words already met are remembered."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self._known: set[str] = set()

    def add_new(self, cards: Mapping[int, Card]) -> None:
        """Index customers (by id) who have no terms yet."""
        self._insert({pk: terms_of(card) for pk, card in cards.items()})

    def refresh(self, customer_ids: Iterable[int]) -> None:
        """Bring the terms of customers up to what their rows and contacts say now."""
        for ids in _chunks(sorted(set(customer_ids))):
            wanted = {pk: terms_of(card) for pk, card in _cards(ids)}
            gone = []
            kept = CustomerTerm.objects.filter(customer_id__in=ids)
            for pk, customer_id, term in kept.values_list("pk", "customer_id", "term"):
                terms = wanted.get(customer_id, set())
                if term in terms:
                    terms.remove(term)
                else:
                    gone.append(pk)
            for some in _chunks(gone):
                CustomerTerm.objects.filter(pk__in=some).delete()
            self._insert(wanted)

    def _insert(self, wanted: Mapping[int, Iterable[str]]) -> None:
        company_id = self.company.pk
        rows = [(company_id, pk, term) for pk, terms in wanted.items() for term in terms]
        insert_rows(
            CustomerTerm._meta.db_table, ("company_id", "customer_id", "term"), sorted(rows)
        )
        self._learn({row[2] for row in rows})

    def _learn(self, terms: Iterable[str]) -> None:
        words = sorted(term for term in terms if is_spelled(term) and term not in self._known)
        fresh = set(words)
        known = KnownWord.objects.filter(company=self.company)
        for some in _chunks(words):
            fresh.difference_update(known.filter(word__in=some).values_list("word", flat=True))
        self._known.update(words)
        insert_rows(
            KnownWord._meta.db_table,
            ("company_id", "word", "mirror"),
            [(self.company.pk, word, word[::-1]) for word in sorted(fresh)],
        )


def index_customers(company: Company, customer_ids: Iterable[int]) -> None:
    """Bring what some customers are found by up to what their rows and contacts say now.

    Whoever writes a name, a code, a number, an address or a contact calls it afterwards.
    """
    TermIndex(company).refresh(customer_ids)


def _cards(ids: Sequence[int]) -> Iterator[tuple[int, Card]]:
    contacts: dict[int, list[Contact]] = {}
    for contact in Contact.objects.filter(customer_id__in=ids):
        contacts.setdefault(contact.customer_id, []).append(contact)
    for customer in Customer.objects.filter(pk__in=ids):
        yield customer.pk, _card(customer, contacts.get(customer.pk, []))


def _card(customer: Customer, contacts: Sequence[Contact]) -> Card:
    everyone: list[Customer | Contact] = [customer, *contacts]
    return Card(
        customer.legal_name,
        customer.account_code,
        numbers=(customer.siret or customer.siren, customer.vat_number),
        emails=[*customer.email.split(","), *(contact.email for contact in contacts)],
        phones=[phone for one in everyone for phone in (one.phone, one.mobile)],
        people=[customer.contact_name, *(contact.name for contact in contacts)],
    )


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
