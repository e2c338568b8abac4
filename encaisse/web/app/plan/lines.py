"""The lines of a step's page: who is reminded, of what, and who is left out and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from encaisse.collection.queries.day_plan import DayPlan, HeldBack, Row
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composer
from encaisse.collection.queries.plan_lines import (
    customers_matching,
    customers_of,
    entries_of,
)
from encaisse.collection.queries.reasons import Words, words_of
from encaisse.collection.rules.plan import LeftOut
from encaisse.core.wording import told
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope
from encaisse.web.app.plan.batches import Batch, Chosen, chosen, narrowed
from encaisse.web.app.plan.choice import Choice
from encaisse.web.lists import Column, Listing, ListSpec, ListState

# Lines left out that a step's page shows at once; their own list shows all.
_MOST_HELD_BACK = 25
# A batch up to this size is written whole to find what cannot be: half a millisecond a message.
CHECKED = 150


@dataclass(frozen=True, slots=True)
class Why:
    """A reason that leaves something out, in words, until when, and what to do."""

    words: Words
    day: date | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of a line; `why` for one that is left out of the message."""

    entry: LedgerEntry
    amount: int
    days_late: int
    is_ticked: bool = True
    is_credit: bool = False
    level_before: int = 0
    level_after: int = 0
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A customer's messages in one currency. `amount` is without what was taken out of it."""

    row: Row
    customer: Customer
    since_days: int
    is_ticked: bool
    amount: int
    count: int
    error: str = ""
    entries: Sequence[EntryLine] | None = None


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A customer who is left out of a step, with the reasons."""

    row: Row
    customer: Customer
    why: Sequence[Why]


@dataclass(frozen=True)
class StepPage:
    """One step, or one way of reaching customers."""

    batch: Batch
    on: date
    listing: Listing
    choice: Choice
    chosen: Chosen
    total: int
    held_back: Sequence[HeldLine]
    held_back_count: int
    under_way: int


def step_spec(batch: Batch) -> ListSpec:
    """The list of a batch."""
    return ListSpec(
        columns=(
            Column("tick", _("Choix"), sortable=False, fixed=True),
            Column("name", _("Client"), fixed=True),
            Column("level", _("Niveau")),
            Column("since", _("À faire depuis"), numeric=True),
            Column("entries", _("Pièces"), numeric=True),
            Column("amount", _("Montant"), numeric=True, fixed=True),
            Column("preview", _("Aperçu"), sortable=False),
        ),
        sort="-amount",
        search=_("Nom ou code du client"),
        caption=batch.title,
        rows="plan/_rows.html",
        summary="plan/_bar.html",
        empty="plan/_step_empty.html",
        keeps=("hors", "dont", "sans"),
    )


def step_page(
    scope: Scope,
    day: DayPlan,
    batch: Batch,
    state: ListState,
    *,
    choice: Choice,
    user: User,
    opened: str = "",
) -> StepPage:
    """One page of the lines of a batch: names and entries of that page only."""
    rows = day.sorted_rows(batch.step_ids, state.sort)
    found = rows
    held = [line for step in sorted(batch.step_ids) for line in day.held_back.get(step, ())]
    if state.search:
        matching = customers_matching(scope, state.search)
        found = [row for row in rows if row.customer_id in matching]
        held = [line for line in held if line.row.customer_id in matching]
    shown = found[state.offset : state.offset + state.size]
    refused = refusals(
        scope, day.on, rows if len(rows) <= CHECKED else shown, choice=choice, user=user
    )
    drawn = _Drawing(scope, day, choice, refused, opened).lines(shown)
    return StepPage(
        batch,
        day.on,
        Listing(state, drawn, len(found)),
        choice,
        chosen(day.lines(batch.step_ids), choice.less(refused)),
        len(rows),
        _held_lines(scope, held[:_MOST_HELD_BACK]),
        len(held),
        day.under_way,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Turns rows into lines. `opened`: the key of the line whose entries are shown."""

    scope: Scope
    day: DayPlan
    choice: Choice
    refused: Mapping[str, str]
    opened: str = ""

    def lines(self, rows: Sequence[Row]) -> list[Line]:
        """The lines of some rows, with the customers' names."""
        customers = customers_of(self.scope, {row.customer_id for row in rows})
        return [
            self._line(row, customers[row.customer_id])
            for row in rows
            if row.customer_id in customers
        ]

    def _line(self, row: Row, customer: Customer) -> Line:
        actions = narrowed(row, self.choice)
        error = self.refused.get(row.key, "")
        opened = row.key == self.opened
        return Line(
            row=row,
            customer=customer,
            since_days=(self.day.on - row.since).days,
            is_ticked=self.choice.includes(row.key) and not error,
            amount=sum(action.amount for action in actions),
            count=len(actions),
            error=error,
            entries=entry_lines(self.scope, self.day, row, self.choice) if opened else None,
        )


