"""The user's guide: pages of Markdown in encaisse/web/guide, rendered and searched here.

French pages stand in the folder itself, those of another language in a folder named after it.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from encaisse.core.text import fold
from encaisse.web.language import current_language

FOLDER = Path(__file__).resolve().parents[2] / "guide"
# In the order in which one meets the screens.
PAGES = (
    "demarrer",
    "importer",
    "accueil",
    "qui-vous-doit-quoi",
    "echeances-encaissements-clients",
    "rechercher",
    "fiche-client",
    "promesses-et-litiges",
    "previsions",
    "relancer",
    "activites",
    "listes",
    "configurer",
    "devises",
    "utilisateurs-et-securite",
    "api",
    "webhooks",
    "ligne-de-commande",
    "questions",
)
_EXCERPT = 180

Address = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under one heading of second level, as plain text."""

    title: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A page of the guide; its first section is what stands above the first heading."""

    name: str
    title: str
    source: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A section that holds all the words that were searched."""

    page: GuidePage
    section: Section
    excerpt: str


def guide_pages() -> tuple[GuidePage, ...]:
    """All the pages in the language of the request, French where there is no translation."""
    return _pages(current_language())


@lru_cache(maxsize=4)
def _pages(language: str) -> tuple[GuidePage, ...]:
    translated = FOLDER / language
    folder = translated if translated.is_dir() else FOLDER
    return tuple(_read(folder, name) for name in PAGES)


def guide_page(name: str) -> GuidePage | None:
    """A page by its name."""
    return next((page for page in guide_pages() if page.name == name), None)


def rendered(page: GuidePage, address: Address) -> SafeString:
    """The page as HTML, its links to other pages leading to `address(name)`."""
    markdown = _markdown()
    tokens = markdown.parse(page.source)
    _anchor_headings(tokens)
    _lead_links(tokens, address)
    html = markdown.renderer.render(_without_title(tokens), markdown.options, {})
    # Our own text, rendered with HTML switched off.
    return SafeString(html)


def search(query: str) -> list[Finding]:
    """The sections with every word of the query, whatever the accents; titles first."""
    words = fold(query).split()
    if not words:
        return []
    found = [
        (_rank(section, words), Finding(page, section, _excerpt(section.text, words)))
        for page in guide_pages()
        for section in page.sections
        if all(word in fold(f"{page.title} {section.title} {section.text}") for word in words)
    ]
    return [finding for _rank, finding in sorted(found, key=lambda one: -one[0])]


def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _read(folder: Path, name: str) -> GuidePage:
    source = (folder / f"{name}.md").read_text(encoding="utf-8")
    sections: list[Section] = []
    title, heading, texts = "", "", list[str]()
    tokens = _markdown().parse(source)
    for opening, token in itertools.pairwise(tokens):
        if token.type != "inline":
            continue
        if opening.type == "heading_open" and opening.tag == "h1":
            title = _plain(token)
        elif opening.type == "heading_open" and opening.tag == "h2":
            sections.append(_section(heading, texts))
            heading, texts = _plain(token), []
        else:
            texts.append(_plain(token))
    sections.append(_section(heading, texts))
    kept = tuple(section for section in sections if section.title or section.text)
    return GuidePage(name, title, source, kept)


def _section(title: str, texts: Sequence[str]) -> Section:
    return Section(title, anchor(title), " ".join(texts))


def _plain(token: Token) -> str:
    parts = token.children or []
    return "".join(" " if part.type == "softbreak" else part.content for part in parts)


def anchor(title: str) -> str:
    """The fragment of a heading: « Deux personnes à la fois » → `deux-personnes-a-la-fois`."""
    return fold(title).replace(" ", "-")


def _anchor_headings(tokens: Sequence[Token]) -> None:
    for opening, token in itertools.pairwise(tokens):
        if opening.type == "heading_open" and opening.tag != "h1":
            opening.attrSet("id", anchor(_plain(token)))


def _lead_links(tokens: Sequence[Token], address: Address) -> None:
    for token in tokens:
        for part in token.children or []:
            target = str(part.attrGet("href") or "")
            if match := re.fullmatch(r"([a-z-]+)\.md(#[\w-]+)?", target):
                part.attrSet("href", address(match[1]) + (match[2] or ""))


def _without_title(tokens: list[Token]) -> list[Token]:
    """The page without its title, which the frame around it shows."""
    return tokens[3:] if tokens and tokens[0].tag == "h1" else tokens


def _rank(section: Section, words: Sequence[str]) -> int:
    return sum(word in fold(section.title) for word in words)


def _excerpt(text: str, words: Sequence[str]) -> str:
    """A few words around the first one found."""
    pieces = text.split()
    folded = [fold(piece) for piece in pieces]
    at = next((i for i, piece in enumerate(folded) if words[0] in piece), 0)
    start = max(0, at - 8)
    excerpt = " ".join(pieces[start:])
    cut = excerpt[:_EXCERPT].rsplit(" ", 1)[0] if len(excerpt) > _EXCERPT else excerpt
    return f"{'… ' if start else ''}{cut}{' …' if cut != excerpt else ''}"
