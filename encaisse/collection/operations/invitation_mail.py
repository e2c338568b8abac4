"""The mail that brings an invitation's link, through the inviting company's own mail."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from encaisse.collection.operations.mail_session import open_trial_session
from encaisse.collection.operations.own_mail import OwnMail, link, paragraph, send_own_mail
from encaisse.core.dates import short_date
from encaisse.messaging.mail import MailAddress, MailRefused
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.transport import SendError
from encaisse.tenancy.models import Company

_PATIENCE = 8.0  # seconds: somebody waits in front of the screen


class InvitationMailFailed(Exception):
    """The mail did not leave; the reason, fit to show to the user."""


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """What the mail says; `key` makes its Message-ID."""

    key: str
    email: str
    language: str
    host: str
    companies: tuple[str, ...]
    link: str
    expires_at: datetime


def can_mail_invitations(company: Company) -> bool:
    """True when a mail of the company really reaches the person it is written to."""
    is_live = company.mail_mode == Company.MailMode.LIVE and not company.is_demo
    return is_live and company.can_send_mail()


def send_invitation_mail(company: Company, invitation: InvitationMail, *, now: datetime) -> None:
    """Send it at once. Raises InvitationMailFailed."""
    language = own_language(invitation.language)
    with override(language):
        mail = _mail(company, invitation)
    try:
        with open_trial_session(company, patience=_PATIENCE) as session:
            send_own_mail(session, company, mail, to=MailAddress("", invitation.email), now=now)
    except (SendError, MailRefused) as error:
        raise InvitationMailFailed(str(error)) from error


def _mail(company: Company, invitation: InvitationMail) -> OwnMail:
    names = ", ".join(invitation.companies)
    nodes = [
        paragraph(_("Bonjour,")),
        paragraph(
            ngettext(
                "%(host)s vous invite à suivre avec Encaisse les factures de %(names)s.",
                "%(host)s vous invite à suivre avec Encaisse les factures de plusieurs sociétés : "
                "%(names)s.",
                len(invitation.companies),
            )
            % {"host": invitation.host, "names": names}
        ),
        link(invitation.link, _("Accepter l’invitation")),
        paragraph(
            _(
                "Ce lien est pour vous seul et vaut jusqu’au %(day)s. Si vous n’attendiez pas ce "
                "message, laissez-le sans suite."
            )
            % {"day": short_date(company.local_day(invitation.expires_at))}
        ),
    ]
    subject = _("Invitation à rejoindre %(names)s sur Encaisse") % {"names": names}
    return OwnMail(invitation.key, subject, nodes, own_language(invitation.language))
