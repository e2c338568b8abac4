"""The cast of the tests, one line a fact: `invoice(dupont, due=date(2026, 1, 31), euros=1200)`.

Amounts are euros as people say them (`1200`, `"99.90"`); rows hold cents. Nothing here decides
anything: what the product computes is never computed by a builder.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    Dispute,
    EntryFollowUp,
    Hold,
    Reminder,
    Step,
)
from encaisse.core.money import to_minor
from encaisse.core.text import fold
from encaisse.ledger.models import Customer, LedgerEntry, LedgerSync
from encaisse.ledger.operations.finding import index_customers
from encaisse.ledger.rules.finding import document_key
from encaisse.tenancy.models import Company, Membership, User

PASSWORD = "un-mot-de-passe-assez-long"
_numbers = count(1)


def company(name: str = "Ateliers Morel", **fields: Any) -> Company:
    """A company with its default profile."""
    made = Company.objects.create(
        slug=fields.pop("slug", fold(name).replace(" ", "-")), name=name, **fields
    )
    CollectionProfile.objects.create(
        company=made, code="standard", name="Standard", is_default=True
    )
    return made


def member(of: Company, role: str = "collector", email: str = "", **fields: Any) -> User:
    """A user with a role in a company; `sales_reps="Durant"` limits him to a portfolio."""
    portfolio = fields.pop("sales_reps", None)
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email or f"{role}{next(_numbers)}@example.com", PASSWORD, **fields
    )
    Membership.objects.create(
        user=user,
        company=of,
        role=role,
        limited_to_portfolio=portfolio is not None,
        portfolio=portfolio or "",
    )
    return user


def customer(of: Company, name: str = "", **fields: Any) -> Customer:
    """A customer, by his name; his code is 411 and the name unless given."""
    name = name or f"Client {next(_numbers)}"
    code = fields.pop("account_code", "411" + fold(name).replace(" ", "").upper())
    made = Customer.objects.create(
        company=of,
        legal_name=name,
        account_code=code,
        search_text=fold(f"{name} {code}"),
        has_email=bool(fields.get("email")),
        **fields,
    )
    index_customers(of, [made.pk])
    return made


def invoice(
    of: Customer, *, euros: int | str, due: date | None, on: date | None = None, **fields: Any
) -> LedgerEntry:
    """An invoice that is wholly open; `remaining` (euros) when part of it was paid."""
    return _entry(of, euros=euros, due=due, on=on or due, kind="invoice", **fields)


def payment(of: Customer, *, euros: int | str, on: date, **fields: Any) -> LedgerEntry:
    """A payment received and not matched; its amount is given positive."""
    return _entry(
        of, euros=-Decimal(euros), due=None, on=on, kind=fields.pop("kind", "payment"), **fields
    )


def credit_note(of: Customer, *, euros: int | str, on: date, **fields: Any) -> LedgerEntry:
    """A credit note not matched; its amount is given positive."""
    return _entry(of, euros=-Decimal(euros), due=None, on=on, kind="credit_note", **fields)


def settled(entry: LedgerEntry, *, on: date) -> LedgerEntry:
    """The same entry, wholly matched on a day."""
    entry.remaining_minor = 0
    entry.settled_date = entry.match_date = on
    entry.match_code = "A"
    entry.save(update_fields=["remaining_minor", "settled_date", "match_date", "match_code"])
    return entry


def _entry(
    of: Customer,
    *,
    euros: int | str | Decimal,
    due: date | None,
    on: date | None,
    kind: str,
    **fields: Any,
) -> LedgerEntry:
    number = next(_numbers)
    currency = fields.setdefault("currency", "EUR")
    amount = to_minor(Decimal(euros), currency)
    remaining = fields.pop("remaining", None)
    posted = on or date(2026, 1, 1)
    return LedgerEntry.objects.create(
        company_id=of.company_id,
        customer=of,
        source=fields.pop("source", "test"),
        source_id=fields.pop("source_id", str(number)),
        kind=kind,
        document_number=(document := fields.pop("document_number", f"F{number:05}")),
        document_key=document_key(document),
        document_date=fields.pop("document_date", posted),
        posting_date=posted,
        due_date=due,
        due_date_source=fields.pop("due_date_source", "given" if due else "missing"),
        amount_minor=amount,
        base_minor=fields.pop("base_minor", amount),
        remaining_minor=amount if remaining is None else to_minor(Decimal(remaining), currency),
        **fields,
    )


def profile(of: Company, name: str) -> CollectionProfile:
    """Another profile of a company."""
    return CollectionProfile.objects.create(
        company=of, code=fold(name).replace(" ", "-"), name=name
    )


def has_profile(of: Customer, given: CollectionProfile) -> CustomerFollowUp:
    """A customer who was given a profile."""
    return CustomerFollowUp.objects.create(customer=of, company_id=of.company_id, profile=given)


def at_level(entry: LedgerEntry, level: int, *, on: date) -> EntryFollowUp:
    """An entry that has reached a level."""
    return EntryFollowUp.objects.create(
        entry=entry, company_id=entry.company_id, level=level, level_on=on, reminder_count=level
    )


def hold(of: Customer, *, on: date, until: date | None = None, **fields: Any) -> Hold:
    """STOP on a whole customer."""
    return Hold.objects.create(
        company_id=of.company_id, customer=of, set_on=on, until=until, **fields
    )


def dispute(of: Customer, *, on: date, **fields: Any) -> Dispute:
    """A dispute over a whole account."""
    return Dispute.objects.create(
        company_id=of.company_id, customer=of, reason="Litige commercial", opened_on=on, **fields
    )


def reminder(of: Customer, *, on: date, euros: int | str = 100, **fields: Any) -> Reminder:
    """A reminder that took effect on a day, at nine or, today, a minute ago."""
    nine = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    moment = min(nine, timezone.now() - timedelta(minutes=1))
    values: dict[str, Any] = {
        "kind": Step.Kind.REMINDER,
        "level": 1,
        "medium": Step.Medium.EMAIL,
        "currency": "EUR",
        "status": Reminder.Status.SENT,
        "effective_on": on,
        "actor_name": "Claire Martin",
    }
    return Reminder.objects.create(
        company_id=of.company_id,
        customer=of,
        key=f"test-{next(_numbers)}",
        amount_minor=to_minor(Decimal(euros)),
        day=on,
        since=on,
        status_at=moment,
        created_at=moment,
        **(values | fields),
    )


def synced(of: Company, *, at: datetime) -> LedgerSync:
    """A synchronisation that was written."""
    return LedgerSync.objects.create(company=of, format="test", at=at)
