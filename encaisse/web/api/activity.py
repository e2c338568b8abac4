"""What was sent, printed or said: the messages and their content."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from encaisse.collection.models import Reminder, Step
from encaisse.collection.queries.rehearsal import Rehearsals
from encaisse.collection.queries.reminders import get_reminder, lines_of
from encaisse.insights.records import ReminderFilter, customer_of_code, reminders_after
from encaisse.web.api.gate import ApiRequest, Right, needs
from encaisse.web.api.operations import FOUND, READ
from encaisse.web.api.paging import Page, PageQuery, page_of
from encaisse.web.api.problems import not_found
from encaisse.web.api.types import RowId, Text80

router = Router(tags=["activity"], auth=needs(Right.ACTIVITY_READ))


class RemindersQuery(PageQuery):
    """Which messages. `updated_since`: those whose state changed at that moment or later."""

    customer: Text80 = ""
    status: Reminder.Status | None = None
    kind: Reminder.Kind | None = None
    medium: Step.Medium | None = None
    updated_since: AwareDatetime | None = None


class ReminderOut(Schema):
    """A message: to whom, how, for how much, and what became of it.

    `rehearsal`: it counts as sent, but left during a rehearsal and reached no customer.
    """

    id: int
    customer_code: str
    kind: str
    level: int
    medium: str
    status: str
    status_at: datetime
    rehearsal: bool
    currency: str
    amount: int
    day: date
    effective_on: date | None
    is_automatic: bool
    recipients: list[str]
    subject: str
    author: str
    created_at: datetime
    opened_at: datetime | None
    returned_at: datetime | None
    error: str

    @classmethod
    def told(cls, reminder: Reminder, rehearsals: Rehearsals) -> "ReminderOut":
        """A message looked up with its customer."""
        return cls(**_values(reminder, rehearsals))


class ReminderLineOut(Schema):
    """An entry of a message: what was claimed on it, and the level it brought."""

    entry_id: int
    source_id: str
    document_number: str
    due_date: date | None
    claimed: int
    level: int
    is_credit: bool


class ReminderContentOut(ReminderOut):
    """A message with its very content, as it left."""

    copies: list[str]
    text: str
    html: str
    comment: str
    entries: list[ReminderLineOut]


_SAME = (
    "id", "kind", "level", "medium", "status", "status_at", "currency", "day", "effective_on",
    "is_automatic", "recipients", "subject", "created_at", "opened_at", "returned_at", "error",
)  # fmt: skip


@router.get("/reminders", response={200: Page[ReminderOut], **READ}, summary="Messages")
def reminders(request: ApiRequest, query: Query[RemindersQuery]) -> Page[ReminderOut]:
    """The messages in the order in which they were made, without their texts."""
    scope = request.auth.scope
    customer_id = None
    if query.customer:
        customer = customer_of_code(scope, query.customer)
        if customer is None:
            return Page(data=[], next_cursor=None)
        customer_id = customer.pk
    wanted = ReminderFilter(
        customer_id=customer_id,
        status=query.status or "",
        kind=query.kind or "",
        medium=query.medium or "",
        since=query.updated_since,
    )
    (after,) = query.after((0,))
    rows = reminders_after(scope, after, wanted, limit=query.limit + 1)
    rehearsals = Rehearsals.of(scope.company)
    return page_of(
        rows, query.limit, lambda row: (row.pk,), lambda row: ReminderOut.told(row, rehearsals)
    )


@router.get(
    "/reminders/{int:reminder_id}",
    response={200: ReminderContentOut, **FOUND},
    summary="A message and its content",
)
def reminder(request: ApiRequest, reminder_id: RowId) -> ReminderContentOut:
    """One message as it left."""
    try:
        found = get_reminder(request.auth.scope, reminder_id)
    except Reminder.DoesNotExist:
        raise not_found() from None
    lines = [
        ReminderLineOut(
            entry_id=line.entry_id,
            source_id=line.entry.source_id,
            document_number=line.entry.document_number,
            due_date=line.entry.due_date,
            claimed=line.claimed_minor,
            level=line.level_after,
            is_credit=line.is_credit,
        )
        for line in lines_of(found)
    ]
    return ReminderContentOut(
        **_values(found, Rehearsals.of(found.company)),
        copies=found.copies,
        text=found.content_text,
        html=found.content_html,
        comment=found.comment,
        entries=lines,
    )


def _values(found: Reminder, rehearsals: Rehearsals) -> dict[str, Any]:
    return {
        "rehearsal": found in rehearsals,
        "customer_code": found.customer.account_code,
        "amount": found.amount_minor,
        "author": found.actor_name,
        **{name: getattr(found, name) for name in _SAME},
    }
