"""What a customers' file or a contacts' file says: names, addresses, terms, people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from encaisse.core.text import fold
from encaisse.ledger.models import Contact, Customer, LedgerEntry, PaymentMethod
from encaisse.ledger.operations.contacts import refresh_has_email
from encaisse.ledger.operations.customers import search_text
from encaisse.ledger.rules.terms import PaymentTerms, TermsError, parse_terms
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
    new_methods: list[str] = field(default_factory=list)


class DetailsWriter:
    """Writes customers in batches; `write=False` only counts. A blank cell erases nothing."""

    def __init__(self, company: Company, *, write: bool) -> None:
        self.company = company
        self.changes = DetailChanges()
        self._write = write
        self._methods = {
            fold(method.label): method for method in PaymentMethod.objects.filter(company=company)
        }

    def customers(self, rows: Sequence[Details]) -> None:
        """Create or update these customers, and give each his addresses."""
        known = self._known(row.code for row in rows)
        fresh, changed = [], []
        for row in rows:
            customer = known.get(row.code)
            if customer is None:
                customer = Customer(company=self.company, account_code=row.code[:80])
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
            self._people(
                [
                    Person(row.code, email, row.texts.get("contact_name", ""))
                    for row in rows
                    for email in row.emails
                ]
            )

    def contacts(self, people: Sequence[Person]) -> list[Person]:
        """Add or update contacts; returns those whose customer is unknown."""
        known = self._known(person.customer_code for person in people)
        unknown = [person for person in people if person.customer_code not in known]
        self._people([person for person in people if person.customer_code in known], count=True)
        return unknown

    def finish(self) -> None:
        """Note who can be written to and compute again the due dates that follow the terms."""
        if self._write:
            refresh_has_email(self.company)
            recompute_due_dates(self.company)

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
        if row.payment_method:
            values["payment_method"] = self._method(row.payment_method)
        if row.credit_limit_minor is not None:
            values["credit_limit_minor"] = row.credit_limit_minor
        values["is_detailed"] = True
        differs = False
        for name, value in values.items():
            if getattr(customer, name) != value:
                setattr(customer, name, value)
                differs = True
        return differs

    def _method(self, label: str) -> PaymentMethod | None:
        key = fold(label)
        if key not in self._methods:
            self.changes.new_methods.append(label)
            method = PaymentMethod(company=self.company, code=key[:40], label=label[:80])
            if not self._write:
                self._methods[key] = method
                return None
            method.save()
            self._methods[key] = method
        method = self._methods[key]
        return method if method.pk else None

    def _people(self, people: Sequence[Person], *, count: bool = False) -> None:
        known = self._known(person.customer_code for person in people)
        ids = {customer.pk for customer in known.values()}
        there = {
            (contact.customer_id, contact.email): contact
            for contact in Contact.objects.filter(customer_id__in=ids)
        }
        fresh: dict[tuple[int, str], Contact] = {}
        changed = []
        for person in people:
            key = (known[person.customer_code].pk, person.email)
            contact = there.get(key) or (fresh.get(key) if person.email else None)
            if contact is None:
                contact = Contact(company=self.company, customer_id=key[0], email=person.email)
                _fill_person(contact, person)
                fresh[key if person.email else (key[0], f"\0{len(fresh)}")] = contact
            elif _fill_person(contact, person) and contact.pk:
                changed.append(contact)
        if count:
            self.changes.added += len(fresh)
            self.changes.updated += len(changed)
        if self._write:
            Contact.objects.bulk_create(fresh.values(), batch_size=_BATCH)
            Contact.objects.bulk_update(changed, _PERSON, batch_size=_BATCH)


_PERSON = ("name", "role", "phone", "mobile", "language")


def _fill_person(contact: Contact, person: Person) -> bool:
    differs = False
    for name in _PERSON:
        value = getattr(person, name)
        if value and getattr(contact, name) != value:
            setattr(contact, name, value)
            differs = True
    return differs


def _updated_fields(rows: Sequence[Details]) -> list[str]:
    named = {name for row in rows for name in row.texts}
    others = ("legal_name", "search_text", "email", "payment_method", "credit_limit_minor")
    return sorted({*named, *others, "is_detailed"})


def recompute_due_dates(company: Company) -> int:
    """Due dates that were computed follow the customers' terms again; returns how many moved."""
    default = parse_terms(company.default_payment_terms)
    own = dict(
        Customer.objects.of(company).exclude(payment_terms="").values_list("pk", "payment_terms")
    )
    terms = {customer_id: _terms(text, default) for customer_id, text in own.items()}
    computed = LedgerEntry.objects.filter(
        company=company,
        due_date_source=LedgerEntry.DueDateSource.COMPUTED,
        amount_minor__gt=0,
        is_counted=True,
    ).only("id", "customer_id", "document_date", "due_date")
    moved = []
    for entry in computed.iterator(chunk_size=5_000):
        due = terms.get(entry.customer_id, default).due_date(entry.document_date)
        if due != entry.due_date:
            entry.due_date = due
            moved.append(entry)
    LedgerEntry.objects.bulk_update(moved, ["due_date"], batch_size=_BATCH)
    return len(moved)


def _terms(text: str, default: PaymentTerms) -> PaymentTerms:
    try:
        return parse_terms(text)
    except TermsError:  # the import has warned; the default applies
        return default
