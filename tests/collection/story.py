"""Any sequence of things that may happen at a desk, played with the product's own operations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from encaisse.collection.models import Dispute, Hold, Reminder
from encaisse.collection.operations.disputes import close_dispute, open_dispute
from encaisse.collection.operations.effects import cancel_reminders, note_done
from encaisse.collection.operations.followup import set_level
from encaisse.collection.operations.holds import lift_hold, set_hold
from encaisse.collection.operations.prepare import Selection
from encaisse.collection.operations.promises import record_promise
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import COMMAND_LINE
from tests.collection.world import Desk, cents

# What happens, to whom, how much.
Event = tuple[str, int, int]
HAPPENINGS = (
    "invoice", "invoice", "late_invoice", "dollars", "payment", "credit", "unmatch", "remove",
    "put_off", "next_day", "next_day", "next_week", "next_month", "prepare", "prepare",
    "prepare_some", "deliver", "deliver", "call", "post", "hold", "lift", "dispute", "settle_it",
    "promise", "set_level", "cancel",
)  # fmt: skip


@dataclass
class Story:
    """A desk, its customers, and the day it is."""

    desk: Desk
    customers: Sequence[Customer]
    today: date = date(2026, 3, 2)
    count: int = 0
    letters: int = 0
    prepared: list[Reminder] = field(default_factory=list)

    def play(self, event: Event) -> None:
        """Let something happen; nothing when it cannot (no invoice to pay…)."""
        name, who, how_much = event
        getattr(self, f"_{name}")(who, how_much)

    @property
    def _acting(self) -> dict:
        return {"author": COMMAND_LINE, "today": self.today, "now": self.desk.at(self.today)}

    def _number(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def _customer(self, who: int) -> Customer:
        return self.customers[who % len(self.customers)]

    def _documents(self, kind: str) -> list[str]:
        return [number for number, row in self.desk.rows.items() if row.kind == kind]

    # -- the books -----------------------------------------------------------------------------

    def _bill(self, who: int, how_much: int, due_in: int, currency: str = "EUR") -> None:
        due = self.today + timedelta(days=due_in)
        self.desk.invoice(
            self._customer(who), self._number("F"), 1 + how_much, due=due, on=self.today,
            currency=currency,
        )  # fmt: skip
        self.desk.sync(self.today)

    def _invoice(self, who: int, how_much: int) -> None:
        self._bill(who, how_much, how_much % 40)

    def _late_invoice(self, who: int, how_much: int) -> None:
        self._bill(who, how_much, -how_much)

    def _dollars(self, who: int, how_much: int) -> None:
        self._bill(who, how_much, -20, "USD")

    def _payment(self, who: int, how_much: int) -> None:
        if invoices := self._documents("invoice"):
            paid = invoices[who % len(invoices)]
            row, number = self.desk.rows[paid], self._number("V")
            part = row.amount_minor if how_much % 2 else row.amount_minor // 2 or 1
            owner = self.desk.owners[paid]
            self.desk.payment(owner, number, 1, on=self.today, currency=row.currency)
            self.desk.change(number, amount_minor=-part, base_minor=-part)
            self.desk.match(paid, number, on=self.today, letter=number)
            self.desk.sync(self.today)

    def _credit(self, who: int, how_much: int) -> None:
        self.desk.credit_note(self._customer(who), self._number("A"), 1 + how_much, on=self.today)
        self.desk.sync(self.today)

    def _unmatch(self, who: int, _how_much: int) -> None:
        if matched := [n for n, row in self.desk.rows.items() if row.match_code]:
            letter = self.desk.rows[matched[who % len(matched)]].match_code
            self.desk.unmatch(*(n for n in matched if self.desk.rows[n].match_code == letter))
            self.desk.sync(self.today)

    def _remove(self, who: int, _how_much: int) -> None:
        if invoices := self._documents("invoice"):
            self.desk.remove(invoices[who % len(invoices)])
            self.desk.sync(self.today)

    def _put_off(self, who: int, how_much: int) -> None:
        if invoices := self._documents("invoice"):
            due = self.today + timedelta(days=how_much)
            self.desk.change(invoices[who % len(invoices)], due_date=due.isoformat())
            self.desk.sync(self.today)

    # -- the clock -----------------------------------------------------------------------------

    def _next_day(self, _who: int, _how_much: int) -> None:
        self.today += timedelta(days=1)

    def _next_week(self, _who: int, _how_much: int) -> None:
        self.today += timedelta(days=8)

    def _next_month(self, _who: int, how_much: int) -> None:
        self.today += timedelta(days=20 + how_much % 20)

    # -- the messages --------------------------------------------------------------------------

    def _prepare(self, _who: int, _how_much: int) -> None:
        self.prepared += self.desk.prepare(self.today).reminders

    def _prepare_some(self, who: int, how_much: int) -> None:
        entries = list(LedgerEntry.objects.exclude(remaining_minor=0).order_by("id"))
        without = frozenset(entry.pk for entry in entries[how_much % 3 :: 3])
        only = frozenset({self._customer(who).pk})
        selection = Selection(customer_ids=only, excluded_entries=without)
        self.prepared += self.desk.prepare(self.today, selection).reminders

    def _deliver(self, _who: int, _how_much: int) -> None:
        self.desk.deliver(self.today)

    def _call(self, who: int, _how_much: int) -> None:
        if calls := list(Reminder.objects.filter(status="to_do").order_by("id")):
            chosen = calls[who % len(calls)]
            now = self.desk.at(self.today)
            note_done(chosen, comment="", on=self.today, now=now, author=COMMAND_LINE)

    def _post(self, _who: int, _how_much: int) -> None:
        # A letter is printed as the product does, less its drawing, which is slow.
        Reminder.objects.filter(status="waiting", medium="letter").update(status="printed")
        self.desk.post(self.today)

    def _cancel(self, who: int, _how_much: int) -> None:
        ids = list(Reminder.objects.order_by("id").values_list("pk", flat=True))
        now = self.desk.at(self.today)
        cancel_reminders(self.desk.scope, ids[who % 3 :: 3], now=now, author=COMMAND_LINE)

    # -- what people decide --------------------------------------------------------------------

    def _hold(self, who: int, how_much: int) -> None:
        until = self.today + timedelta(days=how_much % 20) if how_much % 2 else None
        customer = self._customer(who)
        entry = customer.entries.order_by("id").first() if how_much % 3 else None
        set_hold(customer, until=until, entry=entry, **self._acting)

    def _lift(self, _who: int, _how_much: int) -> None:
        for hold in Hold.objects.filter(lifted_on=None):
            lift_hold(hold, **self._acting)

    def _dispute(self, who: int, how_much: int) -> None:
        customer = self._customer(who)
        entries = customer.entries.filter(remaining_minor__gt=cents(1)).order_by("id")[:2]
        contested = {entry: cents(1) if how_much % 2 else None for entry in entries}
        open_dispute(customer, reason="Prix", entries=contested, **self._acting)

    def _settle_it(self, _who: int, _how_much: int) -> None:
        for dispute in Dispute.objects.filter(closed_on=None):
            close_dispute(dispute, outcome="Rejeté", **self._acting)

    def _promise(self, who: int, how_much: int) -> None:
        entries = list(
            self._customer(who).entries.filter(remaining_minor__gt=0, currency="EUR")[:2]
        )
        if entries:
            record_promise(
                entries[0].customer, entries, amount_minor=cents(1),
                promised_date=self.today + timedelta(days=how_much % 30), **self._acting,
            )  # fmt: skip

    def _set_level(self, who: int, how_much: int) -> None:
        customer = self._customer(who)
        acting = {"author": COMMAND_LINE, "now": self.desk.at(self.today)}
        some = list(customer.entries.filter(remaining_minor__gt=0)[:2])
        set_level(customer, some, to_level=how_much % 4, on=self.today, **acting)
