"""The company's logo as messages show it: inside an e-mail, and where one is looked at here."""

import re
from base64 import b64encode
from pathlib import Path

from django.conf import settings

from encaisse.messaging.letters.screen import ScreenPicture, screen_picture
from encaisse.messaging.models import LetterLayout
from encaisse.messaging.rules.content import Logo
from encaisse.tenancy.models import Company

# What names the logo in an e-mail: its file, which never changes.
_IN_MAIL = re.compile(r' src="cid:(logo-[0-9a-f]{20})@[a-z0-9_-]+"')


def company_logo(company: Company) -> Logo | None:
    """The logo that the company gave for its letters; one query. None where it has none."""
    path = LetterLayout.objects.filter(company=company).values_list("logo", flat=True).first()
    picture = _picture(Path(settings.MEDIA_ROOT) / path) if path else None
    if not path or picture is None:
        return None
    return Logo(
        cid=f"{Path(path).stem}@{company.slug}",
        name=company.name,
        content=picture.content,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
    )


def as_shown_here(html: str, company: Company) -> str:
    """The HTML of an e-mail as a screen can show it, with the logo that it carries.

    Once its file is gone the company's name stands in its place.
    """
    if 'src="cid:' not in html:
        return html
    return _IN_MAIL.sub(lambda found: _as_data(found[1], company), html)


def data_address(logo: Logo | ScreenPicture) -> str:
    """A picture as an address that needs no other request."""
    return f"data:{logo.content_type};base64,{b64encode(logo.content).decode()}"


def _as_data(stem: str, company: Company) -> str:
    folder = Path(settings.MEDIA_ROOT) / "layout" / company.slug
    found = next(folder.glob(f"{stem}.*"), None)
    picture = _picture(found) if found else None
    return f' src="{data_address(picture)}"' if picture else ""


def _picture(path: Path) -> ScreenPicture | None:
    try:
        return screen_picture(path)
    except OSError:
        return None
