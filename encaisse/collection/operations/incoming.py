"""Reading a company's mailbox: answers, absences and returns find their reminder and customer.

A mail that concerns neither is not kept: the mailbox may hold anything else.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import IncomingMail, Reminder
from encaisse.collection.operations.bounces import bounce_reminder
from encaisse.collection.queries.correspondents import Correspondents, sent_lately_to
from encaisse.ledger.models import Customer
from encaisse.ledger.operations.contacts import mark_invalid
from encaisse.messaging.mailbox import (
    Fetched,
    ImapSettings,
    MailboxFailed,
    OpenMailbox,
    check_mailbox,
    open_mailbox,
)
from encaisse.messaging.rules.incoming import Incoming, Returned, read_incoming
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import MAILBOX_FIELDS
from encaisse.tenancy.secrets import unseal

logger = logging.getLogger(__name__)

MAILBOX = Author("Boîte de réception")
Kind = IncomingMail.Kind
_BATCH = 50
# How far back a mailbox is read the first time, and after its server renumbered it.
_FIRST_LOOK = timedelta(days=30)


class AnswerRefused(Exception):
    """The answer is not in a state for that; the message is fit to show to the user."""


@dataclass(slots=True)
class Taken:
    """What one reading brought; `error` says why it stopped, for the user."""

    answers: int = 0
    automatic: int = 0
    bounces: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    uid: int
    received_at: datetime
    mail: Incoming


def read_mailbox(company: Company, *, now: datetime) -> Taken:
    """Take over what arrived since the last reading, each mail once.

    What goes wrong is kept on the company, for the settings and the home page, and said in the
    outcome. A demonstration reads nothing.
    """
    taken = Taken()
    if company.is_demo or not company.imap_host:
        return taken
    try:
        with open_mailbox(imap_settings(company)) as box:
            _read_new(company, box, taken, now)
    except MailboxFailed as failure:
        taken.error = str(failure)
    if company.imap_error != taken.error:
        Company.objects.filter(pk=company.pk).update(imap_error=taken.error)
        company.imap_error = taken.error
    return taken


def take_mail(company: Company, mail: Incoming, *, received_at: datetime) -> None:
    """Take over one mail that is at hand, as if the mailbox had just been read."""
    known = Correspondents(company, [mail])
    _take(company, _Read(0, received_at, mail), known, Taken(), received_at)


def try_mailbox(company: Company) -> int:
    """How many messages the folder holds. Raises MailboxFailed."""
    if not company.imap_host:
        raise MailboxFailed(_("Donnez d’abord le serveur IMAP."))
    if company.is_demo:
        raise MailboxFailed(_("Société de démonstration : aucune boîte n’est lue."))
    return check_mailbox(imap_settings(company))


def imap_settings(company: Company) -> ImapSettings:
    """The mailbox of a company, its password unsealed."""
    return ImapSettings(
        host=company.imap_host,
        port=company.imap_port,
        security=company.imap_security,  # type: ignore[arg-type]  # a choice of the model
        username=company.imap_username,
        password=unseal(company.imap_password_sealed),
        folder=company.imap_folder or "INBOX",
    )


@transaction.atomic
def handle_answer(answer: IncomingMail, *, now: datetime, author: Author) -> None:
    """Somebody dealt with an answer. Raises AnswerRefused when that was done already."""
    waiting = IncomingMail.objects.filter(pk=answer.pk, handled_at=None)
    if not waiting.update(handled_at=now, handled_by=author.user):
        raise AnswerRefused(_("Cette réponse est déjà traitée."))
    _journal("answer.handled", answer, now, author)


@transaction.atomic
def reopen_answer(answer: IncomingMail, *, now: datetime, author: Author) -> None:
    """Put an answer back among those to deal with. Raises AnswerRefused when it is there."""
    handled = IncomingMail.objects.filter(pk=answer.pk).exclude(handled_at=None)
    if not handled.update(handled_at=None, handled_by=None):
        raise AnswerRefused(_("Cette réponse est déjà à traiter."))
    _journal("answer.reopened", answer, now, author)


def _journal(kind: str, answer: IncomingMail, now: datetime, author: Author) -> None:
    record_event(
        kind,
        company=answer.company,
        author=author,
        at=now,
        customer_code=answer.customer.account_code if answer.customer else "",
        answer=answer.pk,
        reminder=answer.reminder_id,
        subject=answer.subject,
    )


# -- reading ---------------------------------------------------------------------------------------


def _read_new(company: Company, box: OpenMailbox, taken: Taken, now: datetime) -> None:
    is_known = box.validity == company.imap_validity and company.imap_last_uid
    uids = (
        box.newer_than(company.imap_last_uid)
        if is_known
        else box.since(company.local_day(now - _FIRST_LOOK))
    )
    if not uids and not is_known:
        _remember(company, box.validity, box.last_uid())
    for start in range(0, len(uids), _BATCH):
        batch = uids[start : start + _BATCH]
        # One at a time: only what is understood of each is kept in memory.
        read = (_understood(company, fetched) for uid in batch if (fetched := box.fetch(uid)))
        _take_batch(company, [one for one in read if one], taken, now)
        _remember(company, box.validity, batch[-1])


def _understood(company: Company, fetched: Fetched) -> _Read | None:
    """What a mail says; None for one so damaged that nothing can be read of it."""
    try:
        return _Read(fetched.uid, fetched.received_at, read_incoming(fetched.content))
    except Exception:  # one mail never stops the others
        logger.exception("%s: mail %s cannot be read", company.slug, fetched.uid)
        return None


def _remember(company: Company, validity: int, uid: int) -> None:
    company.imap_validity, company.imap_last_uid = validity, uid
    # Another mailbox may have been set meanwhile: that one is read from its beginning.
    same = {name: getattr(company, name) for name in MAILBOX_FIELDS}
    Company.objects.filter(pk=company.pk, **same).update(imap_validity=validity, imap_last_uid=uid)


def _take_batch(company: Company, read: Sequence[_Read], taken: Taken, now: datetime) -> None:
    known = Correspondents(company, [one.mail for one in read])
    for one in read:
        try:
            _take(company, one, known, taken, now)
        except DatabaseError:
            raise
        except Exception:  # one mail never stops the others
            logger.exception("%s: mail %s cannot be taken over", company.slug, one.uid)


@transaction.atomic
def _take(
    company: Company, read: _Read, known: Correspondents, taken: Taken, now: datetime
) -> None:
    mail, received_at = read.mail, min(read.received_at, now)
    reminder, customer = _about(company, mail, received_at, known)
    if customer is None or known.is_own(mail):
        return
    kept, is_new = IncomingMail.objects.get_or_create(
        company=company,
        message_id=mail.message_id,
        defaults={
            "customer": customer,
            "reminder": reminder,
            "kind": _kind(mail, reminder),
            "from_address": mail.from_address,
            "subject": mail.subject,
            "text": mail.text,
            "diagnosis": mail.returned.diagnosis if mail.returned else "",
            "is_permanent": bool(mail.returned and mail.returned.is_permanent),
            "received_at": received_at,
        },
    )
    if not is_new:
        return
    if mail.returned:
        taken.bounces += 1
        _come_back(kept, mail.returned, now)
    elif kept.kind == Kind.AUTOMATIC:
        taken.automatic += 1
        _journal("answer.automatic", kept, received_at, MAILBOX)
    else:
        taken.answers += 1
        _journal("answer.received", kept, received_at, MAILBOX)


def _about(
    company: Company, mail: Incoming, received_at: datetime, known: Correspondents
) -> tuple[Reminder | None, Customer | None]:
    """The reminder that a mail is about, and its customer: that of its writer otherwise."""
    reminder = known.reminder_of(mail)
    if reminder is None and mail.returned and not mail.returned.message_id:
        # A return that names no message speaks of the last one to that address.
        reminder = sent_lately_to(company, mail.returned.addresses, before=received_at)
    if reminder is not None:
        return reminder, reminder.customer
    return None, known.customer_of(mail)


def _kind(mail: Incoming, reminder: Reminder | None) -> str:
    if mail.kind == "bounce":
        return Kind.BOUNCE
    if mail.kind == "automatic":
        return Kind.AUTOMATIC
    return Kind.REPLY if reminder else Kind.OTHER


def _come_back(kept: IncomingMail, returned: Returned, now: datetime) -> None:
    """A delay is only noted; what failed for good takes its reminder and its address back."""
    if not returned.is_permanent:
        _journal("answer.delayed", kept, now, MAILBOX)
    elif kept.reminder is None:
        mark_invalid(kept.company, returned.addresses, now=now)
    else:
        bounce_reminder(
            kept.reminder, returned.addresses, why=returned.diagnosis, now=now, author=MAILBOX
        )
