"""A list that is edited row by row, without a script: rows come, move and go, then all is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms

from encaisse.web.app.configure.rows import Row, place_in, read_rows, row_data

MOST = 60
# The button that was pressed: « ajouter », « monter-2 », « descendre-2 », « retirer-2 ».
ACT = "faire"
F = TypeVar("F", bound=forms.Form)


@dataclass(slots=True)
class Rows(Generic[F]):
    """The forms of a list, one a row, in order. `prefix` names their fields."""

    prefix: str
    forms: list[F]

    @classmethod
    def of(cls, kind: type[F], prefix: str, values: Sequence[Mapping[str, Any]]) -> "Rows[F]":
        """The list as it is."""
        return cls(
            prefix,
            [
                kind(initial=dict(one), prefix=f"{prefix}{place}")
                for place, one in enumerate(values)
            ],
        )

    @classmethod
    def typed(cls, kind: type[F], prefix: str, data: Mapping[str, str]) -> "Rows[F]":
        """The list as it was sent, to be checked."""
        rows = read_rows(data, prefix, kind.base_fields, most=MOST)
        return cls(
            prefix,
            [
                kind(row_data(row, prefix, place), prefix=f"{prefix}{place}")
                for place, row in enumerate(rows)
            ],
        )

    @classmethod
    def changed(cls, kind: type[F], prefix: str, data: Mapping[str, str], *, new: Row) -> "Rows[F]":
        """The list as it was sent with one row more, less or elsewhere; nothing is checked yet."""
        rows = read_rows(data, prefix, kind.base_fields, most=MOST)
        return cls.of(kind, prefix, _acted(rows, data[ACT], new))

    def is_valid(self) -> bool:
        """Check every row, so that all that is wrong is shown at once."""
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong

    @property
    def cleaned(self) -> list[dict[str, Any]]:
        """What the rows hold, once valid."""
        return [form.cleaned_data for form in self.forms]

    @property
    def errors(self) -> bool:
        """True when a row has something wrong."""
        return any(form.errors for form in self.forms if form.is_bound)


def _acted(rows: list[Row], act: str, new: Row) -> list[Row]:
    if act == "ajouter":
        return [*rows, new] if len(rows) < MOST else rows
    try:
        place = place_in(act, rows)
    except ValueError:
        return rows
    row = rows.pop(place)
    if act.startswith("monter-"):
        rows.insert(max(0, place - 1), row)
    elif act.startswith("descendre-"):
        rows.insert(place + 1, row)
    elif not act.startswith("retirer-"):
        rows.insert(place, row)
    return rows
