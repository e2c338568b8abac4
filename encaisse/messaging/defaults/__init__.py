"""The texts offered to a new company, in the languages its customers are written to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from encaisse.messaging.rules.content import Language


@dataclass(frozen=True, slots=True)
class DefaultTemplate:
    """One proposed text.

    `kind` is pre_due, reminder, formal_notice, thanks, statement or promise; `level` is 0 outside
    reminders; `medium` is email, letter or phone. A letter's text leaves address, date and
    signature to the layout of letters.
    """

    code: str
    label: str
    kind: str
    level: int
    medium: str
    subject: str
    body: str


def load_defaults(language: Language) -> list[DefaultTemplate]:
    """The proposed texts of a language, in the order of the cycle."""
    path = Path(__file__).with_name(f"{language}.toml")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return [DefaultTemplate(code=code, **table) for code, table in tables.items()]
