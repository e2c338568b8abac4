"""The words of an answer: its text, or its HTML as text, without the message that it quotes."""

import re
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser

_MOST = 20_000
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base"})
_BREAKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"})
_SILENT = frozenset({"style", "script", "head", "title"})
_QUOTE_MARKS = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "divrplyfwdmsg", "appendonsend")
_LINES_OF_INTRO = 4
_STARTS = re.compile(
    r"^\s*(?:le\b.{5,300}?\ba écrit\s?:|on\b.{5,300}?\bwrote\s?:"
    r"|-{2,}\s?(?:message d[’']origine|message original|original message|message transféré)\s?-{2,}"
    r"|(?:de|from)\s?:.{1,300}?\b(?:envoyé|sent|date|à|to)(?: le)?\s?:)",
    re.IGNORECASE | re.DOTALL,
)
_MAY_START = re.compile(r"^\s*(?:le\b|on\b|-{2,}|de\s?:|from\s?:)", re.IGNORECASE)
_DATED = re.compile(r"^\s*(?:le|on)\b", re.IGNORECASE)
_RULE = re.compile(r"^\s*_{20,}\s*$")


def answer_text(message: Message, *, whole: bool = False) -> str:
    """What a mail says, at most 20 000 characters; with its quotations when `whole`.

    The plain text is preferred; without one the HTML is turned into text.
    """
    plain = "\n".join(part_text(part) for part in _parts(message, "text/plain")).strip()
    if not plain:
        pieces = (part_text(part) for part in _parts(message, "text/html"))
        plain = "\n".join(html_text(piece, whole=whole) for piece in pieces)
    text = _tidy(plain)
    return (text if whole else without_quotation(text))[:_MOST]


def part_text(part: Message) -> str:
    """The decoded text of one part; a wrong charset costs a few letters, never the text."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = str(part.get_content_charset() or "utf-8")
    try:
        text = raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        text = raw.decode("cp1252" if charset in ("us-ascii", "utf-8") else "utf-8", "replace")
    return text.replace("\x00", "")


def without_quotation(text: str) -> str:
    """The answer alone; the whole text when nothing but quotations would be left."""
    lines = text.splitlines()
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _begins_quotation(lines, number):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    answer = _tidy("\n".join(kept))
    return answer or text


def _begins_quotation(lines: list[str], number: int) -> bool:
    """True where the rest is the message answered: « Le … a écrit : », « De : … Envoyé : … »."""
    line = lines[number]
    if _RULE.match(line):
        following = next((text for text in lines[number + 1 :] if text.strip()), "")
        return bool(_MAY_START.match(following))
    if not _MAY_START.match(line):
        return False
    return bool(_STARTS.match("\n".join(_intro(lines[number : number + _LINES_OF_INTRO]))))


def _intro(lines: list[str]) -> Iterator[str]:
    """The lines that may announce a quotation together: none of its own among the others."""
    for number, line in enumerate(lines):
        if not line.strip() or (number and _DATED.match(line)):
            return
        yield line


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _parts(message: Message, kind: str) -> Iterator[Message]:
    """Its texts of a kind: neither the files, nor what an enclosed mail holds."""
    if message.get_content_type().startswith("message/"):
        return
    payload = message.get_payload()
    if isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part, kind)
    elif message.get_content_type() == kind and not message.get_filename():
        yield message


def html_text(html: str, *, whole: bool = False) -> str:
    """HTML as plain text, the quotations of the usual programs left out unless `whole`."""
    reader = _Reader(whole=whole)
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


class _Reader(HTMLParser):
    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._whole = whole
        # Elements open inside one that is not read.
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            if tag == "br" and not self._skipped:
                self.pieces.append("\n")
            return
        if self._skipped or tag in _SILENT or (not self._whole and _is_quotation(tag, attrs)):
            self._skipped.append(tag)
        elif tag in _BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            if tag in self._skipped:
                while self._skipped.pop() != tag:
                    pass
        elif tag in _BREAKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.pieces.append(re.sub(r"[ \t\r\n]+", " ", data))

    def _break(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")


def _is_quotation(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    if tag == "blockquote":
        return True
    given = " ".join(value or "" for name, value in attrs if name in ("class", "id")).lower()
    return any(mark in given for mark in _QUOTE_MARKS)
