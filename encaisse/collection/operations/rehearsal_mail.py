"""E-mails of a rehearsal: one address gets them all, and each says whom it was written to."""

from collections.abc import Sequence
from email.header import Header

from django.utils.translation import gettext as _

from encaisse.messaging.transport import Receipt, RedirectSession

_END_OF_HEADERS = b"\r\n\r\n"
_SUBJECT = b"\r\nSubject: "


class RehearsalSession(RedirectSession):
    """Sends everything to one address; the subject names the true recipients."""

    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        """Send to the one address instead of the recipients."""
        return super().send(
            envelope_from=envelope_from,
            recipients=recipients,
            content=with_recipients(content, recipients),
        )


def with_recipients(content: bytes, recipients: Sequence[str]) -> bytes:
    """The mail with « [Répétition : compta@client.fr] » before its subject."""
    headers, end, body = content.partition(_END_OF_HEADERS)
    start, mark, subject = (b"\r\n" + headers).partition(_SUBJECT)
    if not mark:
        return content
    who = recipients[0] if len(recipients) == 1 else f"{recipients[0]} + {len(recipients) - 1}"
    # White space between two encoded words is not shown: then it belongs to the first.
    space = " " if subject.startswith(b"=?") else ""
    label = _("[Répétition : %(who)s]") % {"who": who} + space
    said = Header(label, "utf-8", header_name="Subject").encode(linesep="\r\n")
    rest = said.encode("ascii") + b"\r\n " + subject
    return (start + mark + rest)[2:] + end + body
