"""What customers answered lately: replies to deal with, an absence, a mail that came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from encaisse.collection.models import IncomingMail, Reminder
from encaisse.collection.operations.incoming import handle_answer, take_mail
from encaisse.messaging.rules.incoming import Incoming, Kind, Returned
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

# Those who answer what they were written last; the others are whoever was written to lately.
_PAYS, _ASKS = "Brasserie Lormeau", "Oakhurst Joinery Ltd"
_LATELY = timedelta(days=40)
_UNKNOWN_BOX = "550 5.1.1 Adresse inconnue sur ce serveur."


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: Kind
    text: str
    # How long before now it came in.
    age: timedelta
    customer: str = ""
    is_handled: bool = False


_ANSWERS = (
    _Answer(
        "reply",
        "Bonjour,\n\nLe virement part vendredi avec le règlement des fournisseurs. Désolé pour le "
        "retard.\n\nBien à vous,\nLa comptabilité",
        timedelta(hours=2),
        _PAYS,
    ),
    _Answer(
        "reply",
        "Hello,\n\nWe cannot find this invoice in our system. Could you send us a copy? We will "
        "pay it with our next run.\n\nKind regards",
        timedelta(hours=5),
        _ASKS,
    ),
    _Answer(
        "automatic",
        "Je suis absente jusqu’à la fin de la semaine. Pour toute urgence, appelez le standard.",
        timedelta(hours=21),
    ),
    _Answer("bounce", "", timedelta(hours=22)),
    _Answer(
        "reply",
        "Bonjour, c’est réglé ce matin, merci de votre patience.",
        timedelta(hours=27),
        is_handled=True,
    ),
)


def receive_answers(company: Company, authors: Mapping[str, Author], *, now: datetime) -> None:
    """Take over what came in, through the operation that reads a mailbox."""
    written = _written_lately(company, now)
    named = {answer.customer for answer in _ANSWERS}
    others = [one for one in written.values() if one.customer.legal_name not in named]
    for answer in _ANSWERS:
        about = written.get(answer.customer) if answer.customer else next(iter(others), None)
        if about is None:
            continue
        if not answer.customer:
            others.remove(about)
        received_at = now - answer.age
        mail = _mail(answer, about)
        take_mail(company, mail, received_at=received_at)
        if answer.is_handled:
            kept = IncomingMail.objects.get(company=company, message_id=mail.message_id)
            at = received_at + timedelta(minutes=40)
            handle_answer(kept, now=at, author=authors["karim"])


def _written_lately(company: Company, now: datetime) -> dict[str, Reminder]:
    """The last reminder that left by e-mail to each customer, by his name: the latest first."""
    since = company.local_day(now) - _LATELY
    sent = Reminder.objects.filter(
        company=company,
        kind=Reminder.Kind.REMINDER,
        medium="email",
        status=Reminder.Status.SENT,
        effective_on__gte=since,
    )
    found: dict[str, Reminder] = {}
    for reminder in sent.select_related("customer").order_by("-effective_on", "id"):
        found.setdefault(reminder.customer.legal_name, reminder)
    return found


def _mail(answer: _Answer, about: Reminder) -> Incoming:
    address = about.recipients[0]
    subject = f"Re: {about.subject}"
    returned = None
    if answer.kind == "automatic":
        subject = f"Réponse automatique\u00a0: {about.subject}"
    elif answer.kind == "bounce":
        subject = "Undelivered Mail Returned to Sender"
        returned = Returned((address,), about.message_id, "5.1.1", _UNKNOWN_BOX, is_permanent=True)
    return Incoming(
        kind=answer.kind,
        message_id=f"<answer-{about.pk}@{address.partition('@')[2]}>",
        from_address="" if returned else address,
        subject=subject,
        text=answer.text,
        answers=(about.message_id,),
        returned=returned,
    )
