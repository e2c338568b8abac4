"""Forms repeated on one page: rows added, moved and taken away without a script."""

import re
from collections.abc import Iterable, Mapping

MOST_ROWS = 15
_WHOLE = re.compile(r"-?\d{1,6}")

Row = dict[str, str]


def read_rows(
    data: Mapping[str, str], prefix: str, names: Iterable[str], *, most: int = MOST_ROWS
) -> list[Row]:
    """The rows that were sent, as typed; `prefix` alone holds how many there are."""
    number = max(0, min(whole_in(data.get(prefix, "")) or 0, most))
    fields = tuple(names)
    return [
        {name: data.get(f"{prefix}{place}-{name}", "") for name in fields}
        for place in range(number)
    ]


def whole_in(text: str) -> int | None:
    """The whole number that was typed; None for anything else, and for one beyond all use."""
    typed = text.strip()
    return int(typed) if _WHOLE.fullmatch(typed) else None


def row_data(row: Row, prefix: str, place: int) -> Row:
    """A row as the form at a place reads it."""
    return {f"{prefix}{place}-{name}": value for name, value in row.items() if value}


def place_in(act: str, rows: list[Row]) -> int:
    """The row that « act-2 » names. Raises ValueError where there is none."""
    place = int(act.rpartition("-")[2])
    if place >= len(rows):
        raise ValueError(act)
    return place
