"""Sending the waiting e-mails of a company, each exactly once.

A worker claims a few intents, looks at the facts again, writes the messages, and for each one
commits « sending » before it speaks to the server and « accepted » after the answer; « sent », the
levels and the journal lines follow for the whole batch. The commit of
« sending » is refused when the facts changed since the look, or when another worker took over.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NoReturn
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.operations.attachments import attached
from encaisse.collection.operations.clicks import with_links
from encaisse.collection.operations.delivery_marks import (
    Claimed,
    Taken,
    Written,
    mark_accepted,
    mark_booked,
    mark_sending,
)
from encaisse.collection.operations.effects import (
    fail_reminder,
    journal_reminders,
    raise_levels,
)
from encaisse.collection.operations.joined_invoices import InvoiceJoiner
from encaisse.collection.operations.last_look import check_again
from encaisse.collection.operations.opening import with_image
from encaisse.collection.operations.written_look import Checked
from encaisse.collection.queries.messages import Composed, Composer
from encaisse.core.wording import told
from encaisse.ledger.operations.contacts import mark_invalid
from encaisse.messaging.mail import Envelope, MailAddress, MailRefused, mail_bytes
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.messaging.transport import (
    Answer,
    ConnectionFailed,
    MailSession,
    OutcomeUnknown,
    Refused,
    SendError,
    TemporarilyRefused,
)
from encaisse.tenancy.journal import AUTOMATIC, Author, facts_changed
from encaisse.tenancy.models import Company

logger = logging.getLogger(__name__)

Status = Reminder.Status
# Looked at and written together: the more, the less each costs; fewer towards the end, so that
# the workers end at the same time.
_BATCH, _LEAST = 250, 50
# Between two signs of life: what is claimed stays claimed, the job says how far it is.
_SIGN_EVERY = timedelta(seconds=5)
# What a session was opened by.
_WAYS = ("mail_mode", "redirect_to", "mail_service", "smtp_host", "smtp_port", "sender_email")
_RETRY_AFTER = timedelta(minutes=10)
_MAX_ATTEMPTS = 6
_ENHANCED_CODE = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")


class DeliveryStopped(Exception):
    """Nothing can leave for now; the message is fit to show to the user. Intents stay waiting."""


@dataclass(slots=True)
class Delivered:
    """What one delivery run did."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    postponed: int = 0
    cancelled: int = 0

    @property
    def handled(self) -> int:
        """Messages whose sending was tried."""
        return self.sent + self.failed + self.unknown


@dataclass(slots=True)
class _Ready:
    checked: Checked
    composed: Composed
    content: bytes
    addresses: list[str]
    sender: str
    # As the history names it.
    shown_sender: str
    # Who the server took it for: some may have been refused.
    accepted: list[str] = field(default_factory=list)
    # What an e-mail service calls it.
    service_id: str = ""

    @property
    def taken(self) -> Taken:
        """What is marked of it once the server took it."""
        return Taken(self.checked.reminder, self.service_id)


