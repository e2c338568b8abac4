"""A mail that leaves on some days: at most once for a day, whatever breaks on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from encaisse.collection.operations.mail_session import open_session
from encaisse.insights.models import RegularMail
from encaisse.insights.rules.sending_days import LAST_MONTH_DAY, WEEKDAYS, Rhythm
from encaisse.messaging.mail import MailRefused
from encaisse.messaging.transport import MailSession, OutcomeUnknown, Refused, SendError


class SendingFailed(Exception):
    """The mail did not leave, or perhaps not; the text is fit to show to the user."""


class RhythmRefused(Exception):
    """Nothing can leave at such times; the text is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One mailing: the moment, the key of its Message-ID, and its day for a regular one."""

    now: datetime
    key: str
    day: date | None = None


def send_once(mail: RegularMail, sending: Sending, send: Callable[[MailSession], None]) -> bool:
    """Let `send` speak to the company's server; False when that day's mail was sent already.

    The day is taken before the server is spoken to, and given back when nobody can have got the
    mail. Raises SendingFailed, the reason being kept on the row.
    """
    company = mail.company
    if not company.can_send_mail() or not company.sender_email:
        _fail(mail, _("La société n’a pas d’adresse d’expédition : réglez l’envoi des e-mails."))
    previous = mail.last_day
    if sending.day and not _take(mail, sending.day):
        return False
    try:
        with open_session(company) as session:
            send(session)
    except OutcomeUnknown as error:
        _fail(mail, _("Envoi incertain, non répété : %(why)s") % {"why": error})
    except (Refused, MailRefused) as error:
        _fail(mail, str(error))
    except SendError as error:
        if sending.day:
            _rows(mail).update(last_day=previous)
        _fail(mail, str(error))
    return True


def _rows(mail: RegularMail) -> QuerySet[RegularMail]:
    return type(mail)._default_manager.filter(pk=mail.pk)


def _take(mail: RegularMail, day: date) -> bool:
    """Be the only one to send that day's mail."""
    free = Q(last_day=None) | Q(last_day__lt=day)
    started = _("L’envoi a été interrompu : il n’est pas certain qu’il soit parti.")
    return bool(_rows(mail).filter(free, is_active=True).update(last_day=day, last_error=started))


def _fail(mail: RegularMail, why: str) -> NoReturn:
    note_failure(mail, why)
    raise SendingFailed(why)


def note_failure(mail: RegularMail, why: str) -> None:
    """Keep on the row why it did not leave."""
    _rows(mail).update(last_error=why)


def note_sent(mail: RegularMail, now: datetime) -> None:
    """Keep on the row when it left."""
    _rows(mail).update(sent_at=now, last_error="")


def set_rhythm(mail: RegularMail, rhythm: Rhythm, now: datetime) -> None:
    """Put on a row, not saved, when it leaves from now on. Raises RhythmRefused."""
    if rhythm.month_day is None and not rhythm.weekdays:
        raise RhythmRefused(_("Choisissez au moins un jour."))
    is_known = rhythm.month_day is None or 1 <= rhythm.month_day <= LAST_MONTH_DAY
    if not is_known or not rhythm.weekdays <= set(WEEKDAYS) or not 0 <= rhythm.hour <= 23:
        raise RhythmRefused(_("Ce jour ou cette heure n’existe pas."))
    mail.hour, mail.month_day = rhythm.hour, rhythm.month_day
    mail.weekdays = "".join(map(str, sorted(rhythm.weekdays)))
    begin_later(mail, now)


def begin_later(mail: RegularMail, now: datetime) -> None:
    """What is planned at ten for seven begins another day: today is done with."""
    zone = mail.company.zone
    today, hour = now.astimezone(zone).date(), now.astimezone(zone).hour
    was_sent = mail.sent_at is not None and mail.sent_at.astimezone(zone).date() == today
    if hour >= mail.hour:
        mail.last_day = today
    elif not was_sent and not mail.last_error:
        mail.last_day = None
