"""What programs send to the ledger, and what they are told of it."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from encaisse.connectors.push.order import Outcome, PushedEntry, PushResult
from encaisse.ledger.operations.details import Details, Person
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS, trimmed
from encaisse.web.api.types import (
    Code,
    Currency,
    Day,
    Email,
    Language,
    Lines,
    Minor,
    SourceId,
    Text20,
    Text40,
    Text80,
    Text120,
    Text160,
    Text200,
)

MOST = 1_000


class CustomerIn(Schema):
    """A customer, by his account code. A field that is absent or empty changes nothing."""

    code: Code
    name: Text160 = ""
    emails: Annotated[list[Email], Field(max_length=10, default_factory=list)]
    phone: Text40 = ""
    mobile: Text40 = ""
    contact_name: Text120 = ""
    address: Annotated[Lines, Field(max_length=500)] = ""
    postal_code: Annotated[Text20, Field(max_length=12)] = ""
    city: Text80 = ""
    country: Annotated[Text80, Field(max_length=60)] = ""
    siren: Annotated[Text20, Field(max_length=9)] = ""
    siret: Annotated[Text20, Field(max_length=14)] = ""
    vat_number: Text20 = ""
    language: Language | None = None
    sales_rep: Text80 = ""
    category: Text80 = ""
    profile: Text80 = ""
    payment_terms: Annotated[Text80, Field(max_length=60, examples=["30 jours fin de mois"])] = ""
    payment_method: Text80 = ""
    credit_limit: Annotated[Minor, Field(ge=0)] | None = None
    free1: Text120 = ""
    free2: Text120 = ""
    free3: Text120 = ""
    free4: Text120 = ""
    free5: Text120 = ""
    free6: Text120 = ""

    def details(self) -> Details:
        """As the ledger takes it over."""
        texts = {name: getattr(self, name) for name in _TEXTS}
        texts |= {name: text for name in CUSTOMER_COLUMNS if (text := getattr(self, name))}
        texts["language"] = self.language or ""
        return Details(
            self.code,
            self.name.strip(),
            texts,
            tuple(dict.fromkeys(email.strip().lower() for email in self.emails if email.strip())),
            self.payment_method,
            self.credit_limit,
        )


_TEXTS = (
    "phone", "mobile", "contact_name", "address", "postal_code", "city", "country", "siren",
    "siret", "vat_number", "sales_rep", "category", "payment_terms",
)  # fmt: skip


class ContactIn(Schema):
    """Somebody at a known customer's, by his address, else by his name."""

    customer_code: Code
    email: Email = ""
    name: Text120 = ""
    role: Text80 = ""
    phone: Text40 = ""
    mobile: Text40 = ""
    language: Language | None = None

    def person(self) -> Person:
        """As the ledger takes it over."""
        return Person(
            self.customer_code,
            self.email.strip().lower(),
            self.name.strip(),
            self.role,
            self.phone.strip(),
            self.mobile.strip(),
            self.language or "",
        )


class EntryIn(Schema):
    """An échéance of a document, or a payment. `id` is yours, and never changes.

    `amount` is positive for what the customer owes, negative for a credit note or a payment. Lines
    of one customer that share a `match_code` settle one another (lettrage). `base_amount` is the
    same amount in the company's currency.
    """

    id: SourceId
    customer_code: Code
    customer_name: Text160 = ""
    kind: (
        Literal[
            "invoice", "credit_note", "payment", "rejected_payment", "down_payment", "opening",
            "adjustment",
        ]
        | None
    ) = None  # fmt: skip
    document_number: Text80 = ""
    document_date: Day
    posting_date: Day | None = None
    due_date: Day | None = None
    label: Text200 = ""
    currency: Currency | None = None
    amount: Minor
    base_amount: Minor | None = None
    match_code: Text20 = ""
    match_date: Day | None = None
    payment_method: Text80 = ""
    account: Text20 = ""
    journal: Text20 = ""
    free1: Text120 = ""
    free2: Text120 = ""
    free3: Text120 = ""
    free4: Text120 = ""
    free5: Text120 = ""
    free6: Text120 = ""

    def pushed(self) -> PushedEntry:
        """As the ledger takes it over."""
        return PushedEntry(
            id=self.id,
            customer_code=self.customer_code,
            customer_name=self.customer_name.strip(),
            kind=self.kind or "",
            document_number=self.document_number,
            document_date=self.document_date,
            posting_date=self.posting_date,
            due_date=self.due_date,
            label=self.label,
            currency=self.currency or "",
            amount_minor=self.amount,
            base_minor=self.base_amount,
            match_code=self.match_code.strip(),
            match_date=self.match_date,
            payment_method=self.payment_method,
            account=self.account,
            journal=self.journal,
            free=trimmed(getattr(self, column) for column in ENTRY_COLUMNS),
        )


class CustomersIn(Schema):
    """A batch of customers."""

    customers: Annotated[list[CustomerIn], Field(min_length=1, max_length=MOST)]


class ContactsIn(Schema):
    """A batch of contacts."""

    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=MOST)]


class EntriesIn(Schema):
    """A batch of entries, and the ids of those that left your ledger."""

    entries: Annotated[list[EntryIn], Field(max_length=MOST, default_factory=list)]
    removed_ids: Annotated[list[SourceId], Field(max_length=MOST, default_factory=list)]


class PushedItem(Schema):
    """What became of one item."""

    index: int
    id: str
    outcome: Literal["created", "updated", "unchanged", "removed", "left_out"]


class PushOut(Schema):
    """What became of a batch: the items in their order, those removed last.

    `left_out` are those of an account or a journal that the company does not take.
    """

    created: int
    updated: int
    unchanged: int
    removed: int
    left_out: int
    items: list[PushedItem]
    warnings: list[str]

    @classmethod
    def told(cls, result: PushResult) -> "PushOut":
        """The answer to a push."""
        items = [
            PushedItem(index=index, id=name, outcome=outcome.value)
            for index, (name, outcome) in enumerate(result.items)
        ]
        counts = {outcome.value: result.count(outcome) for outcome in Outcome}
        return cls(items=items, warnings=result.warnings, **counts)
