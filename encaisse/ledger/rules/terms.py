"""Payment terms (conditions de règlement): from an invoice date to its due date.

« 45 jours fin de mois » has two lawful readings (C. com. L441-10): 45 days then the end of that
month (`end_of_month`), or the end of the invoice's month then 45 days (`from_end_of_month`).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from encaisse.core.dates import end_of_month
from encaisse.core.text import fold
from encaisse.core.wording import Explained, sentence

_DAYS = re.compile(r"\b(\d{1,3})\s*(?:jours?|j|jrs|days?)\b")
_ON_DAYS = re.compile(
    r"\b(?:le|les|on the)\s+(\d{1,2}(?:\s+(?:(?:et|ou|and|le|les)\s+)*\d{1,2})*)\b"
)


class TermsError(Explained):
    """The text is not understood as payment terms; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """N days, then or first the end of the month, then one of the listed days of a month."""

    net_days: int = 30
    end_of_month: bool = False
    from_end_of_month: bool = False
    on_days: tuple[int, ...] = ()

    def due_date(self, invoice_date: date) -> date:
        """The due date of an invoice. Never moved for a week-end or a holiday (law.md 1.2)."""
        start = end_of_month(invoice_date) if self.from_end_of_month else invoice_date
        day = start + timedelta(days=self.net_days)
        if self.end_of_month:
            day = end_of_month(day)
        return _next_listed_day(day, self.on_days) if self.on_days else day

    def __str__(self) -> str:
        if self.from_end_of_month:
            text = f"fin de mois + {self.net_days} jours"
        else:
            text = f"{self.net_days} jours" + (" fin de mois" if self.end_of_month else "")
        if self.on_days:
            text += " le " + ", ".join(str(day) for day in self.on_days)
        return text


def _next_listed_day(day: date, listed: tuple[int, ...]) -> date:
    for _ in range(62):
        last = end_of_month(day).day
        if day.day in {min(number, last) for number in listed}:
            return day
        day += timedelta(days=1)
    raise AssertionError("two months hold every day number")


def parse_terms(text: str) -> PaymentTerms:
    """Read « 30 jours », « 45 jours fin de mois », « fin de mois + 45 jours le 10 », « comptant ».

    Raises TermsError.
    """
    folded = fold(text.replace("+", " plus "))
    if folded in ("comptant", "a reception", "reception", "immediat", "a vue", "0"):
        return PaymentTerms(net_days=0)
    listed = _ON_DAYS.search(folded)
    on_days = tuple(int(number) for number in re.findall(r"\d+", listed[1])) if listed else ()
    rest = folded.replace(listed[0], " ") if listed else folded
    days = _DAYS.search(rest) or re.fullmatch(r"\s*(\d{1,3})\s*(?:nets?|fdm|fm)?\s*", rest)
    month_at = re.search(r"\b(?:fin de mois|fdm|fm|end of month|eom)\b", rest)
    if days is None and month_at is None:
        raise TermsError(
            sentence(
                "« %(text)s » n’est pas compris. Exemples : « 30 jours », "
                "« 45 jours fin de mois », « fin de mois + 45 jours », "
                "« 30 jours fin de mois le 10 ».",
                text=text.strip(),
            )
        )
    if any(not 1 <= day <= 31 for day in on_days):
        raise TermsError(sentence("Le jour du mois doit être compris entre 1 et 31."))
    month_first = month_at is not None and days is not None and month_at.start() < days.start()
    return PaymentTerms(
        net_days=int(days[1]) if days else 0,
        end_of_month=month_at is not None and not month_first,
        from_end_of_month=month_first,
        on_days=on_days,
    )
