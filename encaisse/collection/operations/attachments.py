"""The files that go along with a message."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.messaging.mail import Attachment, MailRefused

MOST_FILES = 15
MOST_BYTES = 15 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message: kept below the files folder at `path`."""

    name: str
    path: str
    type: str = "application/octet-stream"

    def as_json(self) -> dict[str, Any]:
        """As the reminder's row keeps it."""
        return asdict(self)


def check_attached(files: Sequence[Attached]) -> None:
    """Raises MailRefused for more than 15 files, or more than 15 MB in all."""
    if len(files) > MOST_FILES:
        raise MailRefused(_("Quinze pièces jointes au plus."))
    if sum(_full(file.path).stat().st_size for file in files) > MOST_BYTES:
        raise MailRefused(_("Les pièces jointes dépassent 15 Mo : retirez-en."))


def attached(reminder: Reminder) -> list[Attachment]:
    """The files of a message about to leave. Raises MailRefused when one is gone."""
    return [_read(Attached(**row)) for row in reminder.attachments]


def _read(file: Attached) -> Attachment:
    try:
        return Attachment(file.name, file.type, _full(file.path).read_bytes())
    except FileNotFoundError as error:
        raise MailRefused(
            _("La pièce jointe « %(name)s » n’est plus sur le serveur.") % {"name": file.name}
        ) from error


def _full(path: str) -> Path:
    return Path(settings.MEDIA_ROOT) / path
