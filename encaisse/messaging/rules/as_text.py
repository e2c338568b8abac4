"""A tree as plain text: what a reader without HTML, and every filter, sees of the message."""

from collections.abc import Iterable

from encaisse.messaging.rules.blocks import Node

_GAP = "  "


def plain_text(nodes: Iterable[Node]) -> str:
    """The message as plain text, blocks a blank line apart, tables in aligned columns."""
    return "\n\n".join(part for node in nodes if (part := _block(node))) + "\n"


def _block(node: Node) -> str:
    match node.get("name"):
        case "ul" | "ol":
            return _items(node)
        case "blockquote":
            return _indented("> ", "\n\n".join(_block(child) for child in node["children"]))
        case "table":
            return "\n".join(_user_row(row) for row in node["children"])
        case "entries":
            return _entries(node)
        case "bank":
            lines = [f"{label}{node['colon']}{value}" for label, value in node["lines"]]
            return "\n".join([*lines, node["notice"]])
        case "qr":
            return ""
        case "logo":
            return str(node["alt"])
        case _:
            return _mixed(node.get("children", [node]))


def _mixed(children: list[Node]) -> str:
    """Inline content, with the blocks a list item or a cell may hold on their own lines."""
    parts: list[str] = []
    for child in children:
        if child.get("name") in _BLOCKS:
            before = "\n" if parts and not parts[-1].endswith("\n") else ""
            parts.append(f"{before}{_block(child)}\n")
        else:
            parts.append(_inline(child))
    return "\n".join([line.strip(" ") for line in "".join(parts).rstrip("\n").split("\n")])


def _inline(node: Node) -> str:
    if "text" in node:
        text: str = node["text"]
        return text
    if node["name"] == "br":
        return "\n"
    label = "".join([_inline(child) for child in node["children"]])
    href = node.get("href", "")
    return label if not href or href.removeprefix("mailto:") == label else f"{label} ({href})"


def _items(node: Node) -> str:
    lines = []
    for number, item in enumerate(node["children"], start=1):
        bullet = f"{number}. " if node["name"] == "ol" else "– "
        content = _mixed(item["children"]).replace("\n", "\n" + " " * len(bullet))
        lines.append(bullet + content)
    return "\n".join(lines)


def _indented(prefix: str, text: str) -> str:
    return "\n".join(f"{prefix}{line}".rstrip() for line in text.split("\n"))


def _user_row(row: Node) -> str:
    return " | ".join(_mixed(cell["children"]).replace("\n", " ") for cell in row["children"])


def _entries(node: Node) -> str:
    text = _grid(node, node["total"])
    if others := node.get("others"):
        text += f"\n\n{others['title']}\n\n{_grid(others, [])}"
    return text


def _grid(node: Node, total: list[str]) -> str:
    labels = [column["label"] for column in node["columns"]]
    rows = [[_cell(cell) for cell in row] for row in node["rows"]]
    table = [labels, *rows, *([total] if total else [])]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    pads = [str.rjust if column["align"] == "right" else str.ljust for column in node["columns"]]
    lines = [
        _GAP.join(
            [pad(cell, width) for pad, cell, width in zip(pads, row, widths, strict=True)]
        ).rstrip()
        for row in table
    ]
    rule = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    lines.insert(1, rule)
    if total:
        lines.insert(-1, rule)
    return "\n".join(lines)


def _cell(cell: str | Node) -> str:
    """A cell's words; an address would break the columns."""
    return cell if isinstance(cell, str) else "".join(map(_inline, cell["children"]))


_BLOCKS = frozenset(
    {"p", "h2", "h3", "ul", "ol", "blockquote", "table", "entries", "bank", "qr", "logo"}
)
