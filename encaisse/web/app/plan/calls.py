"""Calls and other actions to do: their list, and everything one needs to make one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from encaisse.collection.models import Note, Reminder
from encaisse.collection.queries.messages import Composer
from encaisse.collection.queries.motives import offered_dispute_reasons
from encaisse.collection.queries.orders import calls_to_do, draft_of
from encaisse.collection.queries.plan_lines import (
    latest_notes,
    open_entries,
    past_reminders,
    phones_of,
)
from encaisse.core.wording import told
from encaisse.ledger.models import LedgerEntry
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope
from encaisse.web.app.plan.waiting import matching, page_of
from encaisse.web.lists import Column, Listing, ListSpec, ListState


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call of the list."""

    reminder: Reminder
    since_days: int


@dataclass(frozen=True)
class CallsPage:
    """The calls to do."""

    on: date
    listing: Listing
    first: Reminder | None


def calls_spec() -> ListSpec:
    """The list of calls to do; the largest amounts first, the order in which they are made."""
    return ListSpec(
        columns=(
            Column("name", _("Client"), fixed=True),
            Column("medium", _("Action"), sortable=False),
            Column("level", _("Niveau")),
            Column("since", _("À faire depuis"), numeric=True),
            Column("amount", _("Montant"), numeric=True, fixed=True),
            Column("author", _("Ajouté par"), sortable=False),
        ),
        sort="-amount",
        search=_("Nom ou code du client"),
        caption=_("Appels à faire"),
        rows="plan/_call_rows.html",
        empty="plan/_calls_empty.html",
    )


def calls_page(scope: Scope, state: ListState, *, on: date) -> CallsPage:
    """One page of the list."""
    calls = calls_to_do(scope)
    first = calls.order_by("-amount_minor", "id").first()
    calls = matching(calls, state.search)
    lines = [CallLine(row, (on - row.since).days) for row in page_of(calls, state)]
    return CallsPage(on, Listing(state, lines, calls.count()), first)


@dataclass(frozen=True, slots=True)
class Due:
    """An open entry; `is_claimed` when the call is about it."""

    entry: LedgerEntry
    days_late: int
    is_claimed: bool


@dataclass(frozen=True)
class CallPage:
    """One customer to call: what he owes, what was done, what to say."""

    reminder: Reminder
    on: date
    phones: Sequence[tuple[str, str]]
    entries: Sequence[Due]
    overdue: Sequence[tuple[str, int]]
    balance: Sequence[tuple[str, int]]
    reminders: Sequence[Reminder]
    notes: Sequence[Note]
    script: str
    script_error: str
    motives: Sequence[str]
    left: int


def call_page(scope: Scope, reminder: Reminder, *, on: date, user: User) -> CallPage:
    """Everything about one call."""
    customer = reminder.customer
    entries = open_entries(customer)
    claimed = {line.entry_id for line in reminder.lines.all()}
    script, error = _script(scope, reminder, on=on, user=user)
    late = [entry for entry in entries if entry.amount_minor < 0 or entry.days_late(on)]
    return CallPage(
        reminder=reminder,
        on=on,
        phones=phones_of(customer),
        entries=[
            Due(entry, entry.days_late(on) if entry.amount_minor > 0 else 0, entry.pk in claimed)
            for entry in entries
        ],
        overdue=_sums(late),
        balance=_sums(entries),
        reminders=past_reminders(customer),
        notes=latest_notes(customer),
        script=script,
        script_error=error,
        motives=offered_dispute_reasons(scope.company),
        left=calls_to_do(scope).count(),
    )


def _sums(entries: Sequence[LedgerEntry]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.currency] = sums.get(entry.currency, 0) + entry.remaining_minor
    return sorted(sums.items())


def _script(scope: Scope, reminder: Reminder, *, on: date, user: User) -> tuple[str, str]:
    """What to say, as the template of the step writes it, or why it cannot."""
    draft = draft_of(reminder)._replace(user=user)
    try:
        return Composer(scope.company, on, [draft]).compose(draft).rendered.text, ""
    except TemplateRefused as refusal:
        return "", told(refusal, _)
