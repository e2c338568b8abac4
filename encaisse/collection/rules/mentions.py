"""Who a note names: « @karim », « @Karim Benali », or the first part of an e-mail address."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from encaisse.core.text import fold

# An @ that begins a word: the one of an e-mail address does not.
_AT = re.compile(r"(?<![\w@.])@(?=\w)")
# Names are compared word by word, as far as this.
_MOST_WORDS = 5
_WORD = re.compile(r"[\w’'.-]*[\w]")


class Person(NamedTuple):
    """A colleague as a note may name him."""

    key: int
    first_name: str
    last_name: str
    email: str


class Mention(NamedTuple):
    """Where a note names somebody: from `start` (the @) to `end`."""

    start: int
    end: int
    key: int


def mentions_in(text: str, people: Sequence[Person]) -> list[Mention]:
    """The people named in a text, in order, the longest name first at each place.

    A first name or a family name that several bear names nobody: the full name is asked for.
    """
    names = _names(people)
    found = []
    for at in _AT.finditer(text):
        if mention := _named_at(text, at.start(), names):
            found.append(mention)
    return found


def unknown_names(text: str, people: Sequence[Person]) -> list[str]:
    """What looks like a name and leads to nobody, or to several: « @Zorro », once each."""
    known = {mention.start for mention in mentions_in(text, people)}
    found = [
        f"@{word[0]}"
        for at in _AT.finditer(text)
        if at.start() not in known
        and (word := _WORD.match(text, at.end()))
        and not word[0][0].isdigit()
    ]
    return [*dict.fromkeys(found)]


def _named_at(text: str, start: int, names: dict[str, int]) -> Mention | None:
    ends = []
    position = start + 1
    for _number in range(_MOST_WORDS):
        word = _WORD.match(text, position)
        if word is None:
            break
        ends.append(word.end())
        position = word.end()
        if text[position : position + 1] not in (" ", "\u00a0"):
            break
        position += 1
    for end in reversed(ends):
        key = names.get(fold(text[start + 1 : end]))
        if key is not None:
            return Mention(start, end, key)
    return None


def _names(people: Iterable[Person]) -> dict[str, int]:
    """Every folded name that leads to one person only."""
    bearers: dict[str, set[int]] = {}
    for person in people:
        full = f"{person.first_name} {person.last_name}"
        local = person.email.partition("@")[0]
        for name in (full, person.first_name, person.last_name, local):
            if folded := fold(name):
                bearers.setdefault(folded, set()).add(person.key)
    return {name: keys.pop() for name, keys in bearers.items() if len(keys) == 1}