@dataclass(slots=True)
class DeliveryRun:
    """One worker's run over the waiting e-mails of one company."""

    company: Company
    open_session: Callable[[Company], AbstractContextManager[MailSession]]
    progress: Callable[[int], None] = lambda _count: None
    clock: Callable[[], datetime] = timezone.now
    # How many messages are looked at and written together.
    batch: int = _BATCH
    worker: str = field(default_factory=lambda: uuid4().hex)
    result: Delivered = field(default_factory=Delivered)
    _previous: _Ready | None = None
    _accepted: list[Checked] = field(default_factory=list)
    _in_flight: tuple[_Ready, Answer] | None = None
    _signed_at: datetime | None = None

    def run(self) -> Delivered:
        """Send until nothing is waiting. Raises DeliveryStopped when no mail can leave at all."""
        with self.open_session(self.company) as session:
            while batch := self._claim():
                try:
                    if not self._send_batch(session, batch):
                        break
                finally:
                    self._release()
                self.progress(self.result.handled)
        if self.result.sent:
            facts_changed(self.company.pk)  # levels rose: what screens keep in memory is old
        return self.result

    def _leaves_otherwise(self) -> bool:
        """True once the messages must leave in another way than by the session that is open."""
        now = Company.objects.get(pk=self.company.pk)
        if any(getattr(now, name) != getattr(self.company, name) for name in _WAYS):
            return True
        self.company = now  # what holds messages back, and what they say, may have changed
        return False

    # -- claiming ------------------------------------------------------------------------------

    def _claim(self) -> list[Reminder]:
        now = self.clock()
        self._signed_at = now
        waiting = waiting_mails(self.company, now=now)
        share = max(_LEAST, waiting.count() // settings.WORKERS)
        ids = list(waiting.order_by("id").values_list("pk", flat=True)[: min(self.batch, share)])
        if not ids:
            return []
        Reminder.objects.filter(pk__in=ids, status=Status.WAITING).update(
            status=Status.CLAIMED, worker=self.worker, lease_until=self._lease(now)
        )
        mine = Reminder.objects.filter(pk__in=ids, status=Status.CLAIMED, worker=self.worker)
        found = list(
            mine.select_related("customer", "created_by").prefetch_related("lines").order_by("id")
        )
        return found or self._claim()

    def _release(self) -> None:
        """What was claimed and not begun waits again."""
        Reminder.objects.pending().filter(worker=self.worker, status=Status.CLAIMED).update(
            status=Status.WAITING, lease_until=None
        )

    def _sign(self) -> None:
        """A look, or a batch on a slow relay, may take longer than a lease."""
        now = self.clock()
        if self._signed_at is None or now - self._signed_at >= _SIGN_EVERY:
            self._signed_at = now
            Reminder.objects.pending().filter(worker=self.worker, status=Status.CLAIMED).update(
                lease_until=self._lease(now)
            )
            self.progress(self.result.handled)

    def _lease(self, now: datetime) -> datetime:
        return now + timedelta(seconds=settings.LEASE_SECONDS)

    # -- sending -------------------------------------------------------------------------------

    def _send_batch(self, session: MailSession, batch: Sequence[Reminder]) -> bool:
        """False when they must leave in another way."""
        if self._leaves_otherwise():
            return False
        revision = self.company.facts_revision
        for reminder in batch:
            reminder.company = self.company
        checked = check_again(self.company, batch, now=self.clock())
        self.result.cancelled += len(batch) - len(checked)
        self._sign()
        try:
            # While the server thinks about one message, the next is being written.
            for ready in self._written(checked):
                self._hear(session)
                self._sign()
                if not self._begin(ready, revision):
                    break  # the facts changed: the rest is looked at again
                answer = session.start(
                    envelope_from=ready.sender,
                    recipients=ready.addresses,
                    content=ready.content,
                )
                self._in_flight = (ready, answer)
        finally:
            try:
                self._hear(session)
            finally:
                self._finish_previous()
                self._book()
        return True

    def _written(self, checked: Sequence[Checked]) -> Iterator[_Ready]:
        """The messages, each written just before it leaves; those that cannot be are failed."""
        composer = Composer(
            self.company,
            self.company.local_day(self.clock()),
            [item.draft for item in checked],
            customers=[item.reminder.customer for item in checked],
        )
        drafts = [item.draft for item in checked if not item.reminder.is_written]
        joiner = InvoiceJoiner(self.company, filter(composer.joins_invoices, drafts))
        for item in checked:
            try:
                yield self._write(composer, joiner, item)
            except (TemplateRefused, MailRefused) as refusal:
                self._fail(item.reminder, told(refusal, _), was=(Status.CLAIMED,))
            except DatabaseError:
                raise
            except Exception:  # recorded on the reminder: one customer never stops the others
                logger.exception("Reminder %s cannot be written", item.reminder.pk)
                why = _("Ce message n’a pas pu être écrit (erreur inattendue).")
                self._fail(item.reminder, why, was=(Status.CLAIMED,))

    def _write(self, composer: Composer, joiner: InvoiceJoiner, item: Checked) -> _Ready:
        company, reminder = self.company, item.reminder
        composed = composer.compose(item.draft)
        html = with_image(with_links(composed.rendered.html, reminder, company), reminder, company)
        composed = replace(composed, rendered=replace(composed.rendered, html=html))
        written = item.draft.written
        own_name = written.sender_name if written else ""
        reply_to = (written.reply_to if written else "") or company.reply_to
        sender = MailAddress(
            own_name or company.sender_name or company.name, sender_address(company)
        )
        envelope = Envelope(
            sender=sender,
            recipients=[MailAddress(name, email) for name, email in composed.recipients],
            copies=[MailAddress(name, email) for name, email in composed.copies],
            message_id=reminder.message_id,
            language=composed.language,
            sent_at=self.clock().astimezone(company.zone),
            reply_to=MailAddress("", reply_to) if reply_to else None,
            automatic=reminder.is_automatic,
        )
        if composed.joins_invoices and not reminder.is_written:
            joiner.of(item.draft).go_along(reminder)
        files = attached(reminder)
        content = mail_bytes(composed.rendered, envelope, attachments=files)
        addresses = [email for _name, email in (*composed.recipients, *composed.copies)]
        shown = f"{own_name} <{sender.email}>" if own_name else sender.email
        return _Ready(item, composed, content, addresses, sender.email, shown)

    def _begin(self, ready: _Ready, revision: int) -> bool:
        """Commit « sending », and the previous « accepted »; False when this one must not leave."""
        reminder, rendered = ready.checked.reminder, ready.composed.rendered
        now = self.clock()
        written = Written(
            ready.shown_sender,
            [email for _name, email in ready.composed.recipients],
            [email for _name, email in ready.composed.copies],
            rendered.subject[:500],
            rendered.html,
            rendered.text,
            ready.composed.language,
            ready.composed.template_version,
            reminder.attachments,
            reminder.comment,
        )
        lease = now + timedelta(seconds=settings.LEASE_SECONDS * 2)
        claimed = Claimed(self.worker, revision, now, lease)
        previous = self._previous
        begun, taken = mark_sending(
            reminder, written, claimed, taken=previous.taken if previous else None
        )
        if previous and taken:
            self._accepted.append(previous.checked)
        self._previous = None
        reminder.recipients = written.recipients
        return begun

    def _hear(self, session: MailSession) -> None:
        """What the server says of the message on the wire, if there is one."""
        if self._in_flight is None:
            return
        (ready, answer), self._in_flight = self._in_flight, None
        try:
            self._taken(session, ready, answer)
        except Refused as refusal:
            if refusal.about == "sender":
                self._stop(ready.checked.reminder, refusal)
            self._note_invalid(refusal)
            self._fail(ready.checked.reminder, str(refusal))
        except TemporarilyRefused as refusal:
            self._postpone(ready.checked.reminder, str(refusal))
        except OutcomeUnknown as error:
            self._unknown(ready.checked.reminder, str(error))
        except ConnectionFailed as error:
            self._stop(ready.checked.reminder, error)
        else:
            self.result.sent += 1
            self._previous = ready
            self._leave_out_refused(ready)

    def _taken(self, session: MailSession, ready: _Ready, answer: Answer) -> None:
        """By all its addresses; when some are refused for good, by the others."""
        try:
            receipt, sent_to = answer(), ready.addresses
        except Refused as refusal:
            if refusal.about != "recipients":
                raise
            others = [email for email in ready.addresses if email not in refusal.reasons]
            main = {email for _name, email in ready.composed.recipients}
            if not main.intersection(others):
                raise
            self._note_invalid(refusal)
            receipt = session.send(
                envelope_from=ready.sender, recipients=others, content=ready.content
            )
            sent_to = others
        if receipt.refused:
            self._note_invalid(Refused(dict(receipt.refused), 550, about="recipients"))
        ready.accepted = [email for email in sent_to if email not in receipt.refused]
        ready.service_id = receipt.service_id

    def _leave_out_refused(self, ready: _Ready) -> None:
        """The row names those that the server took it for."""
        reminder, accepted = ready.checked.reminder, set(ready.accepted)
        taken = [email for email in reminder.recipients if email in accepted]
        if taken != reminder.recipients:
            reminder.recipients = taken
            Reminder.objects.filter(pk=reminder.pk).update(recipients=taken)

    def _stop(self, reminder: Reminder, error: SendError) -> NoReturn:
        """Nothing of ours can leave, so nothing else is tried: this one waits with the others."""
        self._postpone(reminder, str(error), attempted=False)
        raise DeliveryStopped(str(error)) from error

    def _note_invalid(self, refusal: Refused) -> None:
        """An address that the server does not know is not written to any more.

        A refusal of the message itself, or of us, says nothing about the address.
        """
        unknown = [
            email for email, reason in refusal.reasons.items() if _is_unknown_address(reason)
        ]
        if refusal.about == "recipients" and unknown:
            mark_invalid(self.company, unknown, now=self.clock())

    # -- recording -----------------------------------------------------------------------------

    def _finish_previous(self) -> None:
        """What the server said of the last message, when no other follows it."""
        if self._previous is not None:
            previous, self._previous = self._previous, None
            if mark_accepted(previous.taken, now=self.clock()):
                self._accepted.append(previous.checked)

    def _book(self) -> None:
        """« Sent », the levels and the journal lines of the batch, in one transaction."""
        now = self.clock()
        done = [(checked.reminder, checked.lines) for checked in self._accepted]
        book_accepted(done, on=self.company.local_day(now), now=now)
        self._accepted.clear()

    def _fail(
        self, reminder: Reminder, why: str, *, was: Sequence[str] = (Status.SENDING,)
    ) -> None:
        self.result.failed += 1
        fail_reminder(reminder, why=why, now=self.clock(), author=author_of(reminder), was=was)

    def _postpone(self, reminder: Reminder, why: str, *, attempted: bool = True) -> None:
        """Not accepted for now: it waits, until it has been tried too often."""
        if attempted and reminder.attempts + 1 >= _MAX_ATTEMPTS:
            self._fail(reminder, why)
            return
        self.result.postponed += 1
        now = self.clock()
        Reminder.objects.filter(pk=reminder.pk, status=Status.SENDING).update(
            status=Status.WAITING,
            status_at=now,
            not_before=now + _RETRY_AFTER if attempted else None,
            lease_until=None,
            error=why,
        )

    def _unknown(self, reminder: Reminder, why: str) -> None:
        self.result.unknown += 1
        Reminder.objects.filter(pk=reminder.pk, status=Status.SENDING).update(
            status=Status.UNKNOWN, status_at=self.clock(), lease_until=None, error=why
        )


def waiting_mails(company: Company, *, now: datetime) -> QuerySet[Reminder]:
    """The e-mails that may leave now."""
    ripe = Q(not_before=None) | Q(not_before__lte=now)
    return Reminder.objects.pending().filter(
        ripe, company=company, medium="email", status=Status.WAITING
    )


def deliver_waiting(
    company: Company,
    open_session: Callable[[Company], AbstractContextManager[MailSession]],
    *,
    connections: int = 1,
    progress: Callable[[int], None] = lambda _count: None,
) -> Delivered:
    """Send all that waits, over several connections at once when asked: for a slow relay.

    Each connection is a run of its own, as if of another worker. One is best for a quick relay,
    and on SQLite, which has one writer at a time. Raises DeliveryStopped.
    """
    company.refresh_from_db()  # how its mails leave may have changed since the caller read it
    waiting = waiting_mails(company, now=timezone.now())
    if connections == 1 or waiting.count() < _BATCH:
        return DeliveryRun(company, open_session, progress=progress).run()
    runs = [DeliveryRun(company, open_session) for _ in range(connections)]

    def work(run: DeliveryRun) -> None:
        try:
            run.progress = lambda _count: progress(sum(run.result.handled for run in runs))
            run.run()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=connections) as pool:
        outcomes = [pool.submit(work, run) for run in runs]
    for outcome in outcomes:
        outcome.result()
    return Delivered(
        **{name: sum(getattr(run.result, name) for run in runs) for name in Delivered.__slots__}
    )


def _is_unknown_address(reason: str) -> bool:
    """By its enhanced code (RFC 3463, x.1.x and x.2.1); without one, any refusal of a recipient."""
    enhanced = _ENHANCED_CODE.search(reason)
    return enhanced is None or enhanced[1] == "1" or enhanced[0].endswith(".2.1")


def sender_address(company: Company) -> str:
    """The address that messages leave from."""
    return company.sender_email or f"relances@{company.slug}.invalid"


def author_of(reminder: Reminder) -> Author:
    """Who sends: the person who pressed the button, or the product by itself."""
    return Author(reminder.actor_name, reminder.created_by) if reminder.created_by else AUTOMATIC


@transaction.atomic
def book_accepted(
    done: Sequence[tuple[Reminder, Sequence[ReminderLine]]], *, on: date, now: datetime
) -> None:
    """Messages that the server took count as sent on a day; those booked already are left."""
    mine = mark_booked([reminder for reminder, _lines in done], on=on)
    booked = [item for item in done if item[0].pk in mine]
    raise_levels(booked, on)
    journal_reminders(
        "reminder.sent", [(reminder, author_of(reminder)) for reminder, _lines in booked], now=now
    )
