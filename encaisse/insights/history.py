"""All that was done with one customer: messages, calls, letters, decisions and notes, by date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from encaisse.collection.models import Note, Reminder, ReminderLine, Step
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Event

DECISION, NOTE = "decision", "note"
# The texts are only read where one message is shown.
_LIGHT = ("content_html", "content_text")
# The reminder itself says these.
_SAID_BY_REMINDERS = ("reminder.", "reminders.", "message.written")
_NOTES = ("note.written", "note.answered")


@dataclass(frozen=True, slots=True)
class HistoryCriteria:
    """Filters; empty means any. `kind` is a step's, `decision` or `note`.

    `is_counted`: only messages that took effect, and over entries that are still due, as the
    activity block counts them. Days are those of the company.
    """

    kind: str = ""
    medium: str = ""
    is_counted: bool = False
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """A message with its entries, or a line of the journal with the note it wrote, if any."""

    at: datetime
    reminder: Reminder | None = None
    entries: tuple[LedgerEntry, ...] = ()
    event: Event | None = None
    note: Note | None = None


@dataclass(frozen=True)
class History:
    """The history of a customer, filtered."""

    customer: Customer
    criteria: HistoryCriteria

    def count(self) -> int:
        """How many happenings there are; two queries."""
        return self._reminders().count() + self._events().count()

    def page(self, *, offset: int, limit: int) -> list[Happening]:
        """Some of them, the latest first; seven queries."""
        reminders = self._reminders().annotate(moment=F("created_at"), source=Value("r"))
        events = self._events().annotate(moment=F("at"), source=Value("e"))
        names = ("moment", "source", "pk")
        both = reminders.values_list(*names).union(events.values_list(*names), all=True)
        keys = list(both.order_by("-moment", "-source", "-pk")[offset : offset + limit])
        told = _messages([pk for _at, source, pk in keys if source == "r"])
        told |= _lines([pk for _at, source, pk in keys if source == "e"])
        return [told[source, pk] for _at, source, pk in keys]

    def _reminders(self) -> QuerySet[Reminder]:
        criteria = self.criteria
        found = Reminder.objects.filter(customer=self.customer)
        if criteria.kind in (DECISION, NOTE):
            return found.none()
        if criteria.medium:
            found = found.filter(medium=criteria.medium)
        if criteria.is_counted:
            found = found.filter(self._counted())
        elif criteria.kind:
            found = found.filter(kind=criteria.kind)
        return found.filter(self._between("created_at"))

    def _counted(self) -> Q:
        """A message counts for the kinds of its lines: a relance may also announce an entry."""
        kind = self.criteria.kind
        effective = Q(status__in=Reminder.EFFECTIVE)
        if kind == Step.Kind.THANKS:
            return effective & Q(kind=kind)
        lines = ReminderLine.objects.filter(reminder=OuterRef("pk"), is_credit=False)
        lines = lines.exclude(entry__remaining_minor=0)
        return effective & Q(Exists(lines.filter(kind=kind) if kind else lines))

    def _events(self) -> QuerySet[Event]:
        criteria = self.criteria
        events = Event.objects.filter(
            company_id=self.customer.company_id, customer_code=self.customer.account_code
        )
        if criteria.medium or criteria.is_counted or criteria.kind not in ("", DECISION, NOTE):
            return events.none()
        for start in _SAID_BY_REMINDERS:
            events = events.exclude(kind__startswith=start)
        if criteria.kind == NOTE:
            events = events.filter(kind__in=_NOTES)
        elif criteria.kind == DECISION:
            events = events.exclude(kind__in=_NOTES)
        return events.filter(self._between("at"))

    def _between(self, name: str) -> Q:
        zone, condition = self.customer.company.zone, Q()
        if self.criteria.first is not None:
            start = datetime.combine(self.criteria.first, time(), zone)
            condition &= Q(**{f"{name}__gte": start})
        if self.criteria.last is not None:
            end = datetime.combine(self.criteria.last + timedelta(days=1), time(), zone)
            condition &= Q(**{f"{name}__lt": end})
        return condition


def _messages(ids: Sequence[int]) -> dict[tuple[str, int], Happening]:
    found = Reminder.objects.defer(*_LIGHT).in_bulk(ids)
    entries: dict[int, list[LedgerEntry]] = {}
    lines = ReminderLine.objects.filter(reminder_id__in=ids, is_credit=False)
    for line in lines.select_related("entry").order_by("entry__due_date", "id"):
        entries.setdefault(line.reminder_id, []).append(line.entry)
    return {
        ("r", pk): Happening(
            reminder.created_at, reminder=reminder, entries=tuple(entries.get(pk, ()))
        )
        for pk, reminder in found.items()
    }


def _lines(ids: Sequence[int]) -> dict[tuple[str, int], Happening]:
    events = Event.objects.in_bulk(ids)
    written = {event.data.get("note") for event in events.values() if event.kind in _NOTES}
    notes = Note.objects.select_related("entry").in_bulk([pk for pk in written if pk])
    about = {pk: _entries_of(event) for pk, event in events.items()}
    entries = LedgerEntry.objects.in_bulk({key for keys in about.values() for key in keys})
    return {
        ("e", pk): Happening(
            event.at,
            entries=tuple(entries[key] for key in about[pk] if key in entries),
            event=event,
            note=notes.get(event.data.get("note", 0)),
        )
        for pk, event in events.items()
    }


def _entries_of(event: Event) -> list[int]:
    """The entries that a decision names."""
    if entry_id := event.data.get("entry"):
        return [entry_id]
    return list(event.data.get("entries", ()))
