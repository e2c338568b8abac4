"""A company at work for the measures: sender, scenarios, addresses, months of reminders behind."""

import random
from datetime import date, timedelta

from encaisse.collection.models import EntryFollowUp
from encaisse.collection.operations.setup import install_defaults
from encaisse.ledger.bulk import insert_rows
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.operations.contacts import refresh_has_email
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import create_company


def desk(slug: str, **fields: object) -> Company:
    """A company with the default scenarios, ready to send."""
    company = create_company(
        name="Société de mesure",
        slug=slug,
        author=COMMAND_LINE,
        sender_email="compta@mesure.example",
        city="Lyon",
        postal_code="69003",
        address="12 rue des Lilas",
        phone="04 72 00 00 00",
        iban="FR1420041010050500013M02606",
        bic="PSSTFRPPLYO",
        **fields,
    )
    install_defaults(company)
    return company


def with_addresses(company: Company, *, with_email: float = 0.8, seed: int = 2) -> None:
    """Give the customers a postal address, and most of them an e-mail address."""
    rng = random.Random(seed)
    Customer.objects.of(company).update(
        address="1 rue de la Paix", postal_code="75002", city="Paris"
    )
    ids = Customer.objects.of(company).order_by("id").values_list("pk", flat=True)
    columns = (
        "company_id", "customer_id", "name", "role", "email", "phone", "mobile", "language",
        "is_reminder_recipient", "is_invalid", "is_local", "is_main",
    )  # fmt: skip
    insert_rows(
        Contact._meta.db_table,
        columns,
        [
            (company.pk, pk, "", "", f"c{pk}@client.example", "", "", "", True, False, False, False)
            for pk in ids
            if rng.random() < with_email
        ],
    )
    refresh_has_email(company)


def with_history(company: Company, today: date, *, seed: int = 3) -> None:
    """Put late entries where months of reminders would have: each step eight days after another.

    What fell due eight days ago, or was reminded eight days ago, is left for today.
    """
    with_addresses(company)
    rng = random.Random(seed)
    late = LedgerEntry.objects.filter(
        company=company, due_date__lt=today - timedelta(days=8), amount_minor__gt=0
    ).exclude(remaining_minor=0)
    rows = []
    for pk, due in late.values_list("pk", "due_date"):
        days = (today - due).days
        level = min(5, days // 8)
        on = today - timedelta(days=rng.randint(0, 8) if level < 5 else days % 8)
        rows.append((pk, company.pk, level, on.isoformat(), level, 0))
    insert_rows(
        EntryFollowUp._meta.db_table,
        ("entry_id", "company_id", "level", "level_on", "reminder_count", "cycle"),
        rows,
    )
