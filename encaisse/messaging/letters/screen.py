"""A logo made for letters, as e-mails and pages show it: PNG or JPEG, at the size of a screen."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from encaisse.messaging.letters.pictures import drawing_as_png

# The frame of a logo, 60 × 16 mm as on letters, in the pixels of a screen.
_WIDTH, _HEIGHT = 227, 60
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """A picture and the size at which it is shown, in pixels of a screen."""

    content: bytes
    content_type: str
    width: int
    height: int


@lru_cache(maxsize=64)
def screen_picture(path: Path) -> ScreenPicture:
    """A logo kept by pictures.made_fit; read once, as such a file never changes.

    An SVG becomes a PNG: e-mail programs show no drawing. Raises OSError when it cannot be read.
    """
    content = path.read_bytes()
    if path.suffix == ".svg":
        content = drawing_as_png(content)
    with Image.open(BytesIO(content)) as image:
        (width, height), kind = image.size, image.format or ""
    scale = min(_WIDTH / width, _HEIGHT / height, 1)
    return ScreenPicture(
        content, _TYPES[kind], max(1, round(width * scale)), max(1, round(height * scale))
    )
