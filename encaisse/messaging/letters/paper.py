"""Making text fit for paper: characters the font has, words a line can hold, headings in order."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from encaisse.messaging.letters.epc import epc_svg
from encaisse.messaging.letters.layout import layout_content
from encaisse.messaging.letters.letter import LetterData, fit_address
from encaisse.messaging.rules.blocks import Node

REPLACEMENT = "\ufffd"

_ZERO_WIDTH_SPACE = "\u200b"
_LONG_WORD = re.compile(r"\S{25,}")
_WORD_PIECE = 12
# Joiners and variation selectors print nothing: without the sign they serve, they may go.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]")


class Ink:
    """Text made fit for a font; `missing` gathers the characters that it lacks."""

    def __init__(self, printable: frozenset[int]) -> None:
        self._printable = printable
        self.missing: set[str] = set()

    def cleaned(self, value: Any) -> Any:
        """The same value with every text in it made fit; names of nodes and links as they are."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, list):
            return [self.cleaned(item) for item in value]
        if isinstance(value, dict):
            return {
                key: item if key in ("name", "href", "align") else self.cleaned(item)
                for key, item in value.items()
            }
        return value

    def clean(self, text: str) -> str:
        """One text as it can be printed, long words breakable."""
        if text.isascii() and text.isprintable() and len(text) < 25:
            return text
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        if not self._printable.issuperset(map(ord, text)):
            text = "".join([self._printed(char) for char in text])
        return _LONG_WORD.sub(_breakable, text)

    def _printed(self, char: str) -> str:
        if ord(char) in self._printable:
            return char
        if char.isspace() or unicodedata.category(char).startswith("C"):
            return " "
        self.missing.add(char)
        return REPLACEMENT


class Sheet(Ink):
    """The content of a letter as the layout reads it, and what could not be printed as given."""

    def __init__(self, letter: LetterData, *, printable: frozenset[int]) -> None:
        super().__init__(printable)
        recipient, self.omitted_lines = fit_address(letter.recipient_lines)
        self.content: dict[str, Any] = {
            "language": letter.language,
            "title": self.clean(letter.title or letter.subject),
            "sender": [self.clean(line) for line in letter.sender_lines],
            "recipient": [self.clean(line) for line in recipient],
            "place_and_date": self.clean(letter.place_and_date),
            "references": [self.clean(line) for line in letter.reference_lines],
            "subject": self.clean(letter.subject),
            "nodes": self._nodes(letter.nodes),
            "qr": epc_svg(letter.epc_payload) if letter.epc_payload else None,
            "signature": [self.clean(line) for line in letter.signature_name.splitlines()],
            "footer": [self.clean(line) for line in letter.footer.splitlines()],
            "registered": letter.registered,
            "slip": [[self.clean(label), self.clean(value)] for label, value in letter.slip],
            "layout": layout_content(letter.layout),
        }

    def warnings(self) -> list[str]:
        """What differs on paper from what was asked."""
        found = []
        if self.missing:
            signs = " ".join(sorted(self.missing))
            found.append(
                _("Caractères absents de la police, remplacés par %(sign)s : %(signs)s")
                % {"sign": REPLACEMENT, "signs": signs}
            )
        if self.omitted_lines:
            lines = " / ".join(self.omitted_lines)
            found.append(_("Adresse trop longue pour la fenêtre, lignes omises : %s") % lines)
        return found

    def _nodes(self, nodes: list[Node]) -> list[Node]:
        heading = 1
        cleaned = []
        for node in nodes:
            copy = self.cleaned(node)
            if node.get("name") in ("h2", "h3"):
                # An accessible document never skips a level; the subject is the first.
                heading = copy["level"] = min(int(node["name"][1]), heading + 1)
            cleaned.append(copy)
        return cleaned


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    pieces = [text[start : start + _WORD_PIECE] for start in range(0, len(text), _WORD_PIECE)]
    return _ZERO_WIDTH_SPACE.join(pieces)
