"""Triggers as the configuration file writes them: `due + 8`, `end_of_month(due + 30)`…"""

import re

from encaisse.core.wording import Explained, sentence

_PLAIN = re.compile(r"^(due|invoice|previous|match)\s*([+-])\s*([0-9]{1,3})$")
_MONTH = re.compile(r"^end_of_month\(\s*due\s*([+-])\s*([0-9]{1,3})\s*\)$")


class TriggerError(Explained):
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
            sentence(
                "« %(text)s » n’est pas un déclencheur : écrivez par exemple « due + 8 », "
                "« end_of_month(due + 30) », « invoice + 45 » ou « previous + 8 ».",
                text=text,
            )
        )
    return kind, int(days) if sign == "+" else -int(days)


def check_trigger(step: str, kind: str, days: int) -> None:
    """Raise TriggerError for a trigger that a kind of step cannot have.

    A prévenance comes before the due date, thanks come after the match, a relance counts from
    something that happens before any payment.
    """
    if step == "pre_due" and (kind != "due" or days > 0):
        raise TriggerError(sentence("une prévenance se déclenche avant l’échéance : « due - 8 »."))
    if step == "thanks" and (kind != "match" or days < 0):
        raise TriggerError(
            sentence("un remerciement se déclenche après le lettrage : « match + 2 ».")
        )
    if step == "reminder" and kind == "match":
        raise TriggerError(sentence("une relance ne se déclenche pas par le lettrage."))
    if step == "reminder" and kind in ("invoice", "previous") and days < 0:
        raise TriggerError(
            sentence(
                "« %(trigger)s » : le nombre de jours est positif.",
                trigger=format_trigger(kind, days),
            )
        )


def format_trigger(kind: str, days: int) -> str:
    """The text of a trigger."""
    sign = "+" if days >= 0 else "-"
    if kind == "end_of_month":
        return f"end_of_month(due {sign} {abs(days)})"
    return f"{kind} {sign} {abs(days)}"
