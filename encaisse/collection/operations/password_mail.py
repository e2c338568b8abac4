"""The mail that lets a person choose another password, through one of his companies."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

from django.utils.translation import gettext as _
from django.utils.translation import override

from encaisse.collection.operations.invitation_mail import can_mail_invitations
from encaisse.collection.operations.mail_session import open_trial_session
from encaisse.collection.operations.own_mail import OwnMail, link, paragraph, send_own_mail
from encaisse.messaging.mail import MailAddress, MailRefused
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.transport import SendError
from encaisse.tenancy.models import Company, User

_PATIENCE = 8.0  # seconds: somebody waits in front of the screen


def send_password_mail(
    user: User, companies: Sequence[Company], url: str, *, now: datetime
) -> bool:
    """Send the link by the first company whose mail leaves; False when none could."""
    language = own_language(user.language)
    with override(language):
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
        subject = _("Votre mot de passe Encaisse")
    mail = OwnMail(f"password:{token_hex(8)}", subject, nodes, language)
    to = MailAddress(user.full_name, user.email)
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
