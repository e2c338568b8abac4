"""Whether a mail was opened: an image of our own, only where the company asked for it.

The image's address says which mail, signed, and nothing of who opens it is kept: neither network
address nor program, and only the first moment. A trace needs the consent of the person (CNIL).
"""

from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction

from encaisse.collection.models import Reminder
from encaisse.collection.operations.effects import journal_reminder
from encaisse.collection.queries.customer_links import is_reachable
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

CUSTOMER = Author("Client")
# Where the images are served, below the public address.
PATH = "suivi/"
_SIGNER = Signer(salt="encaisse.opening")


def opening_token(reminder: Reminder) -> str:
    """What names a mail in the address of its image."""
    return _SIGNER.sign(str(reminder.pk)).replace(":", "-", 1)


def with_image(html: str, reminder: Reminder, company: Company) -> str:
    """The HTML of a mail with its image at the end; as it was where openings are not followed."""
    if not company.tracks_opening or not is_reachable():
        return html
    address = f"{settings.SITE_URL}/{PATH}{opening_token(reminder)}.gif"
    image = f'<img src="{address}" width="1" height="1" alt="">'
    before, end, after = html.rpartition("</body>")
    return f"{before}{image}{end}{after}" if end else html + image


@transaction.atomic
def note_opening(token: str, *, now: datetime) -> bool:
    """The first opening of a mail that left; False for any other, and where nobody asked."""
    try:
        reminder_id = int(_SIGNER.unsign(token.replace("-", ":", 1)))
    except (BadSignature, ValueError):
        return False
    mail = Reminder.objects.filter(
        pk=reminder_id, opened_at=None, status__in=Reminder.LEFT, company__tracks_opening=True
    )
    if not mail.update(opened_at=now):
        return False
    reminder = Reminder.objects.select_related("customer").get(pk=reminder_id)
    journal_reminder("reminder.opened", reminder, now=now, author=CUSTOMER)
    return True
