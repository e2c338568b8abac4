"""What a text that is looked for may mean: the words of an action, the name of a setting."""

from collections.abc import Iterator
from dataclasses import dataclass

from encaisse.core.text import fold
from encaisse.web.app.audit.changes import labelled_fields
from encaisse.web.app.audit.words import WORDS

# Enough for every sentence to say its own words; what it says of these values is cut away.
_SAMPLE = {
    "amount_minor": 0, "currency": "EUR", "base": "EUR", "level": 0, "promises": (),
    "promised_date": "2000-01-01", "before": "2000-01-01", "day": "2000-01-01", "is_on": True,
    "created": (),
}  # fmt: skip
_MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Said:
    """The kinds of lines whose words hold a text, and the names of the settings that do."""

    kinds: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Said":
        """As the reader's language says them; without a text, nothing."""
        wanted = fold(text)
        if not wanted:
            return cls()
        fields = sorted({name for name, label in labelled_fields() if wanted in fold(label)})
        kinds = tuple(kind for kind, words in said_by_kind() if wanted in fold(words))
        return cls(kinds, tuple(fields[:_MOST_FIELDS]))


def said_by_kind() -> Iterator[tuple[str, str]]:
    """Each kind with what it says whatever happened: the words before the first dot."""
    for kind, tell in WORDS.items():
        yield kind, tell(_SAMPLE).partition(" · ")[0]
