"""A customer's statement of account: what is listed, how old it is, where to pay it."""

from collections import defaultdict
from datetime import date

from django.db import connection

from encaisse.collection.models import CustomerFollowUp
from encaisse.collection.queries.letterhead import (
    bank_details,
    company_address,
    customer_address,
    legal_mentions,
)
from encaisse.ledger.models import Customer
from encaisse.ledger.queries.numbers import number_column
from encaisse.ledger.queries.open_items import Matching, entries_of_account, open_items
from encaisse.messaging.letters.statement import (
    Statement,
    StatementAccount,
    StatementRow,
    print_statement,
)
from encaisse.messaging.queries.layout import letter_layout
from encaisse.messaging.rules.content import customer_language


def statement_pdf(customer: Customer, *, on: date, matching: Matching = Matching.OPEN) -> bytes:
    """The statement as a PDF, in the customer's language; `matching` says which entries it lists.

    The balance is that of the whole account as of the day, whatever is listed.
    """
    return print_statement(statement_of(customer, on=on, matching=matching))


def statement_of(customer: Customer, *, on: date, matching: Matching = Matching.OPEN) -> Statement:
    """What the statement says; eight queries at most."""
    company = customer.company
    layout = letter_layout(company)
    return Statement(
        language=customer_language(customer.language),
        on=on,
        account_code=customer.account_code,
        sender_lines=tuple(company_address(company)),
        recipient_lines=_address(customer),
        town=company.city,
        accounts=_accounts(customer, on, matching),
        bank=bank_details(company),
        reference=customer.account_code,
        footer=layout.footer or legal_mentions(company),
        layout=layout,
    )


def _address(customer: Customer) -> tuple[str, ...]:
    known = CustomerFollowUp.objects.filter(customer=customer)
    return customer_address(customer, known.values_list("address", flat=True).first() or "")


def _accounts(customer: Customer, on: date, matching: Matching) -> tuple[StatementAccount, ...]:
    """One account a currency, the base currency first; those without any entry are left out."""
    listed = _rows(customer, on, matching)
    still_open = listed if matching == Matching.OPEN else _rows(customer, on, Matching.OPEN)
    base = customer.company.base_currency
    currencies = sorted({*listed, *still_open}, key=lambda one: (one != base, one))
    return tuple(
        _account(
            currency,
            listed.get(currency, []),
            still_open.get(currency, []),
            customer.company.bounds,
        )
        for currency in currencies
    )


def _account(
    currency: str,
    listed: list[StatementRow],
    still_open: list[StatementRow],
    bounds: tuple[int, ...],
) -> StatementAccount:
    late = [0] * (len(bounds) + 1)
    not_due = credits = 0
    for row in still_open:
        if row.remaining < 0:
            credits += row.remaining
        elif row.days_late:
            late[sum(row.days_late > bound for bound in bounds)] += row.remaining
        else:
            not_due += row.remaining
    return StatementAccount(currency, tuple(listed), not_due, tuple(late), credits, bounds)


def _rows(customer: Customer, on: date, matching: Matching) -> dict[str, list[StatementRow]]:
    items, number = open_items(customer.company, on), number_column(customer.company)
    where, params = entries_of_account(customer, on, items, matching)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.currency, e.document_date, {number}, e.label, e.due_date,"
            f" e.amount_minor, {items.remaining}, e.id FROM ledger_ledgerentry e WHERE {where}"
            " ORDER BY COALESCE(e.due_date, e.document_date), e.id",
            (*items.remaining_params, *params),
        )
        found = cursor.fetchall()
    rows: dict[str, list[StatementRow]] = defaultdict(list)
    for currency, made_on, document, label, due, amount, remaining, entry_id in found:
        due_date = _day(due) if due else None
        is_late = due_date is not None and amount > 0 and remaining and due_date < on
        days = (on - due_date).days if due_date and is_late else 0
        row = StatementRow(
            _day(made_on), document, label, due_date, int(amount), int(remaining), days, entry_id
        )
        rows[currency].append(row)
    return rows


def _day(value: date | str) -> date:
    """SQLite gives days as texts."""
    return value if isinstance(value, date) else date.fromisoformat(value)
