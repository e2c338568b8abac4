"""Text as search and recognition compare it."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower case, no accent, no punctuation, single spaces: « Œuvre d’Été » → `oeuvre d ete`.

    The same on every database, unlike their own collations.
    """
    if not text.isascii():
        spread = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        text = "".join(char for char in spread if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", text.lower()).strip()
