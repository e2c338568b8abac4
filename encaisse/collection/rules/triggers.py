"""Triggers as the configuration file writes them: `due + 8`, `end_of_month(due + 30)`…"""

import re

_PLAIN = re.compile(r"^(due|invoice|previous|match)\s*([+-])\s*(\d{1,3})$")
_MONTH = re.compile(r"^end_of_month\(\s*due\s*([+-])\s*(\d{1,3})\s*\)$")


class TriggerError(ValueError):
    """The text is not a trigger; the message is fit to show to the user."""


def parse_trigger(text: str) -> tuple[str, int]:
    """The kind of trigger and its number of days. Raises TriggerError."""
    cleaned = text.strip().lower()
    if match := _PLAIN.match(cleaned):
        kind, sign, days = match.groups()
    elif match := _MONTH.match(cleaned):
        kind, (sign, days) = "end_of_month", match.groups()
    else:
        raise TriggerError(
            f"« {text} » n’est pas un déclencheur : écrivez par exemple « due + 8 », "
            "« end_of_month(due + 30) », « invoice + 45 » ou « previous + 8 »."
        )
    return kind, int(days) if sign == "+" else -int(days)


def format_trigger(kind: str, days: int) -> str:
    """The text of a trigger."""
    sign = "+" if days >= 0 else "-"
    if kind == "end_of_month":
        return f"end_of_month(due {sign} {abs(days)})"
    return f"{kind} {sign} {abs(days)}"
