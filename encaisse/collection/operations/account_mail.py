"""Mails about a person's own account, through one of his companies."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

from django.utils.translation import gettext as _
from django.utils.translation import override

from encaisse.collection.operations.invitation_mail import can_mail_invitations
from encaisse.collection.operations.mail_session import open_trial_session
from encaisse.collection.operations.own_mail import Node, OwnMail, link, paragraph, send_own_mail
from encaisse.messaging.mail import MailAddress, MailRefused
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.transport import SendError
from encaisse.tenancy.models import Company, User

_PATIENCE = 8.0  # seconds: somebody waits in front of the screen


def send_password_mail(
    user: User, companies: Sequence[Company], url: str, *, now: datetime
) -> bool:
    """Send the link to another password; False when no company's mail could leave."""
    with override(own_language(user.language)):
        nodes = [
            paragraph(_("Bonjour,")),
            paragraph(_("Vous avez demandé un autre mot de passe pour Encaisse.")),
            link(url, _("Choisir un mot de passe")),
            paragraph(
                _(
                    "Ce lien ne sert qu’une fois. Si vous n’avez rien demandé, laissez ce message "
                    "sans suite : votre mot de passe reste le même."
                )
            ),
        ]
        mail = _mail(user, _("Votre mot de passe Encaisse"), nodes)
    return _send(mail, MailAddress(user.full_name, user.email), companies, now)


def send_confirmation_mail(
    user: User, email: str, companies: Sequence[Company], url: str, *, now: datetime
) -> bool:
    """Send to a new address the link that confirms it; False when no mail could leave."""
    with override(own_language(user.language)):
        nodes = [
            paragraph(_("Bonjour,")),
            paragraph(_("Cette adresse doit devenir celle de votre compte Encaisse.")),
            link(url, _("Confirmer l’adresse")),
            paragraph(
                _(
                    "Ce lien vaut un jour et ne sert qu’une fois. Si vous n’avez rien demandé, "
                    "laissez ce message sans suite : rien ne change."
                )
            ),
        ]
        mail = _mail(user, _("Confirmez votre adresse pour Encaisse"), nodes)
    return _send(mail, MailAddress(user.full_name, email), companies, now)


def send_changed_mail(
    user: User, before: str, companies: Sequence[Company], *, now: datetime
) -> bool:
    """Tell the former address that it opens the account no more; False when no mail could leave."""
    with override(own_language(user.language)):
        nodes = [
            paragraph(_("Bonjour,")),
            paragraph(
                _("Votre compte Encaisse a maintenant pour adresse %(email)s.")
                % {"email": user.email}
            ),
            paragraph(
                _(
                    "Si ce n’est pas vous, prévenez aussitôt un administrateur de votre société : "
                    "il peut désactiver le compte."
                )
            ),
        ]
        mail = _mail(user, _("Votre adresse a changé sur Encaisse"), nodes)
    return _send(mail, MailAddress(user.full_name, before), companies, now)


def _mail(user: User, subject: str, nodes: list[Node]) -> OwnMail:
    return OwnMail(f"account:{token_hex(8)}", subject, nodes, own_language(user.language))


def _send(mail: OwnMail, to: MailAddress, companies: Sequence[Company], now: datetime) -> bool:
    """By the first company whose mail leaves."""
    for company in companies:
        if not can_mail_invitations(company):
            continue
        try:
            with open_trial_session(company, patience=_PATIENCE) as session:
                send_own_mail(session, company, mail, to=to, now=now)
        except (SendError, MailRefused):
            continue
        return True
    return False
