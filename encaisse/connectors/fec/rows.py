"""From the lines of a FEC to the rows of the ledger, customer by customer. Pure."""

import re
from base64 import urlsafe_b64encode
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from encaisse.connectors.fec.journals import JournalKind
from encaisse.connectors.fec.line import FecLine
from encaisse.ledger.operations.synchronise import SourceRow
from encaisse.ledger.rules.terms import PaymentTerms

_INVOICE_IN_LABEL = re.compile(r"\b((?:F|FA|FC|FV|FACT)[-/]?\d{3,}[-/\w]*)\b", re.IGNORECASE)
_NO_NUMBER = re.compile(r"^0*$")


@dataclass(slots=True)
class FecRows:
    """Makes ledger rows from FEC lines; counts the due dates that it had to compute."""

    journal_kinds: Mapping[str, JournalKind]
    computed: int = 0
    _due: dict[tuple[PaymentTerms, str], str] = field(default_factory=dict)

    def of_customer(self, lines: Sequence[FecLine], terms: PaymentTerms) -> list[SourceRow]:
        """One customer's rows. Identical lines are told apart by their rank (no key in a FEC)."""
        ranks: Counter[str] = Counter()
        shared = _shared_references(lines)
        rows = []
        for line in lines:
            digest = _digest(line)
            ranks[digest] += 1
            rows.append(self._row(line, f"{digest}{ranks[digest]}", shared, terms))
        return rows

    def _row(
        self, line: FecLine, source_id: str, shared: frozenset[str], terms: PaymentTerms
    ) -> SourceRow:
        kind = _kind(line, self.journal_kinds.get(line.journal_code, "misc"))
        due, due_source = self._due_date(line, kind, terms)
        foreign = line.currency_amount_minor
        return SourceRow(
            source_id,
            kind,
            line.account[:20],
            line.journal_code[:20],
            line.entry_number[:60],
            _document_number(line, shared)[:80],
            line.document_date,
            line.posting_date,
            due,
            due_source,
            line.label[:200],
            line.currency,
            line.amount_minor if foreign is None else foreign,
            line.amount_minor,
            line.letter[:20],
            line.letter_date,
        )

    def _due_date(self, line: FecLine, kind: str, terms: PaymentTerms) -> tuple[str, str]:
        """The due date and where it comes from.

        A credit is due from its own date, and so is a payment that the bank sent back.
        """
        if line.due_date:
            return line.due_date, "given"
        if line.amount_minor < 0 or kind == "rejected_payment":
            return line.document_date, "computed"
        self.computed += 1
        key = (terms, line.document_date)
        if key not in self._due:
            self._due[key] = terms.due_date(date.fromisoformat(line.document_date)).isoformat()
        return self._due[key], "computed"


def _digest(line: FecLine) -> str:
    """What identifies a line whatever its letter: the letter comes later."""
    text = "\x1f".join(
        (
            line.account,
            line.auxiliary,
            line.journal_code,
            line.entry_number,
            line.posting_date,
            line.document_reference,
            line.document_date,
            line.label,
            str(line.amount_minor),
            line.currency,
        )
    )
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=12).digest()).decode()


def _kind(line: FecLine, journal: str) -> str:
    debit = line.amount_minor > 0
    if journal == "opening":
        return "opening"
    if line.account.startswith("4191"):
        return "down_payment"
    if journal == "sales":
        return "invoice" if debit else "credit_note"
    if journal == "treasury":
        return "rejected_payment" if debit else "payment"
    return "adjustment"


def _shared_references(lines: Sequence[FecLine]) -> frozenset[str]:
    """References that several of the customer's invoices bear: a journal's name, not a number."""
    entries: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in lines:
        if line.document_reference and line.amount_minor > 0:
            entries[line.document_reference].add((line.entry_number, line.document_date))
    return frozenset(reference for reference, seen in entries.items() if len(seen) > 1)


def _document_number(line: FecLine, shared: frozenset[str]) -> str:
    """Invoice number: its own column, a reference of its own, the label's, the entry's."""
    if line.invoice_number:
        return line.invoice_number
    reference = line.document_reference
    if reference and reference not in shared:
        return reference
    if found := _INVOICE_IN_LABEL.search(line.label):
        return found[1]
    if not _NO_NUMBER.match(line.entry_number):
        return (
            f"{line.journal_code}-{line.entry_number}" if line.journal_code else line.entry_number
        )
    return reference
