"""The accounting of the demonstration company: what its software would give on any day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from encaisse.ledger.operations.details import Person
from encaisse.ledger.operations.synchronise import SourceRow
from encaisse.ledger.rules.terms import PaymentTerms

_JOURNALS = {
    "invoice": "VE",
    "credit_note": "VE",
    "payment": "BQ",
    "rejected_payment": "BQ",
    "down_payment": "BQ",
    "opening": "AN",
    "adjustment": "OD",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Somebody matches a gap of a few euros as if there were none.
_FORCED = 500
# What a unit of a foreign currency is worth in the company's, in thousandths.
_RATES = {"EUR": 1000, "USD": 925}


@dataclass(slots=True)
class Posting:
    """One line of an account; it bears its letter from `matched_on` on."""

    kind: str
    on: date
    amount_minor: int
    label: str
    currency: str = "EUR"
    due_date: date | None = None
    due_date_source: str = "given"
    document: str = ""
    method: str = ""
    letter: str = ""
    matched_on: date | None = None
    source_id: str = ""

    def is_matched(self, day: date) -> bool:
        """True once it bears its letter."""
        return self.matched_on is not None and self.matched_on <= day

    def row(self, day: date, methods: dict[str, int], *, is_partial: bool) -> SourceRow:
        """The line as the software gives it on a day: small letters for a partial match."""
        matched = self.is_matched(day)
        due = self.due_date or (self.on if self.amount_minor < 0 else None)
        return SourceRow(
            self.source_id,
            self.kind,
            "411000",
            _JOURNALS[self.kind],
            self.source_id,
            self.document,
            self.on.isoformat(),
            self.on.isoformat(),
            due.isoformat() if due else "",
            self.due_date_source if due else "missing",
            self.label,
            self.currency,
            self.amount_minor,
            self.amount_minor * _RATES[self.currency] // 1000,
            (self.letter.lower() if is_partial else self.letter) if matched else "",
            self.matched_on.isoformat() if matched and self.matched_on else "",
            methods.get(self.method),
        )


@dataclass(slots=True)
class Account:
    """A customer of the demonstration: who he is, and what he bought and paid."""

    code: str
    name: str
    category: str
    sales_rep: str
    terms: PaymentTerms
    method: str
    profile: str = "standard"
    currency: str = "EUR"
    language: str = "fr"
    country: str = "FR"
    phone: str = ""
    mobile: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    # « Champ 1 » of the accounting software: the sales region.
    free1: str = ""
    credit_limit_minor: int | None = None
    is_flagged: bool = False
    people: list[Person] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    # The desk has taken no step of this level or above lately: it is left for today.
    waits_at: int = 10
    _letters: int = 0

    # -- what happens on the account -----------------------------------------------------------

    def invoice(self, on: date, amount_minor: int) -> Posting:
        """An invoice, due as the customer's terms say."""
        due = self.terms.due_date(on)
        return self._post("invoice", on, amount_minor, "Facture", due_date=due)

    def undated_invoice(self, on: date, amount_minor: int) -> Posting:
        """An invoice that was entered without a due date."""
        return self._post("invoice", on, amount_minor, "Facture")

    def opening(self, on: date, amount_minor: int, *, due: date) -> Posting:
        """What an earlier fiscal year left open (à nouveau)."""
        return self._post("opening", on, amount_minor, "À nouveau", due_date=due)

    def credit_note(self, on: date, amount_minor: int) -> Posting:
        """A credit note of a positive amount, not matched yet."""
        return self._post("credit_note", on, -amount_minor, "Avoir")

    def down_payment(self, on: date, amount_minor: int) -> Posting:
        """Money received before any invoice, not matched yet."""
        return self._post("down_payment", on, -amount_minor, "Acompte sur commande")

    def receive(self, on: date, amount_minor: int) -> Posting:
        """A payment that nobody has matched yet."""
        return self._post("payment", on, -amount_minor, f"{self.method} {self.name}")

    def pay(self, debits: Sequence[Posting], on: date, amount_minor: int | None = None) -> Posting:
        """A payment of some debits, matched with them; a part when an amount is given."""
        total = sum(debit.amount_minor for debit in debits)
        payment = self.receive(on, total if amount_minor is None else amount_minor)
        self.match([*debits, payment], on)
        return payment

    def reject(self, on: date, payment: Posting) -> Posting:
        """The bank refused a direct debit: the customer owes it again, at once."""
        label = "Prélèvement rejeté – provision insuffisante"
        return self._post("rejected_payment", on, -payment.amount_minor, label, due_date=on)

    def match(self, postings: Sequence[Posting], on: date) -> None:
        """Give some lines one letter from a day on; those that have one already keep it."""
        letter = next((posting.letter for posting in postings if posting.letter), "")
        if not letter:
            letter = self._next_letter()
        for posting in postings:
            if not posting.letter:
                posting.letter, posting.matched_on = letter, on

    def _post(
        self, kind: str, on: date, amount_minor: int, label: str, *, due_date: date | None = None
    ) -> Posting:
        posting = Posting(
            kind, on, amount_minor, label, self.currency, due_date, method=self.method
        )
        self.postings.append(posting)
        return posting

    def _next_letter(self) -> str:
        number, self._letters = self._letters, self._letters + 1
        return "".join(_LETTERS[number // 26**power % 26] for power in (2, 1, 0))

    # -- figures -------------------------------------------------------------------------------

    def balance(self) -> int:
        """What he owes in the end, less his credits."""
        return sum(posting.amount_minor for posting in self.postings)

    def coming(self, today: date) -> int:
        """The part of the balance that is not due before a day: whole invoices, never matched."""
        return sum(
            posting.amount_minor
            for posting in self.postings
            if posting.due_date and posting.due_date >= today and not posting.letter
        )

    def rows(self, day: date, methods: dict[str, int]) -> list[SourceRow]:
        """The lines posted up to a day."""
        posted = [posting for posting in self.postings if posting.on <= day]
        sums: Counter[str] = Counter()
        for posting in posted:
            if posting.is_matched(day):
                sums[posting.letter] += posting.amount_minor
        return [
            posting.row(day, methods, is_partial=abs(sums[posting.letter]) > _FORCED)
            for posting in posted
        ]


@dataclass(slots=True)
class Books:
    """All the accounts, numbered once they are complete."""

    accounts: list[Account] = field(default_factory=list)
    _changes: dict[date, set[str]] = field(default_factory=dict)

    def close(self) -> None:
        """Give every line its number, in the order of their days as software does."""
        lines = sorted(
            ((posting.on, account.code, rank, posting) for account, rank, posting in self._all()),
            key=lambda line: line[:3],
        )
        given: Counter[str] = Counter()
        for number, (on, code, _rank, posting) in enumerate(lines, start=1):
            posting.source_id = f"{number:06d}"
            _write_document(posting, given)
            for day in (on, posting.matched_on):
                if day is not None:
                    self._changes.setdefault(day, set()).add(code)

    @property
    def first_day(self) -> date:
        """The first day on which anything was posted."""
        return min(self._changes)

    def changed(self, after: date, until: date) -> list[Account]:
        """The accounts on which something happened after a day and until another, included."""
        codes: set[str] = set()
        for day, some in self._changes.items():
            if after < day <= until:
                codes |= some
        return [account for account in self.accounts if account.code in codes]

    def _all(self) -> Iterator[tuple[Account, int, Posting]]:
        for account in self.accounts:
            for rank, posting in enumerate(account.postings):
                yield account, rank, posting


def _write_document(posting: Posting, given: Counter[str]) -> None:
    """Invoices and credit notes are numbered without gaps; payments have no number."""
    prefix = {"invoice": "FA", "opening": "FA", "credit_note": "AV"}.get(posting.kind)
    if prefix is None:
        return
    given[prefix] += 1
    year = posting.on.year - (posting.kind == "opening")
    posting.document = f"{prefix}{year % 100:02d}-{given[prefix]:05d}"
    posting.label = f"{posting.label} {posting.document}"
