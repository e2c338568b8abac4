"""A tree as the HTML of an e-mail: styles inline, no class, readable in dark mode.

No image but the company's logo, which the e-mail carries: nothing is ever fetched. Colours are left
to the reader's software, except rules and notes in mid greys, and white under the logo, so that a
dark background never hides anything.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from encaisse.core.money import NO_BREAK
from encaisse.messaging.rules.blocks import Node
from encaisse.messaging.rules.content import Language

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_CELL = "padding:6px 5px;border-bottom:1px solid #b5b5b5"
_FIGURES = "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums"
_HEADINGS = {"left": "text-align:left", "right": "text-align:right"}
_ALIGNED = {"left": "text-align:left", "right": _FIGURES}
_TABLE = "width:100%;border-collapse:collapse;font-size:13px;margin:0 0 16px"
_OPENINGS = {
    "p": '<p style="margin:0 0 16px">',
    "h2": '<h2 style="font-size:18px;line-height:1.3;margin:24px 0 12px">',
    "h3": '<h3 style="font-size:16px;line-height:1.3;margin:20px 0 8px">',
    "ul": '<ul style="margin:0 0 16px;padding-left:24px">',
    "ol": '<ol style="margin:0 0 16px;padding-left:24px">',
    "li": '<li style="margin:0 0 4px">',
    "blockquote": (
        '<blockquote style="margin:0 0 16px;padding-left:12px;border-left:3px solid #b5b5b5">'
    ),
    "table": f'<table style="{_TABLE}">',
    "td": f'<td style="{_CELL};vertical-align:top">',
    "u": '<span style="text-decoration:underline">',
}
_CLOSINGS = {"u": "</span>"}
_MARKUP = re.compile("[&<>]")
_PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n</head>\n'
    '<body style="margin:0;padding:0">\n'
    f'<div style="max-width:640px;margin:0 auto;padding:24px 16px;{_FONT};'
    'font-size:15px;line-height:1.5">\n{content}\n</div>\n</body>\n</html>\n'
)


def html_page(nodes: Iterable[Node], *, title: str, language: Language) -> str:
    """The whole HTML document of a message."""
    content = "\n".join(_block(node) for node in nodes)
    return _PAGE.format(language=language, title=escape(title), content=content)


def _block(node: Node) -> str:
    if "text" in node:
        return _escaped(node["text"])
    name: str = node["name"]
    if special := _SPECIAL.get(name):
        return special(node)
    content = "".join([_block(child) for child in node["children"]])
    return f"{_OPENINGS.get(name, f'<{name}>')}{content}{_CLOSINGS.get(name, f'</{name}>')}"


def _link(node: Node) -> str:
    content = "".join([_block(child) for child in node["children"]])
    return f'<a href="{escape(node["href"])}">{content}</a>'


def _entries(node: Node) -> str:
    html = _grid(node, node["total"])
    if others := node.get("others"):
        title = escape(others["title"], quote=False)
        html += f'\n<p style="margin:0 0 8px">{title}</p>\n{_grid(others, [])}'
    return html


def _grid(node: Node, total: list[str]) -> str:
    sides = [column["align"] for column in node["columns"]]
    headings = [_HEADINGS[side] for side in sides]
    styles = [_ALIGNED[side] for side in sides]
    if not node.get("wraps"):  # a document's number does not break at its hyphens
        styles[0] += ";white-space:nowrap"
    labels = [column["label"] for column in node["columns"]]
    rows = [_row(labels, headings, tag='th scope="col"', weight="600")]
    rows += [_row(row, styles) for row in node["rows"]]
    if total:
        rows.append(_row(total, styles, weight="700"))
    return (
        f'<div style="overflow-x:auto"><table style="{_TABLE}">\n'
        + "\n".join(rows)
        + "\n</table></div>"
    )


def _row(
    cells: Sequence[str | Node], styles: list[str], *, tag: str = "td", weight: str = ""
) -> str:
    bold = f";font-weight:{weight}" if weight else ""
    html = "".join(
        [
            f'<{tag} style="{_CELL};{style}{bold}">{_cell(cell)}</{tag[:2]}>'
            for cell, style in zip(cells, styles, strict=True)
        ]
    )
    return f"<tr>{html}</tr>"


def _cell(cell: str | Node) -> str:
    return _escaped(cell) if isinstance(cell, str) else _block(cell)


def _escaped(text: str) -> str:
    """Figures and most words hold nothing to escape."""
    return escape(text, quote=False) if _MARKUP.search(text) else text


def _bank(node: Node) -> str:
    lines = "".join(
        [
            f'<tr><td style="padding:2px 16px 2px 0;white-space:nowrap;vertical-align:top">'
            f'{escape(label, quote=False)}</td><td style="padding:2px 0">'
            # Plain spaces: an IBAN may wrap on a telephone.
            f"<strong>{escape(value.replace(NO_BREAK, ' '), quote=False)}</strong></td></tr>"
            for label, value in node["lines"]
        ]
    )
    return (
        '<table style="border-collapse:collapse;font-size:14px;margin:0 0 8px">'
        f"{lines}</table>\n"
        f'<p style="margin:0 0 16px;font-size:13px">{escape(node["notice"], quote=False)}</p>'
    )


def _logo(node: Node) -> str:
    return (
        f'<p style="margin:0 0 16px"><img src="{escape(node["src"])}" alt="{escape(node["alt"])}"'
        f' width="{node["width"]}" height="{node["height"]}" style="display:block;border:0;'
        'max-width:100%;height:auto;background-color:#ffffff;color:#1a201d"></p>'
    )


_SPECIAL: dict[str, Callable[[Node], str]] = {
    "br": lambda _node: "<br>",
    "a": _link,
    "entries": _entries,
    "bank": _bank,
    "logo": _logo,
    "qr": lambda _node: "",  # a code on a screen cannot be scanned by the phone that shows it
}
