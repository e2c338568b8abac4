"""The mail that tells a colleague that a note names him: once, through the company's own mail."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from encaisse.collection.models import Note, NoteMention
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.own_mail import OwnMail, link, paragraph, send_own_mail
from encaisse.core.money import NO_BREAK
from encaisse.messaging.mail import MailAddress, MailRefused
from encaisse.messaging.rules.content import Language, own_language
from encaisse.messaging.transport import MailSession, OutcomeUnknown, SendError
from encaisse.tenancy.models import User


class MentionMailFailed(Exception):
    """Some colleagues could not be told; the message is fit to show to the user."""


def send_mention_mails(note: Note, *, page: str, now: datetime) -> int:
    """Tell those whom a note names and who were not told yet; how many were.

    Each is noted as told before the server is spoken to: a mail whose outcome is unknown is not
    sent again. Raises MentionMailFailed once all were tried, when some were refused.
    """
    waiting = NoteMention.objects.filter(note=note, mailed_at=None).select_related("user")
    told, failed = 0, []
    with open_session(note.company) as session:
        for mention in waiting.order_by("id"):
            if not NoteMention.objects.filter(pk=mention.pk, mailed_at=None).update(mailed_at=now):
                continue
            try:
                _send(session, note, mention.user, page, now)
                told += 1
            except OutcomeUnknown as error:
                failed.append(_trouble(mention.user, error))
            except (SendError, MailRefused) as error:
                NoteMention.objects.filter(pk=mention.pk).update(mailed_at=None)
                failed.append(_trouble(mention.user, error))
    if failed:
        raise MentionMailFailed(" ".join(failed))
    return told


def _trouble(user: User, error: Exception) -> str:
    return _("%(name)s : %(why)s") % {"name": user.full_name, "why": error}


def _send(session: MailSession, note: Note, to: User, page: str, now: datetime) -> None:
    language = own_language(to.language)
    with override(language):
        mail = _mail(note, to, language, page)
    send_own_mail(session, note.company, mail, to=MailAddress(to.full_name, to.email), now=now)


def _mail(note: Note, to: User, language: Language, page: str) -> OwnMail:
    subject = _("%(author)s vous a nommé dans une note : %(customer)s") % {
        "author": note.author_name,
        "customer": note.customer.legal_name,
    }
    about = f"{note.customer.legal_name} ({note.customer.account_code})"
    if note.entry is not None:
        about += f" – {note.entry}"
    nodes = [
        paragraph(_("À propos de %(about)s :") % {"about": about}),
        {"name": "blockquote", "children": [paragraph(*note.text.splitlines())]},
        paragraph(f"– {note.author_name}".replace(" ", NO_BREAK)),
    ]
    if page:
        nodes.append(link(page, _("Ouvrir la fiche du client")))
    return OwnMail(f"mention:{note.pk}:{to.pk}", subject, nodes, language)
