"""What people know and decide: promises, disputes, STOP, notes; read, and recorded."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from encaisse.collection.models import Dispute, Hold, PaymentPromise
from encaisse.collection.operations.disputes import DisputeRefused, close_dispute, open_dispute
from encaisse.collection.operations.holds import HoldRefused, lift_hold, set_hold
from encaisse.collection.operations.notes import NoteRefused, write_note
from encaisse.collection.operations.promises import (
    PromiseRefused,
    cancel_promise,
    record_promise,
)
from encaisse.collection.queries.customers import (
    MOST_CHOICES,
    get_dispute,
    get_hold,
    get_promise,
    open_debits_among,
    open_debits_in,
)
from encaisse.insights.disputes import DisputeRow, Stage, dispute_rows
from encaisse.insights.promises import PromiseRow, Status, promise_rows
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.web.api.gate import ApiRequest, Right, needs
from encaisse.web.api.ledger import known_customer
from encaisse.web.api.once import HEADER, once
from encaisse.web.api.operations import READ, WRITE_FOUND
from encaisse.web.api.paging import Page, PageQuery, page_among
from encaisse.web.api.problems import not_found, unprocessable
from encaisse.web.api.types import Code, Currency, Day, Lines, Positive, RowId, Text80, Text200

router = Router(tags=["follow-up"])
_READER, _WRITER = needs(Right.FOLLOWUP_READ), needs(Right.FOLLOWUP_WRITE)

_Entries = Annotated[list[RowId], Field(max_length=MOST_CHOICES)]


class PromisesQuery(PageQuery):
    """Which promises. `status` is computed from the ledger."""

    customer: Text80 = ""
    status: Status | None = None


class PromiseOut(Schema):
    """A promise as it stands today: what came in for it, and what is missing once it is late."""

    id: int
    customer_code: str
    currency: str
    amount: int
    promised_date: date
    made_on: date
    status: str
    received: int
    missing: int
    comment: str
    author: str


class DisputesQuery(PageQuery):
    """Which disputes. `settled`: nothing of what it contests is owed any more."""

    customer: Text80 = ""
    stage: Stage | None = None


class DisputeOut(Schema):
    """A dispute in one currency; `contested` is null where that is not known."""

    id: int
    customer_code: str
    currency: str
    contested: int | None
    reason: str
    comment: str
    document_numbers: list[str]
    suspends: bool
    stage: str
    opened_on: date
    closed_on: date | None
    outcome: str
    author: str


class PromiseIn(Schema):
    """What a customer promised. Without entries: all that is open in the currency."""

    amount: Positive
    currency: Currency | None = None
    promised_date: Day
    entry_ids: _Entries = Field(default_factory=list)
    comment: Annotated[Text200, Field(max_length=200)] = ""


class DisputeIn(Schema):
    """What a customer contests. Without entries: his whole account."""

    reason: Annotated[Text80, Field(min_length=1)]
    comment: Lines = ""
    entry_ids: _Entries = Field(default_factory=list)
    suspends: bool = True


class ClosingIn(Schema):
    """How a dispute ended."""

    outcome: Text80 = ""


class HoldIn(Schema):
    """STOP, until a day included or until it is lifted; of one entry, or of the customer."""

    reason: Text200 = ""
    until: Day | None = None
    entry_id: RowId | None = None


class NoteIn(Schema):
    """A note about a customer, or about some of his entries."""

    text: Annotated[Lines, Field(min_length=1)]
    entry_ids: _Entries = Field(default_factory=list)


class Recorded(Schema):
    """What was recorded. `changed` is false when somebody had just done it."""

    id: int
    changed: bool = True


@router.get("/promises", response={200: Page[PromiseOut], **READ}, auth=_READER, summary="Promises")
def promises(request: ApiRequest, query: Query[PromisesQuery]) -> Page[PromiseOut]:
    """The promises in the order in which they were made, as they stand today."""
    rows = [
        row
        for row in promise_rows(request.auth.scope, on=request.auth.today)
        if query.customer in ("", row.debtor.account_code) and query.status in (None, row.status)
    ]
    return page_among(rows, query, lambda row: (row.id,), _promise, first=(0,))


@router.get("/disputes", response={200: Page[DisputeOut], **READ}, auth=_READER, summary="Disputes")
def disputes(request: ApiRequest, query: Query[DisputesQuery]) -> Page[DisputeOut]:
    """The disputes in the order in which they were opened; one row a currency."""
    rows = [
        row
        for row in dispute_rows(request.auth.scope, on=request.auth.today)
        if query.customer in ("", row.debtor.account_code) and query.stage in (None, row.stage)
    ]
    return page_among(rows, query, lambda row: (row.id, row.currency), _dispute, first=(0, ""))


@router.post(
    "/customers/{path:code}/promises",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Record a promise",
    openapi_extra=HEADER,
)
@once
def add_promise(request: ApiRequest, code: Code, body: PromiseIn) -> Recorded:
    """Record what a customer promised to pay; it holds his oldest entries up to the amount."""
    caller, customer = request.auth, known_customer(request, code)
    currency = body.currency or caller.company.base_currency
    entries = _entries(customer, body.entry_ids) or open_debits_in(customer, currency)
    if any(entry.currency != currency for entry in entries):
        raise unprocessable(_("Ces pièces ne sont pas dans la devise de la promesse."))
    try:
        made = record_promise(
            customer,
            entries,
            amount_minor=body.amount,
            promised_date=body.promised_date,
            author=caller.author,
            today=caller.today,
            now=caller.now,
            comment=body.comment,
        )
    except PromiseRefused as refused:
        raise unprocessable(str(refused)) from None
    return Recorded(id=made.pk)


@router.post(
    "/promises/{int:promise_id}/cancel",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Take a promise back",
    openapi_extra=HEADER,
)
@once
def take_promise_back(request: ApiRequest, promise_id: RowId) -> Recorded:
    """Cancel a promise; it stays in the history."""
    caller = request.auth
    try:
        promise = get_promise(caller.scope, promise_id)
    except PaymentPromise.DoesNotExist:
        raise not_found() from None
    changed = cancel_promise(promise, author=caller.author, today=caller.today, now=caller.now)
    return Recorded(id=promise.pk, changed=changed)


@router.post(
    "/customers/{path:code}/disputes",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Open a dispute",
    openapi_extra=HEADER,
)
@once
def add_dispute(request: ApiRequest, code: Code, body: DisputeIn) -> Recorded:
    """Open a dispute on entries, or on the whole account."""
    caller, customer = request.auth, known_customer(request, code)
    try:
        made = open_dispute(
            customer,
            reason=body.reason,
            comment=body.comment,
            entries=dict.fromkeys(_entries(customer, body.entry_ids)),
            suspends=body.suspends,
            author=caller.author,
            today=caller.today,
            now=caller.now,
        )
    except DisputeRefused as refused:
        raise unprocessable(str(refused)) from None
    return Recorded(id=made.pk)


@router.post(
    "/disputes/{int:dispute_id}/close",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Close a dispute",
    openapi_extra=HEADER,
)
@once
def end_dispute(request: ApiRequest, dispute_id: RowId, body: ClosingIn) -> Recorded:
    """Close a dispute; what it froze resumes at its own level."""
    caller = request.auth
    try:
        dispute = get_dispute(caller.scope, dispute_id)
    except Dispute.DoesNotExist:
        raise not_found() from None
    changed = close_dispute(
        dispute, outcome=body.outcome, author=caller.author, today=caller.today, now=caller.now
    )
    return Recorded(id=dispute.pk, changed=changed)


@router.post(
    "/customers/{path:code}/holds",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Hold reminders (STOP)",
    openapi_extra=HEADER,
)
@once
def add_hold(request: ApiRequest, code: Code, body: HoldIn) -> Recorded:
    """Stop reminders of a customer, or of one entry; replaces a running STOP."""
    caller, customer = request.auth, known_customer(request, code)
    entries = _entries(customer, [body.entry_id] if body.entry_id is not None else [])
    try:
        made = set_hold(
            customer,
            entry=entries[0] if entries else None,
            reason=body.reason,
            until=body.until,
            author=caller.author,
            today=caller.today,
            now=caller.now,
        )
    except HoldRefused as refused:
        raise unprocessable(str(refused)) from None
    return Recorded(id=made.pk)


@router.post(
    "/holds/{int:hold_id}/lift",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Lift a STOP",
    openapi_extra=HEADER,
)
@once
def end_hold(request: ApiRequest, hold_id: RowId) -> Recorded:
    """Let reminders go again."""
    caller = request.auth
    try:
        hold = get_hold(caller.scope, hold_id)
    except Hold.DoesNotExist:
        raise not_found() from None
    changed = lift_hold(hold, author=caller.author, today=caller.today, now=caller.now)
    return Recorded(id=hold.pk, changed=changed)


@router.post(
    "/customers/{path:code}/notes",
    response={200: Recorded, **WRITE_FOUND},
    auth=_WRITER,
    summary="Write a note",
    openapi_extra=HEADER,
)
@once
def add_note(request: ApiRequest, code: Code, body: NoteIn) -> Recorded:
    """Write a note about a customer or some of his entries."""
    caller, customer = request.auth, known_customer(request, code)
    try:
        made = write_note(
            customer,
            text=body.text,
            entries=_entries(customer, body.entry_ids),
            author=caller.author,
            now=caller.now,
        )
    except NoteRefused as refused:
        raise unprocessable(str(refused)) from None
    return Recorded(id=made.pk)


def _entries(customer: Customer, ids: Sequence[int]) -> list[LedgerEntry]:
    """The open debits named, all of them his. Raises Problem."""
    wanted = dict.fromkeys(ids)
    found = open_debits_among(customer, wanted.keys()) if wanted else []
    if len(found) < len(wanted):
        raise unprocessable(_("Une de ces pièces n’est pas une facture ouverte de ce client."))
    return found


def _promise(row: PromiseRow) -> PromiseOut:
    return PromiseOut(
        id=row.id,
        customer_code=row.debtor.account_code,
        currency=row.currency,
        amount=row.promised,
        promised_date=row.promised_date,
        made_on=row.made_on,
        status=row.status.value,
        received=row.standing.received,
        missing=row.standing.missing,
        comment=row.comment,
        author=row.author,
    )


def _dispute(row: DisputeRow) -> DisputeOut:
    return DisputeOut(
        id=row.id,
        customer_code=row.debtor.account_code,
        currency=row.currency,
        contested=row.contested,
        reason=row.reason,
        comment=row.comment,
        document_numbers=list(row.documents),
        suspends=row.suspends,
        stage=row.stage.value,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        outcome=row.outcome,
        author=row.author,
    )
