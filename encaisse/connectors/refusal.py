"""What is said when a file, or one of its lines, cannot be read."""

from dataclasses import dataclass

_LONGEST_REASON = 200


class FileRefused(Exception):
    """The file cannot be read; the message is fit to show and says what to do."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A line left out of the reading: its number in the file and why, in French."""

    line: int
    reason: str


def shortened(reason: str) -> str:
    """A reason that can be kept and shown, even when it quotes a cell of a million characters."""
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"
