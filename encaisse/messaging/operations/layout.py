"""Changing how the letters of a company look."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from encaisse.messaging.letters.pictures import Picture, Use
from encaisse.messaging.models import LetterLayout
from encaisse.messaging.queries.layout import LAYOUT_CHOICES, layout_row
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company


@transaction.atomic
def change_letter_layout(
    company: Company,
    choices: Mapping[str, Any],
    *,
    author: Author,
    pictures: Mapping[Use, Picture | None] | None = None,
) -> LetterLayout:
    """Keep the choices and the pictures that are given; None takes a picture away.

    The journal keeps what each was and became; nothing changed leaves no line.
    """
    row = layout_row(company)
    before = _known(row)
    write_choices(row, choices)
    for use, picture in (pictures or {}).items():
        setattr(row, use.value, _kept(company, use, picture) if picture else "")
        setattr(row, f"{use.value}_name", picture.name[:120] if picture else "")
    after = _known(row)
    changed = [name for name, value in after.items() if before[name] != value]
    if changed:
        row.save()
        record_event(
            "letters.changed",
            company=company,
            author=author,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return row


def write_choices(row: LetterLayout, choices: Mapping[str, Any]) -> None:
    """Set some choices on a row, without saving it. Raises KeyError for an unknown one."""
    for name, value in choices.items():
        if name not in LAYOUT_CHOICES:
            raise KeyError(name)
        setattr(row, name, value)


def _known(row: LetterLayout) -> dict[str, Any]:
    names = (*LAYOUT_CHOICES, *(use.value for use in Use), *(f"{use.value}_name" for use in Use))
    return {name: getattr(row, name) for name in names}


def _kept(company: Company, use: Use, picture: Picture) -> str:
    """Write the file; its path below the files folder.

    Earlier files stay: a print run under way may still read them.
    """
    digest = sha256(picture.content).hexdigest()[:20]
    path = Path("layout") / company.slug / f"{use.value}-{digest}.{picture.suffix}"
    full = Path(settings.MEDIA_ROOT) / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(picture.content)
    return path.as_posix()
