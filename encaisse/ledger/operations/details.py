"""What a customers' file or a contacts' file says: names, addresses, terms, people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from encaisse.core.text import fold
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.operations.contacts import refresh_has_email
from encaisse.ledger.operations.customers import CustomerDirectory, search_text
from encaisse.ledger.operations.finding import TermIndex
from encaisse.ledger.operations.payment_methods import MethodDirectory
from encaisse.tenancy.models import Company

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Details:
    """One customer as a file describes him. `texts` are fields of Customer; "" = not said."""

    code: str
    name: str
    texts: Mapping[str, str]
    emails: tuple[str, ...] = ()
    payment_method: str = ""
    credit_limit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One contact as a file describes him."""

    customer_code: str
    email: str
    name: str = ""
    role: str = ""
    phone: str = ""
    mobile: str = ""
    language: str = ""


@dataclass(slots=True)
class DetailChanges:
    """What a file of customers or contacts changes."""

    added: int = 0
    updated: int = 0


class DetailsWriter:
    """Writes customers in batches; `write=False` only counts. A blank cell erases nothing."""

    def __init__(self, company: Company, *, write: bool) -> None:
        self.company = company
        self.changes = DetailChanges()
        self.methods = MethodDirectory(company, write=write)
        self._write = write
        self._index = TermIndex(company)

    def customers(self, rows: Sequence[Details]) -> None:
        """Create or update these customers, and give each his addresses."""
        known = self._known(row.code for row in rows)
        fresh, changed = [], []
        gone: list[tuple[int, str]] = []
        back: list[tuple[int, str]] = []
        for row in rows:
            customer = known.get(row.code)
            if customer is not None and row.emails:
                former, given = {*customer.email.split(", ")} - {""}, {*row.emails}
                gone += [(customer.pk, email) for email in former - given]
                # Where the file knew none, somebody may have said not to write to this one.
                back += [(customer.pk, email) for email in given - former if former]
            if customer is None:
                customer = Customer(
                    company=self.company,
                    account_code=row.code,
                    legal_name=row.code,
                    search_text=search_text(row.code, row.code),
                )
                known[row.code] = customer
                fresh.append(customer)
                self._fill(customer, row)
            elif self._fill(customer, row):
                changed.append(customer)
        self.changes.added += len(fresh)
        self.changes.updated += len(changed)
        if self._write:
            Customer.objects.bulk_create(fresh, batch_size=_BATCH)
            Customer.objects.bulk_update(changed, _updated_fields(rows), batch_size=_BATCH)
            self._write_to(gone, receives=False)
            self._write_to(back, receives=True)
            people = [
                Person(row.code, email, row.texts.get("contact_name", ""))
                for row in rows
                for email in row.emails
            ]
            touched = self._people(people) | {customer.pk for customer in (*fresh, *changed)}
            self._index.refresh(touched)

    def _write_to(self, addresses: Sequence[tuple[int, str]], *, receives: bool) -> None:
        """Customers' addresses that the file gives no more are not written to; nor are they lost.

        One that it gives again is. One that was typed here, or that has a service, stays as it is.
        """
        found: list[int] = []
        for start in range(0, len(addresses), _BATCH):
            some = set(addresses[start : start + _BATCH])
            contacts = Contact.objects.filter(
                customer_id__in={customer_id for customer_id, _email in some},
                is_local=False,
                role="",
                is_reminder_recipient=not receives,
            )
            for pk, *address in contacts.values_list("pk", "customer_id", "email"):
                if tuple(address) in some:
                    found.append(pk)
        for start in range(0, len(found), _BATCH):
            chosen = Contact.objects.filter(pk__in=found[start : start + _BATCH])
            chosen.update(is_reminder_recipient=receives)

    def contacts(self, people: Sequence[Person]) -> list[Person]:
        """Add or update contacts; returns those whose customer is unknown."""
        known = self._known(person.customer_code for person in people)
        unknown = [person for person in people if person.customer_code not in known]
        met = [person for person in people if person.customer_code in known]
        touched = self._people(met, count=True)
        if self._write:
            self._index.refresh(touched)
        return unknown

    def finish(self, *, codes: Collection[str] | None = None) -> None:
        """Note who can be written to and compute again the due dates that follow the terms.

        `codes`: only these customers; None for all of them.
        """
        if not self._write:
            return
        only = None if codes is None else [one.pk for one in self._known(codes).values()]
        refresh_has_email(self.company, only)
        recompute_due_dates(self.company, only)

    def _known(self, codes: Iterable[str]) -> dict[str, Customer]:
        wanted = sorted(set(codes))
        customers = Customer.objects.of(self.company)
        found: dict[str, Customer] = {}
        for start in range(0, len(wanted), _BATCH):
            some = customers.filter(account_code__in=wanted[start : start + _BATCH])
            found |= {customer.account_code: customer for customer in some}
        return found

    def _fill(self, customer: Customer, row: Details) -> bool:
        """Take over what the row says; True when anything differs."""
        values: dict[str, object] = {
            name: text[: Customer._meta.get_field(name).max_length]  # type: ignore[union-attr]
            for name, text in row.texts.items()
            if text
        }
        if row.name:
            values["legal_name"] = row.name[:160]
            values["search_text"] = search_text(row.name, row.code)
        if row.emails:
            values["email"] = ", ".join(row.emails)[:500]
        if method := self.methods.id_of(row.payment_method):
            values["payment_method_id"] = method
        if row.credit_limit_minor is not None:
            values["credit_limit_minor"] = row.credit_limit_minor
        values["is_detailed"] = True
        differs = False
        for name, value in values.items():
            if getattr(customer, name) != value:
                setattr(customer, name, value)
                differs = True
        return differs

    def _people(self, people: Sequence[Person], *, count: bool = False) -> set[int]:
        """Add or update these people; returns the customers whose people differ."""
        known = self._known(person.customer_code for person in people)
        found = self._contacts(known.values())
        before = {key: _values(contact) for key, contact in found.items()}
        for person in people:
            customer = known[person.customer_code]
            key = contact_key(customer.pk, person)
            contact = found.get(key)
            if contact is None:
                contact = Contact(company=self.company, customer=customer, email=person.email)
                found[key] = contact
            if not contact.is_local:  # what was typed here is left alone
                _fill_person(contact, person)
        fresh = [contact for key, contact in found.items() if key not in before]
        changed = [found[key] for key, values in before.items() if _values(found[key]) != values]
        if count:
            self.changes.added += len(fresh)
            self.changes.updated += len(changed)
        if self._write:
            Contact.objects.bulk_create(fresh, batch_size=_BATCH)
            Contact.objects.bulk_update(changed, _PERSON, batch_size=_BATCH)
        return {contact.customer_id for contact in (*fresh, *changed)}

    def _contacts(self, customers: Iterable[Customer]) -> dict[tuple[int, str], Contact]:
        """The contacts of some customers, by what tells them apart."""
        ids = sorted({customer.pk for customer in customers})
        found: dict[tuple[int, str], Contact] = {}
        for start in range(0, len(ids), _BATCH):
            some = Contact.objects.filter(customer_id__in=ids[start : start + _BATCH])
            for contact in some.order_by("id"):
                found.setdefault(contact_key(contact.customer_id, contact), contact)
        return found


