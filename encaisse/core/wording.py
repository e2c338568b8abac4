"""French sentences that the caller may say in another language.

The rules know nothing of languages: they refuse with a Sentence, and the screen that shows the
refusal passes its own translator.
"""

from collections.abc import Callable
from dataclasses import dataclass

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A French text with `%(name)s` in the place of its values, which may be sentences too."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def said(self, translate: Translate) -> str:
        """The sentence as `translate` says its text, its values in their places."""
        values = {
            name: value.said(translate) if isinstance(value, Sentence) else value
            for name, value in self.values
        }
        return translate(self.text) % values if values else translate(self.text)

    def __str__(self) -> str:
        return self.said(str)


def sentence(text: str, /, **values: object) -> Sentence:
    """A sentence for the catalogues: tools/translations.py finds `text` in the call."""
    return Sentence(text, tuple(values.items()))


class Explained(ValueError):
    """A refusal fit to show to the user: its text is French, `told` says it in his language."""

    def __init__(self, *sentences: Sentence | str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences

    def __str__(self) -> str:
        return " ".join(map(str, self.sentences))


def told(error: Exception, translate: Translate) -> str:
    """What an error says, through `translate` when it can be translated."""
    if not isinstance(error, Explained):
        return str(error)
    return " ".join(
        one.said(translate) if isinstance(one, Sentence) else one for one in error.sentences
    )
