"""A text as it is kept: what an editor or another product wrote of it, put right."""

import re

from encaisse.messaging.rules.placeholders import modern

# An editor can only hold a condition that stands between paragraphs as a paragraph of its own.
_LONE_CODE = re.compile(
    r"<(?P<tag>p|li)>(?:\s|&nbsp;|<br\s*/?>)*(?P<code>(?:\{%[^{}]*%\}\s*)+)"
    r"(?:\s|&nbsp;|<br\s*/?>)*</(?P=tag)>"
)
_BREAKS = re.compile(r"[\t\r\n]+")
# Where the source is easier to read on lines of its own.
_BLOCK_END = re.compile(r"(</(?:p|ul|ol|h2|h3|table|blockquote)>)[ \t]*(?=<(?!/))")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def settled_source(source: str) -> str:
    """The body as it is kept: `{% if %}` between paragraphs bare, tags of other products ours."""
    text = modern(source.replace("\r\n", "\n"))
    bare = _LONE_CODE.sub(lambda found: found["code"].strip() + "\n", text)
    return _TRAILING.sub("", _BLOCK_END.sub(r"\1\n", bare)).strip()


def settled_subject(subject: str) -> str:
    """The subject on one line, tags of other products ours."""
    return _BREAKS.sub(" ", modern(subject)).strip()
