"""The versions of a text as people read them: words, and what each changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from encaisse.messaging.models import MessageTemplateVersion
from encaisse.messaging.rules.as_text import plain_text
from encaisse.messaging.rules.trees import build_tree


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of a text: there before and after, added, or taken away."""

    text: str
    is_added: bool = False
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version in words, compared with the one before it, if there is one."""

    version: MessageTemplateVersion
    before: MessageTemplateVersion | None

    @property
    def subject(self) -> list[Passage]:
        """The subject, or the name of a text that has none."""
        before = [_title(self.before)] if self.before else None
        return list(_compared(before, [_title(self.version)]))

    @property
    def body(self) -> list[Passage]:
        """The text, tags of the editor left aside, placeholders as they are written."""
        before = _lines(self.before.body) if self.before else None
        return list(_compared(before, _lines(self.version.body)))


def text_versions(versions: Sequence[MessageTemplateVersion]) -> list[TextVersion]:
    """The versions of a text, the present one first, each compared with the next."""
    return [TextVersion(*pair) for pair in zip_longest(versions, versions[1:])]


def _title(version: MessageTemplateVersion) -> str:
    return version.subject or version.label


def _lines(body: str) -> list[str]:
    """The lines of a text as a reader without HTML sees them."""
    return plain_text(build_tree(body, {}, frozenset())).rstrip("\n").split("\n")


def _compared(before: list[str] | None, after: list[str]) -> Iterator[Passage]:
    if before is None:
        yield Passage("\n".join(after))
        return
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Passage("\n".join(after[j1:j2]))
            continue
        if i1 < i2:
            yield Passage("\n".join(before[i1:i2]), is_dropped=True)
        if j1 < j2:
            yield Passage("\n".join(after[j1:j2]), is_added=True)
