"""What is about to leave by itself, told to people an hour before: time to stop it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from encaisse.collection.models import Reminder
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.own_mail import Node, OwnMail, bullets, paragraph, send_own_mail
from encaisse.collection.queries.automatic import NOTICE
from encaisse.core.money import format_amount
from encaisse.messaging.mail import MailAddress, MailRefused
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.transport import SendError
from encaisse.tenancy.journal import AUTOMATIC, record_event
from encaisse.tenancy.models import Company

_MOST_LINES = 200


class DigestFailed(Exception):
    """Some people could not be told; the text is fit to show to the user."""


def announce(company: Company, *, prepared_at: datetime, now: datetime) -> int:
    """Tell the company's people what one preparation is about to send; how many were told.

    Raises DigestFailed once all were tried. What leaves does not wait for it to succeed.
    """
    reminders = list(
        Reminder.objects.filter(company=company, created_at=prepared_at)
        .exclude(status__in=Reminder.DEAD)
        .select_related("customer")
        .order_by("medium", "-amount_minor", "id")
    )
    addresses = company.digest_to.split()
    if not reminders or not addresses:
        return 0
    with override(own_language(company.language)):
        mail = _mail(company, reminders, prepared_at)
    failed = []
    with open_session(company) as session:
        for address in addresses:
            try:
                send_own_mail(session, company, mail, to=MailAddress("", address), now=now)
            except (SendError, MailRefused) as error:
                failed.append(f"{address} – {error}")
    told = len(addresses) - len(failed)
    record_event(
        "digest.sent",
        company=company,
        author=AUTOMATIC,
        at=now,
        recipients=addresses,
        reminders=len(reminders),
        failed=failed,
    )
    if failed:
        raise DigestFailed(" ".join(failed))
    return told


def _mail(company: Company, reminders: Sequence[Reminder], prepared_at: datetime) -> OwnMail:
    count = len(reminders)
    leaves = (prepared_at + NOTICE).astimezone(company.zone)
    subject = ngettext(
        "%(count)d relance va partir à %(hour)s – %(company)s",
        "%(count)d relances vont partir à %(hour)s – %(company)s",
        count,
    ) % {"count": count, "hour": f"{leaves:%H:%M}", "company": company.name}
    nodes: list[Node] = [
        paragraph(
            _("Préparé par l’envoi automatique. Rien ne part avant %(hour)s.")
            % {"hour": f"{leaves:%H:%M}"}
        ),
        bullets(*(_line(reminder) for reminder in reminders[:_MOST_LINES])),
    ]
    if count > _MOST_LINES:
        nodes.append(paragraph(_("… et %(more)d autres.") % {"more": count - _MOST_LINES}))
    nodes.append(
        paragraph(
            _(
                "Pour en arrêter une, annulez-la dans Activités ; pour tout arrêter, suspendez les "
                "envois automatiques sur la page Agir par scénario."
            )
        )
    )
    key = f"digest:{company.pk}:{prepared_at.isoformat()}"
    return OwnMail(key, subject, nodes, own_language(company.language))


def _line(reminder: Reminder) -> str:
    what = f"{reminder.get_kind_display()} {reminder.level or ''}".strip()
    language = own_language(reminder.company.language)
    amount = format_amount(reminder.amount_minor, reminder.currency, language)
    parts = [reminder.customer.legal_name, what, str(reminder.get_medium_display()), amount]
    if reminder.status == Reminder.Status.TO_APPROVE:
        parts.append(_("à valider"))
    return " – ".join(parts)
