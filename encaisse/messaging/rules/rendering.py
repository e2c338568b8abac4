"""Filling a template with the facts of one customer."""

import re
from dataclasses import dataclass
from typing import NoReturn

from markupsafe import Markup, escape

from encaisse.core.wording import sentence
from encaisse.messaging.rules.as_html import html_page
from encaisse.messaging.rules.as_text import plain_text
from encaisse.messaging.rules.blocks import Node, bank_node, entries_node, logo_node
from encaisse.messaging.rules.content import Logo, MessageData
from encaisse.messaging.rules.placeholders import CATALOGUE, Placeholder
from encaisse.messaging.rules.templates import TemplateRefused, check_template, compile_template
from encaisse.messaging.rules.trees import BLOCK_MARKS, EMPTY_MARK, build_tree, tidy

__all__ = ["Rendered", "TemplateRefused", "check_template", "render", "settle"]

# Control characters, text direction overrides, half characters, and the private ones of marks.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff]"
)

_ONE_LINE = re.compile(r"[ \t\r\n]+")
_LINKS = ("lien_paiement", "lien_portail", "lien_factures")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message ready to leave: `html` and `text` for a mail, `nodes` (JSON) for a letter.

    `logo` is the picture that the HTML shows, if it shows it.
    """

    subject: str
    html: str
    text: str
    nodes: list[Node]
    logo: Logo | None = None


class _Empty(Markup):
    """An optional value that is missing: false in a condition, a mark to tidy in the text."""

    def __bool__(self) -> bool:
        return False


class _Missing:
    """A mandatory value that is missing: false in a condition, refused where it is printed."""

    def __init__(self, placeholder: Placeholder) -> None:
        self._placeholder = placeholder

    def __bool__(self) -> bool:
        return False

    def _refuse(self) -> NoReturn:
        name, label = self._placeholder.name, self._placeholder.label
        raise TemplateRefused(
            sentence(
                "« %(name)s » (%(label)s) est vide : complétez cette donnée, ou mettez la phrase "
                "dans une condition « {%% if %(name)s %%} ».",
                name=name,
                label=label,
            )
        )

    __str__ = _refuse
    __html__ = _refuse


class _Lines(str):
    """A value of several lines, whose line breaks are kept in the body."""

    __slots__ = ()

    def __html__(self) -> str:
        return escape(str(self)).replace("\n", Markup("<br>"))


_EMPTY = _Empty(EMPTY_MARK)


def render(subject: str, body: str, data: MessageData) -> Rendered:
    """The message of one customer, in the three forms it can leave in.

    Raises TemplateRefused for a template that check_template faults, for a mandatory placeholder
    printed while empty, and for a subject or a body that comes out empty.
    """
    template = compile_template(subject, body)
    values = {name: _value(CATALOGUE[name], data) for name in template.names}
    filled_subject = _ONE_LINE.sub(" ", tidy(template.subject.render(values))).strip()
    nodes = build_tree(template.body.render(values), _blocks(template.names, data), _links(data))
    if (subject.strip() and not filled_subject) or not nodes:
        raise TemplateRefused(sentence("Le message est vide une fois les balises remplacées."))
    html = html_page(nodes, title=filled_subject, language=data.language)
    return Rendered(
        subject=filled_subject,
        html=html,
        text=plain_text(nodes),
        nodes=nodes,
        logo=data.logo if data.logo and data.logo.cid in html else None,
    )


class _Kept(Markup):
    """A placeholder that stays one: as true in a condition as its value is."""

    is_known: bool

    @classmethod
    def of(cls, name: str, *, is_known: bool) -> "_Kept":
        kept = cls("{{ " + name + " }}")
        kept.is_known = is_known
        return kept

    def __bool__(self) -> bool:
        return self.is_known


def settle(subject: str, body: str, data: MessageData) -> tuple[str, str]:
    """The text as a person goes on writing it: conditions decided, placeholders still there.

    Raises TemplateRefused for a template that check_template faults.
    """
    template = compile_template(subject, body)
    values = {
        name: _Kept.of(name, is_known=bool(_value(CATALOGUE[name], data)))
        for name in template.names
    }
    settled = template.subject.render(values), template.body.render(values)
    return _ONE_LINE.sub(" ", settled[0]).strip(), settled[1].strip()


def _value(placeholder: Placeholder, data: MessageData) -> object:
    """What the template engine sees under a name: a text, a mark, or a missing value."""
    name = placeholder.name
    if placeholder.kind == "flag":
        return bool(data.values.get(name))
    if placeholder.kind == "block":
        text = BLOCK_MARKS[name] if _has_block(name, data) else ""
    else:
        text = _text(name, data)
    if not text:
        return _Missing(placeholder) if placeholder.mandatory else _EMPTY
    return _Lines(text) if "\n" in text else text


def _text(name: str, data: MessageData) -> str:
    value = data.values.get(name)
    if name == "reference_virement" and not value:
        value = data.reference
    return _FORBIDDEN.sub("", value).strip() if isinstance(value, str) else ""


def _has_block(name: str, data: MessageData) -> bool:
    if name == "tableau":
        return data.table is not None and bool(data.table.rows)
    if name == "logo":
        return data.logo is not None
    return data.bank is not None and (name == "rib" or data.amount_minor > 0)


def _blocks(names: tuple[str, ...], data: MessageData) -> dict[str, Node]:
    """The node of each block the template prints, by its mark."""
    blocks: dict[str, Node] = {}
    if "tableau" in names and data.table is not None:
        blocks[BLOCK_MARKS["tableau"]] = entries_node(data.table, data.language)
    if "rib" in names and data.bank is not None:
        blocks[BLOCK_MARKS["rib"]] = bank_node(data.bank, data.language, data.reference)
    if "qr_virement" in names:
        blocks[BLOCK_MARKS["qr_virement"]] = {"name": "qr"}
    if "logo" in names and data.logo is not None:
        blocks[BLOCK_MARKS["logo"]] = logo_node(data.logo)
    return blocks


def _links(data: MessageData) -> frozenset[str]:
    return frozenset(text for name in _LINKS if (text := _text(name, data)))
