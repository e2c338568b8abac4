"""What a customer reads of his own account without logging in: what is open, and where to pay.

It is his statement of account, with the file of each document and what was agreed on it, and
nothing else of what is known of him here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.queries.commitments import Commitments, commitments_of
from encaisse.collection.queries.message_charges import payment_link
from encaisse.collection.queries.statement import statement_of
from encaisse.ledger.models import Customer, InvoiceFile, LedgerEntry
from encaisse.ledger.queries.invoice_files import files_of
from encaisse.messaging.letters.statement import StatementAccount, StatementRow
from encaisse.messaging.queries.logo import company_logo
from encaisse.messaging.rules.content import BankDetails, Language, Logo, customer_language
from encaisse.tenancy.models import Company

# More lines than this are read on the statement.
MOST_LINES = 300
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One open entry, as of the day; `kind` is one of LedgerEntry.Kind."""

    row: StatementRow
    kind: str
    has_file: bool = False
    is_disputed: bool = False
    # The day on which the customer said that he would pay it.
    promised_on: date | None = None

    @property
    def is_credit(self) -> bool:
        """True for what lowers the account."""
        return self.row.remaining < 0


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """What is open in one currency: sums over everything, and the first lines."""

    account: StatementAccount
    lines: tuple[OpenLine, ...]
    # Where it can be paid by oneself; None where nothing is owed or the company has no such page.
    pay_at: str | None

    @property
    def overdue(self) -> int:
        """What is past its due date, credits not deducted."""
        return sum(self.account.late)

    @property
    def distance(self) -> int:
        """What is owed, or what the customer has in his favour."""
        return abs(self.account.balance)

    @property
    def left_out(self) -> int:
        """How many entries are not listed."""
        return len(self.account.rows) - len(self.lines)


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """A customer's account as he sees it."""

    customer: Customer
    on: date
    language: Language
    logo: Logo | None
    accounts: tuple[OpenAccount, ...]
    bank: BankDetails | None
    reference: str
    # The account as a whole is contested.
    is_disputed: bool

    @property
    def company(self) -> Company:
        """Whom he owes."""
        return self.customer.company

    @property
    def is_owing(self) -> bool:
        """True when he owes anything in any currency."""
        return any(one.account.balance > 0 for one in self.accounts)


def customer_account(customer: Customer, *, on: date) -> CustomerAccount:
    """The account of a customer as of a day, for himself; two dozen queries at most."""
    statement, agreed = statement_of(customer, on=on), commitments_of(customer, on=on)
    shown = {one.currency: _debits_first(one.rows)[:MOST_LINES] for one in statement.accounts}
    ids = [row.entry_id for rows in shown.values() for row in rows]
    files, kinds = files_of(customer.company, ids), _kinds(ids)
    return CustomerAccount(
        customer=customer,
        on=on,
        language=statement.language,
        logo=company_logo(customer.company),
        accounts=tuple(
            OpenAccount(
                account,
                _lines(shown[account.currency], kinds, files, agreed),
                _pay_at(customer, account),
            )
            for account in statement.accounts
        ),
        bank=statement.bank,
        reference=statement.reference,
        is_disputed=any(not found.entries for found in agreed.disputes),
    )


def file_of_account(customer: Customer, entry_id: int, *, on: date) -> InvoiceFile | None:
    """The file of one of the customer's documents, paid since or not; None for any other."""
    ledger = LedgerEntry.objects.filter(customer=customer, is_counted=True)
    known = ledger.filter(pk=entry_id, posting_date__lte=on).exists()
    return files_of(customer.company, [entry_id]).get(entry_id) if known else None


@dataclass(frozen=True, slots=True)
class MessageInvoice:
    """A document that a message is about, and its file."""

    entry: LedgerEntry
    file: InvoiceFile


@dataclass(frozen=True, slots=True)
class MessageInvoices:
    """The documents of one message whose files are known, the oldest first."""

    reminder: Reminder
    language: Language
    logo: Logo | None
    documents: tuple[MessageInvoice, ...]

    @property
    def company(self) -> Company:
        """Who wrote the message."""
        return self.reminder.customer.company


def message_invoices(reminder: Reminder) -> MessageInvoices:
    """What a message lets its reader download; five queries at most."""
    customer = reminder.customer
    lines = ReminderLine.objects.filter(reminder=reminder, entry__customer=customer)
    entries = {line.entry_id: line.entry for line in lines.select_related("entry")}
    files = files_of(customer.company, entries)
    documents = [MessageInvoice(entries[pk], file) for pk, file in files.items()]
    documents.sort(key=lambda one: (one.entry.document_date, one.entry.pk))
    return MessageInvoices(
        reminder=reminder,
        language=customer_language(reminder.language or customer.language),
        logo=company_logo(customer.company),
        documents=tuple(documents),
    )


def _debits_first(rows: Sequence[StatementRow]) -> list[StatementRow]:
    return sorted(rows, key=lambda row: row.remaining < 0)


def _kinds(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        some = LedgerEntry.objects.filter(pk__in=ids[start : start + _CHUNK])
        found |= dict(some.values_list("pk", "kind"))
    return found


def _lines(
    rows: Sequence[StatementRow],
    kinds: dict[int, str],
    files: dict[int, InvoiceFile],
    agreed: Commitments,
) -> tuple[OpenLine, ...]:
    disputed, promised = agreed.disputed_entries(), agreed.promised_entries()
    return tuple(
        OpenLine(
            row,
            kinds[row.entry_id],
            has_file=row.entry_id in files,
            is_disputed=row.entry_id in disputed,
            promised_on=found.promise.promised_date
            if (found := promised.get(row.entry_id))
            else None,
        )
        for row in rows
    )


def _pay_at(customer: Customer, account: StatementAccount) -> str | None:
    if account.balance <= 0:
        return None
    return payment_link(
        customer.company,
        amount_minor=account.balance,
        currency=account.currency,
        reference=customer.account_code,
        code=customer.account_code,
    )
