"""Before and after a mass action: what would leave, and how far what was ordered is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest

from django.conf import settings

from encaisse.collection.models import Reminder
from encaisse.collection.ordering import job_of_order
from encaisse.collection.queries.day_plan import DayPlan, HeldBack
from encaisse.collection.queries.orders import Order, letters_to_post, troubled
from encaisse.collection.queries.plan_lines import customers_of
from encaisse.collection.queries.reasons import Words, words_of
from encaisse.collection.queries.step_words import step_name
from encaisse.collection.rules.plan import Action
from encaisse.jobs.models import Job
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope
from encaisse.web.app.plan.batches import Batch, Chosen, button_label, chosen, messages
from encaisse.web.app.plan.choice import Choice
from encaisse.web.app.plan.lines import refusals
from encaisse.web.app.plan.overview import amounts_of

# Messages written in advance to find those that cannot be; beyond, the sending itself says so.
_CHECKED = 200
_SHOWN = 8

Status = Reminder.Status


@dataclass(frozen=True, slots=True)
class Part:
    """The messages of one kind and level in what would leave."""

    name: str
    count: int
    amounts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone to whom something would leave."""

    customer: Customer
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot be written."""

    customer: Customer
    error: str


@dataclass(frozen=True)
class Confirmation:
    """What would leave, to whom, how much, who is left out and why."""

    batch: Batch
    choice: Choice
    chosen: Chosen
    parts: Sequence[Part]
    recipients: Sequence[Recipient]
    refused: Sequence[Refusal]
    refused_count: int
    unticked: int
    left_out: Sequence[tuple[Words, int]]
    left_out_count: int
    undo_seconds: int
    button: str
    can_send: bool

    @property
    def others(self) -> int:
        """How many recipients are not named."""
        return self.chosen.count - len(self.recipients)


def confirmation(
    scope: Scope, day: DayPlan, batch: Batch, choice: Choice, *, user: User
) -> Confirmation:
    """What a choice would make leave; the lines that cannot be written are taken out of it."""
    lines = day.lines(batch.step_ids)
    ticked = [row for row in lines.rows if choice.includes(row.key)]
    errors = refusals(scope, day.on, ticked[:_CHECKED], choice=choice, user=user)
    final = choice.less(errors)
    actions = list(messages(lines.rows, final))
    count = chosen(lines, final)
    largest = nlargest(_SHOWN, actions, key=lambda action: action.amount)
    faulty = [row for row in ticked if row.key in errors][:_SHOWN]
    ids = {action.customer_id for action in largest} | {row.customer_id for row in faulty}
    names = customers_of(scope, ids)
    held = [line for step in sorted(batch.step_ids) for line in day.held_back.get(step, ())]
    return Confirmation(
        batch=batch,
        choice=final,
        chosen=count,
        parts=_parts(actions, scope.company.base_currency),
        recipients=[
            Recipient(names[action.customer_id], action.amount, action.currency)
            for action in largest
        ],
        refused=[Refusal(names[row.customer_id], errors[row.key]) for row in faulty],
        refused_count=len(errors),
        unticked=len(lines.rows) - len(ticked),
        left_out=_by_reason(held),
        left_out_count=len(held),
        undo_seconds=settings.UNDO_SECONDS,
        button=button_label(batch.way, count.count),
        can_send=batch.way.code != "emails" or scope.company.can_send_mail(),
    )


def _parts(actions: Sequence[Action], base_currency: str) -> list[Part]:
    groups: dict[tuple[str, int], list[Action]] = {}
    for action in actions:
        groups.setdefault((action.step.kind, action.step.level), []).append(action)
    return [
        Part(
            step_name(some[0].step),
            len(some),
            amounts_of(some, base_currency) if kind != "thanks" else (),
        )
        for (kind, _level), some in sorted(groups.items())
    ]


def _by_reason(held: Sequence[HeldBack]) -> list[tuple[Words, int]]:
    counts: dict[Words, int] = {}
    for line in held:
        for reason in {left.reason for left in line.left_out}:
            words = words_of(reason)
            counts[words] = counts.get(words, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


# -- after -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far an order is, and what became of it."""

    order: Order
    job: Job | None
    troubled: Sequence[Reminder]
    to_post: int
    now: datetime

    @property
    def seconds_left(self) -> int:
        """Seconds in which everything can still be taken back; 0 once it is leaving."""
        order = self.order
        if order.not_before is None or order.count(*_BEGUN) or order.error:
            return 0
        return max(0, -int((self.now - order.not_before).total_seconds() // 1))

    @property
    def done(self) -> int:
        """How many are dealt with."""
        return self.order.total - self.order.unsent

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return self.done * 100 // self.order.total if self.order.total else 100

    @property
    def is_stuck(self) -> bool:
        """True when something waits and the job that should send it has ended without it."""
        return bool(self.order.unsent and self.job and self.job.is_finished)

    @property
    def is_over(self) -> bool:
        """True once nothing more will happen by itself."""
        return not self.order.unsent

    @property
    def is_live(self) -> bool:
        """True while the page must ask again."""
        return not self.is_over

    @property
    def left(self) -> int:
        """How many messages have left, or letters have been printed."""
        return self.order.count(Status.SENT, Status.PRINTED, Status.POSTED)

    @property
    def failed(self) -> int:
        """How many were refused."""
        return self.order.count(Status.FAILED, Status.BOUNCED)

    @property
    def unknown(self) -> int:
        """How many may have left or not."""
        return self.order.count(Status.UNKNOWN)

    @property
    def cancelled(self) -> int:
        """How many were taken back."""
        return self.order.count(Status.CANCELLED)


_BEGUN = (
    Status.CLAIMED,
    Status.SENDING,
    Status.ACCEPTED,
    Status.SENT,
    Status.FAILED,
    Status.UNKNOWN,
)


def progress_of(scope: Scope, order: Order, *, now: datetime) -> Progress:
    """Where an order stands now."""
    return Progress(
        order,
        job_of_order(scope.company, order.at),
        troubled(scope, order.at),
        letters_to_post(scope).filter(created_at=order.at).count() if order.is_letters else 0,
        now,
    )