_PERSON = ("name", "role", "phone", "mobile", "language")


def contact_key(customer_id: int, person: Person | Contact) -> tuple[int, str]:
    """A person is known by his address; without one by his name, else by his telephone."""
    who = person.email or fold(_cut("name", person.name)) or person.phone or person.mobile
    return customer_id, who


def _fill_person(contact: Contact, person: Person) -> None:
    for name in _PERSON:
        if value := getattr(person, name):
            setattr(contact, name, _cut(name, value))


def _cut(name: str, value: str) -> str:
    return value[: Contact._meta.get_field(name).max_length]  # type: ignore[union-attr]


def _values(contact: Contact) -> tuple[str, ...]:
    return tuple(getattr(contact, name) for name in _PERSON)


def _updated_fields(rows: Sequence[Details]) -> list[str]:
    named = {name for row in rows for name in row.texts}
    others = ("legal_name", "search_text", "email", "payment_method", "credit_limit_minor")
    return sorted({*named, *others, "is_detailed"})


def recompute_due_dates(company: Company, customer_ids: Collection[int] | None = None) -> int:
    """Computed due dates follow the customers' own terms again; returns how many moved.

    All the customers when none are named. Those of a customer without terms of his own keep the
    terms that their file was imported with.
    """
    terms = CustomerDirectory(company, write=False).own_terms()
    computed = LedgerEntry.objects.filter(
        company=company,
        due_date_source=LedgerEntry.DueDateSource.COMPUTED,
        amount_minor__gt=0,
        is_counted=True,
    )
    # A payment that the bank sent back is due at once, whatever the terms.
    computed = computed.exclude(kind=LedgerEntry.Kind.REJECTED_PAYMENT)
    computed = computed.exclude(customer__payment_terms="")
    if customer_ids is not None:
        computed = computed.filter(customer_id__in=customer_ids)
    moved = []
    entries = computed.values_list("id", "customer__account_code", "document_date", "due_date")
    for entry_id, code, document_date, due_date in entries.iterator(chunk_size=5_000):
        if code in terms:
            due = terms[code].due_date(document_date)
            if due != due_date:
                moved.append(LedgerEntry(id=entry_id, due_date=due))
    LedgerEntry.objects.bulk_update(moved, ["due_date"], batch_size=_BATCH)
    return len(moved)