def lines_of(
    scope: Scope,
    day: DayPlan,
    rows: Sequence[Row],
    *,
    choice: Choice,
    user: User,
    opened: str = "",
) -> list[Line]:
    """Some lines as they stand now."""
    refused = refusals(scope, day.on, rows, choice=choice, user=user)
    return _Drawing(scope, day, choice, refused, opened).lines(rows)


def entry_lines(scope: Scope, day: DayPlan, row: Row, choice: Choice) -> list[EntryLine]:
    """The entries of a line: those claimed, the credits deducted, and those left out."""
    claims = [claim for action in row.actions for claim in action.claims]
    left_out = [
        left for left in day.left_out_by_customer.get(row.customer_id, ()) if _is_shown(left)
    ]
    ids = {claim.entry_id for claim in claims} | {left.entry_id for left in left_out}
    entries = entries_of(scope, ids)
    found = [
        EntryLine(
            entries[claim.entry_id],
            claim.amount,
            entries[claim.entry_id].days_late(day.on) if not claim.is_credit else 0,
            is_ticked=claim.entry_id not in choice.without,
            is_credit=claim.is_credit,
            level_before=claim.level_before,
            level_after=claim.level_after,
        )
        for claim in claims
        if claim.entry_id in entries
    ]
    found.sort(key=lambda line: (line.is_credit, line.entry.due_date or date.max))
    return found + [
        EntryLine(
            entries[left.entry_id],
            left.amount,
            entries[left.entry_id].days_late(day.on),
            is_ticked=False,
            why=_why(left),
        )
        for left in left_out
        if left.entry_id in entries and entries[left.entry_id].currency == row.currency
    ]


def _is_shown(left: LeftOut) -> bool:
    return left.amount != 0


def _why(left: LeftOut) -> Why:
    return Why(words_of(left.reason), left.day)


def _held_lines(scope: Scope, held: Sequence[HeldBack]) -> list[HeldLine]:
    customers = customers_of(scope, {line.row.customer_id for line in held})
    return [
        HeldLine(line.row, customers[line.row.customer_id], _reasons(line.left_out))
        for line in held
        if line.row.customer_id in customers
    ]


def _reasons(left_out: Iterable[LeftOut]) -> list[Why]:
    """Each reason once, with the last of its days."""
    days: dict[Words, date | None] = {}
    for left in left_out:
        words = words_of(left.reason)
        known = days.get(words)
        days[words] = max(known, left.day) if known and left.day else left.day or known
    return [Why(words, day) for words, day in days.items()]


def refusals(
    scope: Scope, on: date, rows: Sequence[Row], *, choice: Choice, user: User
) -> dict[str, str]:
    """Why some lines cannot be written, by key; those that can be are not in the answer.

    Calls and other actions need no text.
    """
    drafts = {
        row.key: [Draft.of(action, user) for action in narrowed(row, choice)]
        for row in rows
        if row.actions[0].step.medium not in ("phone", "other")
    }
    if not drafts:
        return {}
    composer = Composer(scope.company, on, [draft for some in drafts.values() for draft in some])
    found = {}
    for key, some in drafts.items():
        for draft in some:
            if error := refusal_of(composer, draft):
                found[key] = error
    return found


def refusal_of(composer: Composer, draft: Draft) -> str:
    """Why a message cannot be written; the empty text when it can."""
    try:
        composed = composer.compose(draft)
    except TemplateRefused as refusal:
        return told(refusal, _)
    if draft.medium == "email" and not composed.recipients:
        return _("Aucune adresse e-mail valable : ajoutez-en une sur la fiche du client.")
    return ""
