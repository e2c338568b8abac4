"""The files that go along with a message: those of a form not sent yet, and those that left.

A form's files lie in a folder named after its token, below joined/<company>/: an error on the form
loses none. Once the message is ordered the folder is kept; one whose form was left is swept.
"""

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.core.file_names import safe_file_name
from encaisse.messaging.mail import Attachment, MailRefused
from encaisse.tenancy.models import Company

MOST_FILES = 15
MOST_BYTES = 15 * 1024 * 1024
_ROOT = "joined"
_KEPT = ".kept"
_ABANDONED_AFTER = timedelta(days=1)
_TOKEN = re.compile(r"[0-9a-f]{32}")
# In bytes: file systems take 255.
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message: kept below the files folder at `path`."""

    name: str
    path: str
    type: str = _UNKNOWN_TYPE

    @property
    def size(self) -> int:
        """In bytes. Raises FileNotFoundError."""
        return self.full.stat().st_size

    @property
    def full(self) -> Path:
        """Where the file lies."""
        return Path(settings.MEDIA_ROOT) / self.path

    def as_json(self) -> dict[str, Any]:
        """As the reminder's row keeps it."""
        return asdict(self)


def check_attached(files: Sequence[Attached]) -> None:
    """Raises MailRefused for more than 15 files, or more than 15 MB in all."""
    if len(files) > MOST_FILES:
        raise MailRefused(_("Quinze pièces jointes au plus."))
    if sum(file.size for file in files) > MOST_BYTES:
        raise MailRefused(_("Les pièces jointes dépassent 15 Mo : retirez-en."))


def attachments_of(reminder: Reminder) -> list[Attached]:
    """The files of a message, in their order."""
    return [Attached(**row) for row in reminder.attachments]


def attached(reminder: Reminder) -> list[Attachment]:
    """The same, read for a message about to leave. Raises MailRefused when one is gone."""
    return [_read(file) for file in attachments_of(reminder)]


def _read(file: Attached) -> Attachment:
    try:
        return Attachment(file.name, file.type, file.full.read_bytes())
    except FileNotFoundError as error:
        raise MailRefused(
            _("La pièce jointe « %(name)s » n’est plus sur le serveur.") % {"name": file.name}
        ) from error


# -- of a form that is not sent yet --------------------------------------------------------------


def is_token(text: str) -> bool:
    """True for the name of a form; anything else is no folder of ours."""
    return _TOKEN.fullmatch(text) is not None


def attach(company: Company, token: str, name: str, content: Iterable[bytes]) -> None:
    """Keep a file for a form; one of the same name takes its place.

    Raises MailRefused for one file too many or too large, the others are still there; and once the
    form was sent, for its files belong to the message.
    """
    if was_sent(company, token):
        raise MailRefused(_("Ce message est déjà parti avec ses fichiers."))
    name = safe_file_name(name)
    others = [file for file in attached_to(company, token) if file.name != name]
    if len(others) >= MOST_FILES:
        raise MailRefused(_("Quinze pièces jointes au plus."))
    room = MOST_BYTES - sum(file.size for file in others)
    folder = _folder(company, token)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}"
    try:
        _write(partial, content, room)
        partial.replace(folder / name)
    finally:
        partial.unlink(missing_ok=True)


def _write(path: Path, content: Iterable[bytes], room: int) -> None:
    with path.open("wb") as file:
        for part in content:
            room -= len(part)
            if room < 0:
                raise MailRefused(_("Les pièces jointes dépassent 15 Mo : retirez-en."))
            file.write(part)


def attached_to(company: Company, token: str) -> list[Attached]:
    """The files of a form, in the order in which they came."""
    folder = _folder(company, token)
    if not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if not path.name.startswith(".")]
    files.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
    return [_attached(path) for path in files]


def detach(company: Company, token: str, name: str) -> None:
    """Drop a file of a form, if it is still there; none of a form that was sent."""
    if not was_sent(company, token):
        (_folder(company, token) / safe_file_name(name)).unlink(missing_ok=True)


def keep_attached(company: Company, token: str) -> None:
    """The form was sent: its files belong to the message from now on."""
    folder = _folder(company, token)
    if folder.is_dir():
        (folder / _KEPT).touch()


def was_sent(company: Company, token: str) -> bool:
    """True once the files of a form belong to a message."""
    return (_folder(company, token) / _KEPT).exists()


def sweep_abandoned(now: datetime) -> int:
    """Remove the files of forms that were left a day ago; how many forms."""
    limit = (now - _ABANDONED_AFTER).timestamp()
    abandoned = [
        folder
        for folder in (Path(settings.MEDIA_ROOT) / _ROOT).glob("*/*")
        if is_token(folder.name)
        and folder.stat().st_mtime < limit
        and not (folder / _KEPT).exists()
    ]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return len(abandoned)


def _folder(company: Company, token: str) -> Path:
    if not is_token(token):
        raise ValueError("not the token of a form")
    return Path(settings.MEDIA_ROOT) / _ROOT / company.slug / token


def _attached(path: Path) -> Attached:
    relative = path.relative_to(settings.MEDIA_ROOT)
    return Attached(path.name, relative.as_posix(), guess_type(path.name)[0] or _UNKNOWN_TYPE)
