"""What people at the desk decided on one past day, written by the real operations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from encaisse.collection.models import Dispute, Hold, PaymentPromise
from encaisse.collection.operations.disputes import close_dispute, open_dispute
from encaisse.collection.operations.followup import reposition
from encaisse.collection.operations.holds import lift_hold, set_hold
from encaisse.collection.operations.notes import write_note
from encaisse.collection.operations.promises import record_instalments, record_promise
from encaisse.collection.rules.promises import Instalment
from encaisse.demo.books import Account, Posting
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Desk:
    """One day at the desk: whose hands, and the customers by account code."""

    company: Company
    customers: Mapping[str, Customer]
    today: date
    now: datetime
    author: Author

    def note(self, account: Account, text: str, *debits: Posting) -> None:
        """Write a note on the customer, or on lines."""
        entries = self._entries(*debits)
        write_note(
            self._customer(account), text=text, author=self.author, now=self.now, entries=entries
        )

    def promise(
        self, account: Account, debit: Posting, *, days: int, amount: int = 0, comment: str = ""
    ) -> PaymentPromise:
        """The customer promised to pay a line, or an amount of it, within some days."""
        (entry,) = self._entries(debit)
        return record_promise(
            self._customer(account),
            [entry],
            amount_minor=amount or entry.remaining_minor,
            promised_date=self.company.calendar.on_or_after(self.today + timedelta(days=days)),
            author=self.author,
            today=self.today,
            now=self.now,
            comment=comment,
        )

    def instalments(
        self, account: Account, *debits: Posting, days: Sequence[int], amount: int, comment: str
    ) -> list[PaymentPromise]:
        """The customer promised an amount of some lines, each time within so many days."""
        return record_instalments(
            self._customer(account),
            self._entries(*debits),
            instalments=[
                Instalment(self.company.calendar.on_or_after(self.today + timedelta(days)), amount)
                for days in days
            ],
            author=self.author,
            today=self.today,
            now=self.now,
            comment=comment,
        )

    def dispute(
        self,
        account: Account,
        *debits: Posting,
        reason: str,
        comment: str = "",
        amount: int | None = None,
        suspends: bool = True,
    ) -> Dispute:
        """The customer contests lines, or an amount of each."""
        return open_dispute(
            self._customer(account),
            reason=reason,
            author=self.author,
            today=self.today,
            now=self.now,
            entries=dict.fromkeys(self._entries(*debits), amount),
            suspends=suspends,
            comment=comment,
        )

    def settle_dispute(self, account: Account, *, outcome: str) -> None:
        """Close the customer's open disputes."""
        for dispute in Dispute.objects.filter(customer=self._customer(account), closed_on=None):
            close_dispute(
                dispute, outcome=outcome, author=self.author, today=self.today, now=self.now
            )

    def stop(
        self,
        account: Account,
        *,
        reason: str,
        until: date | None = None,
        debit: Posting | None = None,
    ) -> Hold:
        """STOP for the customer, or for one line."""
        return set_hold(
            self._customer(account),
            author=self.author,
            today=self.today,
            now=self.now,
            reason=reason,
            until=until,
            entry=self._entries(debit)[0] if debit else None,
        )

    def lift(self, account: Account) -> None:
        """Lift the customer's running STOPs."""
        for hold in Hold.objects.filter(customer=self._customer(account), lifted_on=None):
            lift_hold(hold, author=self.author, today=self.today, now=self.now)

    def expect(self, account: Account, debit: Posting, *, on: date) -> None:
        """Expect the payment of a line on a later day."""
        reposition(
            self._customer(account),
            self._entries(debit),
            expected_date=on,
            author=self.author,
            now=self.now,
        )

    def _customer(self, account: Account) -> Customer:
        return self.customers[account.code]

    def _entries(self, *debits: Posting) -> list[LedgerEntry]:
        numbers = [debit.source_id for debit in debits]
        entries = LedgerEntry.objects.filter(company=self.company, source_id__in=numbers)
        return list(entries.order_by("id"))


class Happening(NamedTuple):
    """Something that people decided on a day. `actor`: whose hands, a key of the team."""

    on: date
    act: Callable[[Desk], object]
    actor: str = "karim"
