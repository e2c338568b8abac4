"""How the ledger's rows are told: glossary names, minor units, ISO dates, codes of the source."""

from datetime import date, datetime

from ninja import Schema

from encaisse.ledger.models import Contact, Customer, LedgerEntry, PaymentMethod
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS


class CompanyOut(Schema):
    """The company of the token."""

    slug: str
    name: str
    currency: str
    country: str
    timezone: str
    language: str
    today: date
    last_synchronised_at: datetime | None


class CustomerOut(Schema):
    """A customer. `profile` is null for the default one; `credit_limit` is in the base currency."""

    code: str
    name: str
    emails: list[str]
    phone: str
    mobile: str
    contact_name: str
    address: str
    postal_code: str
    city: str
    country: str
    siren: str
    siret: str
    vat_number: str
    language: str
    sales_rep: str
    category: str
    payment_terms: str
    payment_method: str | None
    profile: str | None
    credit_limit: int | None
    has_email: bool
    free1: str
    free2: str
    free3: str
    free4: str
    free5: str
    free6: str

    @classmethod
    def told(cls, customer: Customer) -> "CustomerOut":
        """A customer looked up with his method and his profile."""
        method = customer.payment_method
        follow_up = getattr(customer, "follow_up", None)
        profile = follow_up.profile if follow_up is not None else None
        return cls(
            code=customer.account_code,
            name=customer.legal_name,
            emails=[email for email in customer.email.split(", ") if email],
            payment_method=method.code if method else None,
            profile=profile.code if profile else None,
            credit_limit=customer.credit_limit_minor,
            **{name: getattr(customer, name) for name in _SAME},
        )


_SAME = (
    "phone", "mobile", "contact_name", "address", "postal_code", "city", "country", "siren",
    "siret", "vat_number", "language", "sales_rep", "category", "payment_terms", "has_email",
    *CUSTOMER_COLUMNS,
)  # fmt: skip


class ContactOut(Schema):
    """Somebody at a customer's. `is_local`: typed here, a push leaves it alone."""

    id: int
    name: str
    role: str
    email: str
    phone: str
    mobile: str
    language: str
    is_main: bool
    is_reminder_recipient: bool
    is_invalid: bool
    opted_out_on: date | None
    is_local: bool

    @classmethod
    def told(cls, contact: Contact) -> "ContactOut":
        """A contact."""
        return cls(**{name: getattr(contact, name) for name in cls.model_fields})


class EntryOut(Schema):
    """An échéance of a document, or a payment; `amount` and `remaining` are signed alike.

    `id` is ours and never changes; `source` and `source_id` are where it comes from.
    """

    id: int
    source: str
    source_id: str
    customer_code: str
    kind: str
    document_number: str
    document_date: date
    posting_date: date
    due_date: date | None
    due_date_is_computed: bool
    label: str
    currency: str
    amount: int
    remaining: int
    match_code: str
    settled_date: date | None
    payment_method: str | None
    account: str
    journal: str
    level: int
    reminder_count: int
    expected_date: date | None
    free1: str
    free2: str
    free3: str
    free4: str
    free5: str
    free6: str

    @classmethod
    def told(cls, entry: LedgerEntry) -> "EntryOut":
        """An entry looked up with its customer, its method and its follow-up."""
        method = entry.payment_method
        follow_up = getattr(entry, "follow_up", None)
        return cls(
            id=entry.pk,
            source=entry.source,
            source_id=entry.source_id,
            customer_code=entry.customer.account_code,
            kind=entry.kind,
            document_number=entry.document_number,
            document_date=entry.document_date,
            posting_date=entry.posting_date,
            due_date=entry.due_date,
            due_date_is_computed=entry.due_date_source == LedgerEntry.DueDateSource.COMPUTED,
            label=entry.label,
            currency=entry.currency,
            amount=entry.amount_minor,
            remaining=entry.remaining_minor,
            match_code=entry.match_code,
            settled_date=entry.settled_date,
            payment_method=method.code if method else None,
            account=entry.account,
            journal=entry.journal_code,
            level=follow_up.level if follow_up else 0,
            reminder_count=follow_up.reminder_count if follow_up else 0,
            expected_date=follow_up.expected_date if follow_up else None,
            **dict(zip(ENTRY_COLUMNS, entry.free, strict=True)),
        )


class PaymentMethodOut(Schema):
    """How customers pay; one that is automatic is never reminded in mass."""

    code: str
    label: str
    is_automatic: bool

    @classmethod
    def told(cls, method: PaymentMethod) -> "PaymentMethodOut":
        """A payment method."""
        return cls(code=method.code, label=method.label, is_automatic=method.is_automatic)
