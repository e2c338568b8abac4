"""Sending what was written: checked as a whole first, what is refused said beside its field."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import attach, attached_to, was_sent
from encaisse.collection.operations.calls import write_call
from encaisse.collection.operations.disputes import DisputeRefused
from encaisse.collection.operations.joined_invoices import joined_invoices
from encaisse.collection.operations.prepare import Moment
from encaisse.collection.operations.promises import PromiseRefused
from encaisse.collection.operations.write_message import (
    Message,
    MessageRefused,
    check_message,
)
from encaisse.collection.ordering import order_message
from encaisse.collection.queries.statement import statement_pdf
from encaisse.core.wording import told
from encaisse.ledger.queries.open_items import Matching
from encaisse.messaging.letters.press import LetterRefused
from encaisse.messaging.mail import MailRefused
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.tenancy.journal import Author
from encaisse.web.app.plan.forms import CallForm
from encaisse.web.app.plan.previewing import letter_pdf, preview_of
from encaisse.web.app.write.forms import NO, WriteForm
from encaisse.web.app.write.writing import Writing


def send(writing: Writing, form: WriteForm) -> Reminder | None:
    """Order the message; None when something was refused, which the form then says."""
    if not form.is_valid():
        return None
    message = form.message(writing.way.medium, writing.scenario)
    try:
        _check(writing, message)
        with transaction.atomic():
            return order_message(
                writing.customer,
                replace(message, attachments=_files(writing, form, message)),
                today=writing.on,
                now=timezone.now(),
                user=writing.user,
            )
    except MessageRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except MailRefused as refusal:
        form.add_error(None, str(refusal))
    return None


def _check(writing: Writing, message: Message) -> None:
    """What the sending would stumble upon later is said now. Raises MessageRefused."""
    company = writing.company
    if writing.way.is_mail and not company.can_send_mail():
        raise MessageRefused(_("L’envoi des e-mails n’est pas réglé : voyez « Expéditeur »."))
    check_message(writing.customer, message)
    try:
        if writing.way.is_letter:
            letter_pdf(writing.scope, writing.on, writing.draft(message))
        elif error := preview_of(writing.scope, writing.on, writing.draft(message)).error:
            raise MessageRefused(error, "body")
    except (TemplateRefused, LetterRefused) as refusal:
        raise MessageRefused(told(refusal, _), "body") from refusal


def _files(writing: Writing, form: WriteForm, message: Message) -> tuple[Any, ...]:
    """The files that go along, the statement and the invoices among them. Raises MailRefused."""
    if not writing.way.is_mail:
        return ()
    asked = form.cleaned_data["statement"]
    if asked != NO and not was_sent(writing.company, message.token):
        try:
            pdf = statement_pdf(writing.customer, on=writing.on, matching=Matching(asked))
        except LetterRefused as refusal:
            raise MailRefused(str(refusal)) from refusal
        attach(writing.company, message.token, writing.statement_name, [pdf])
    joined = attached_to(writing.company, message.token)
    if form.cleaned_data["invoices"]:
        found = joined_invoices(writing.company, message.entries, customer=writing.customer)
        joined += found.files
    return tuple(joined)


def call_form(
    writing: Writing, data: Any = None, *, keeping: Mapping[str, Any] | None = None
) -> CallForm | None:
    """What came of a call, for the ways that are spoken; `keeping` what was typed so far."""
    if not writing.way.is_spoken:
        return None
    owed = [entry for entry in writing.ticked if entry.remaining_minor > 0]
    currency = owed[0].currency if owed else writing.company.base_currency
    claimed = sum(entry.remaining_minor for entry in owed if entry.currency == currency)
    is_call = writing.way.has_text
    return CallForm(
        data,
        company=writing.company,
        currency=currency,
        claimed_minor=claimed,
        is_call=is_call,
        keeping=keeping,
    )


def note(writing: Writing, form: WriteForm, call: CallForm | None) -> Reminder | None:
    """Write down a call or another action; None when something was refused."""
    if not form.is_valid() or call is None or not call.is_valid():
        return None
    try:
        return write_call(
            writing.customer,
            form.message(writing.way.medium, writing.scenario),
            call.result(),
            Moment(writing.on, timezone.now()),
            author=Author.of(writing.user),
        )
    except MessageRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except PromiseRefused as refusal:
        call.add_error("promised_amount", str(refusal))
    except DisputeRefused as refusal:
        call.add_error("motive", str(refusal))
    return None
