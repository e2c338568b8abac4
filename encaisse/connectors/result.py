"""What an import understood and changed: the same for every format, on screen and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, ngettext

from encaisse.connectors.refusal import SetAside
from encaisse.core.money import decimal_string


def outside_words(count: int) -> str:
    """What a journal that the company leaves out cost a file, in words."""
    return ngettext(
        "%(count)d écriture d’un journal exclu a été laissée de côté (Configurer, Options).",
        "%(count)d écritures de journaux exclus ont été laissées de côté (Configurer, Options).",
        count,
    ) % {"count": count}


def moved_words(count: int) -> list[str]:
    """What the company's rules did to profiles, in words; nothing when nobody moved."""
    if not count:
        return []
    text = ngettext(
        "Vos règles ont changé le profil de %(count)d client.",
        "Vos règles ont changé le profil de %(count)d clients.",
        count,
    )
    return [text % {"count": count}]


def new_methods_words(labels: Sequence[str]) -> list[str]:
    """The payment methods that came with an import, in words; nothing without any."""
    if not labels:
        return []
    text = gettext(
        "Nouveaux modes de règlement, considérés comme manuels (donc relancés) : %(names)s. "
        "Vérifiez-les dans Configurer."
    )
    return [text % {"names": ", ".join(sorted(set(labels))[:10])}]


@dataclass(slots=True)
class ImportResult:
    """Amounts are minor units of `currency`; `set_aside` holds the first thousand lines."""

    format: str
    currency: str
    encoding: str = ""
    rows: int = 0
    accepted: int = 0
    set_aside: list[SetAside] = field(default_factory=list)
    set_aside_count: int = 0
    warnings: list[str] = field(default_factory=list)
    customers: int = 0
    new_customers: int = 0
    open_entries: int = 0
    open_minor: dict[str, int] = field(default_factory=dict)
    control_minor: int | None = None
    # What is open in other currencies, as the accounting values it in the company's.
    foreign_minor: int = 0
    debit_minor: int = 0
    credit_minor: int = 0
    computed_due_dates: int = 0
    first_date: str = ""
    last_date: str = ""
    samples: list[str] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    removed: int = 0

    @property
    def open_base_minor(self) -> int:
        """What is open in the company's currency."""
        return self.open_minor.get(self.currency, 0)

    @property
    def agrees(self) -> bool:
        """True when the open items add up to the accounting's own balance."""
        return self.control_minor in (None, self.open_base_minor + self.foreign_minor)

    def as_json(self) -> dict[str, Any]:
        """The stable keys of the command line."""
        control = self.control_minor
        return {
            "format": self.format,
            "encoding": self.encoding,
            "rows": self.rows,
            "accepted": self.accepted,
            "set_aside": [{"line": row.line, "reason": row.reason} for row in self.set_aside],
            "set_aside_count": self.set_aside_count,
            "warnings": self.warnings,
            "customers": self.customers,
            "new_customers": self.new_customers,
            "open_entries": self.open_entries,
            "open_balance": decimal_string(self.open_base_minor, self.currency),
            "open_balances": {
                code: decimal_string(minor, code) for code, minor in sorted(self.open_minor.items())
            },
            "control_balance": None if control is None else decimal_string(control, self.currency),
            "foreign_balance": decimal_string(self.foreign_minor, self.currency),
            "debit": decimal_string(self.debit_minor, self.currency),
            "credit": decimal_string(self.credit_minor, self.currency),
            "computed_due_dates": self.computed_due_dates,
            "first_date": self.first_date,
            "last_date": self.last_date,
            "changes": {
                "added": self.added,
                "updated": self.updated,
                "removed": self.removed,
            },
        }
