"""The filled body as a small tree: what mail, plain text and letters are laid out from.

A node is `{"text": …}` or `{"name": …, "children": […]}`; a link adds `href`. Only the names
below exist in it, whatever was typed, and it is never deeper than a letter can be.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

import nh3

from encaisse.messaging.rules.blocks import Node

MAX_DEPTH = 12  # the letters' engine stops at about 30 nested calls

# Private characters standing in the filled text for what is not text.
EMPTY_MARK = "\ue000"
BLOCK_MARKS = {"tableau": "\ue010", "rib": "\ue011", "qr_virement": "\ue012", "logo": "\ue013"}

_INLINE = frozenset({"strong", "em", "u", "a"})
_FLOWING = frozenset({"p", "h2", "h3"})
_CONTAINERS = frozenset({"root", "blockquote", "li", "td"})
_LISTS = frozenset({"ul", "ol", "table", "tr"})
_TRIMMED = _FLOWING | _CONTAINERS
_NEVER_PRUNED = frozenset({"root", "td", "tr"})
_SAME = {"b": "strong", "i": "em", "th": "td", "h1": "h2"}
_TRANSPARENT = frozenset({"div", "tbody", "thead"})

_cleaner = nh3.Cleaner(
    tags={*_INLINE, *_FLOWING, *_LISTS, *_SAME, *_TRANSPARENT, "blockquote", "li", "td", "br"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)
_TOKEN = re.compile(r'<(/?)([a-z0-9]+)(?: href="([^"]*)")?>|([^<]+)')
_MARK = re.compile("([" + "".join(BLOCK_MARKS.values()) + "])")
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\u00bb\u2019']")

_SEPARATOR = r"[ \u00a0]*[,;·|/–—-][ \u00a0]*"
_AFTER_SEPARATOR = re.compile(
    _SEPARATOR + EMPTY_MARK + r"(?=[ \u00a0]*(?:[,;·|/–—-]|\.?\s*(?:$|<br|</)))"
)
_BEFORE_SEPARATOR = re.compile(r"(^|>)(\s*)" + EMPTY_MARK + _SEPARATOR)
_BETWEEN_SPACES = re.compile(f"(^|[ \u00a0>]){EMPTY_MARK}[ \u00a0]?")
_BEFORE_COMMA = re.compile(f"[ \u00a0]?{EMPTY_MARK}(?=[,.])")


@dataclass(slots=True)
class _Frame:
    name: str  # "" for a tag that is read but not kept
    node: Node
    implicit: bool = False


def tidy(text: str) -> str:
    """The text without the marks of empty values, nor the separators they leave dangling.

    « Jeanne Morel, ∅ – Morel SA – ∅ » becomes « Jeanne Morel – Morel SA ».
    """
    lines = text.split("\n")
    return "\n".join(_tidy_line(line) if EMPTY_MARK in line else line for line in lines)


def _tidy_line(line: str) -> str:
    line = _AFTER_SEPARATOR.sub("", line)
    line = _BEFORE_SEPARATOR.sub(r"\1\2", line)
    line = _BEFORE_COMMA.sub("", line)
    return _BETWEEN_SPACES.sub(r"\1", line).replace(EMPTY_MARK, "")


def build_tree(filled: str, blocks: Mapping[str, Node], links: frozenset[str]) -> list[Node]:
    """The nodes of a filled body, cleaned by an allow-list.

    `blocks` gives the node of each block mark; an address in `links` becomes a link where it
    stands alone in the text.
    """
    builder = _Builder(blocks, links)
    clean = _with_single_spaces(_cleaner.clean(tidy(filled)))
    for closing, tag, href, text in _TOKEN.findall(clean):
        if text:
            text = text.replace("&nbsp;", "\u00a0")  # in most French sentences
            builder.text(html.unescape(text) if "&" in text else text)
        elif closing:
            builder.close()
        else:
            builder.open(tag, html.unescape(href) if href else "")
    return builder.finish()


def _with_single_spaces(text: str) -> str:
    """No-break spaces are kept."""
    text = text.replace("\t", " ").replace("\r", " ").replace("\n", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


class _Builder:
    """Turns well nested tags into nodes; implicit paragraphs hold what stands outside any."""

    def __init__(self, blocks: Mapping[str, Node], links: frozenset[str]) -> None:
        self._blocks = blocks
        self._links = links
        self._stack = [_Frame("root", {"name": "root", "children": []})]

    def finish(self) -> list[Node]:
        """The children of the root, everything closed."""
        while len(self._stack) > 1:
            self._pop()
        children: list[Node] = self._stack[0].node["children"]
        return children

    def open(self, tag: str, href: str) -> None:
        """Read an opening tag; each but `br` is closed by one call of close()."""
        name = _SAME.get(tag, tag)
        if name == "br":
            self._inline_context()
            self._children().append({"name": "br"})
        elif name in _INLINE:
            self._open_inline(name, href)
        else:
            self._open_block(name)

    def close(self) -> None:
        """Read a closing tag: the innermost explicit one."""
        while self._stack[-1].implicit:
            self._pop()
        self._pop()

    def text(self, text: str) -> None:
        """Add text, its spaces single, the block marks in it replaced by their blocks."""
        for part in _MARK.split(text) if _MARK.search(text) else (text,):
            if part in self._blocks:
                self._add_block(self._blocks[part])
            elif part.strip(" ") or (part and self._top() not in _CONTAINERS | _LISTS):
                self._inline_context()
                self._add_text(part)

    def _open_inline(self, name: str, href: str) -> None:
        self._inline_context()
        if len(self._stack) >= MAX_DEPTH or (name == "a" and not href):
            self._push("")
            return
        self._push(name)
        if href:
            self._stack[-1].node["href"] = href

    def _open_block(self, name: str) -> None:
        while self._stack[-1].implicit:
            self._pop()
        inside_text = self._top() in _INLINE | _FLOWING
        if inside_text and self._children():
            self._children().append({"name": "br"})
        kept = not inside_text and len(self._stack) < MAX_DEPTH and name not in _TRANSPARENT
        self._push(name if kept else "")

    def _add_block(self, block: Node) -> None:
        """Put a block in the nearest container, the paragraph it interrupts resumed after it."""
        interrupted = []
        while self._top() not in _CONTAINERS:
            interrupted.append(self._stack[-1])
            self._pop()
        self._children().append(block)
        for frame in reversed(interrupted):
            self._push(frame.name, implicit=frame.implicit)
            if "href" in frame.node:
                self._stack[-1].node["href"] = frame.node["href"]

    def _add_text(self, text: str) -> None:
        children, start = self._children(), 0
        if self._links and "://" in text and all(frame.name != "a" for frame in self._stack):
            for match in _LINK.finditer(text):
                if match[0] in self._links:
                    if match.start() > start:
                        children.append({"text": text[start : match.start()]})
                    label = [{"text": match[0]}]
                    children.append({"name": "a", "href": match[0], "children": label})
                    start = match.end()
        if start < len(text):
            children.append({"text": text[start:]})

    def _inline_context(self) -> None:
        top = self._top()
        if top in _LISTS:
            self._push("li" if top in ("ul", "ol") else "td", implicit=True)
        elif top in ("root", "blockquote"):
            self._push("p", implicit=True)

    def _push(self, name: str, *, implicit: bool = False) -> None:
        node: Node = {"name": name, "children": []}
        if name:
            self._children().append(node)
        else:
            node = self._stack[-1].node
        self._stack.append(_Frame(name, node, implicit))

    def _pop(self) -> None:
        frame = self._stack.pop()
        if not frame.name:
            return
        if frame.name in _TRIMMED:
            _trim(frame.node["children"])
        if not frame.node["children"] and frame.name not in _NEVER_PRUNED:
            self._children().pop()

    def _top(self) -> str:
        """The name of the innermost node kept."""
        name: str = self._stack[-1].node["name"]
        return name

    def _children(self) -> list[Node]:
        children: list[Node] = self._stack[-1].node["children"]
        return children


def _trim(children: list[Node]) -> None:
    """Drop the spaces at both ends of a paragraph, and the line breaks after its last word."""
    while children and _is_blank(children[-1]):
        children.pop()
    while children and _is_blank(children[0]):
        del children[0]
    if children:
        first, last = _edge(children[0], 0), _edge(children[-1], -1)
        if "text" in first:
            first["text"] = first["text"].lstrip(" ")
        if "text" in last:
            last["text"] = last["text"].rstrip(" ")


def _edge(node: Node, side: int) -> Node:
    """The innermost node at one side of an inline node."""
    while node.get("name") in _INLINE and node["children"]:
        node = node["children"][side]
    return node


def _is_blank(node: Node) -> bool:
    return node.get("name") == "br" or ("text" in node and not node["text"].strip(" "))
