"""Turn one sheet of a workbook into a CSV file; run as a separate program.

A few kilobytes of workbook can ask for terabytes of memory, and the library then ends the whole
process. So it runs alone, with a limit on memory and time, and only its result is trusted.

Usage: unpack.py WORKBOOK SHEET OUTPUT (SHEET may be empty: the first one that holds a table).
Prints a JSON object: `sheet` and `sheets`, or `refused` with a reason.
"""

import csv
import datetime
import json
import resource
import sys
from collections.abc import Iterable

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

MAX_ROWS = 1_048_576
MAX_COLUMNS = 500
MEMORY_BYTES = 3 << 30
CPU_SECONDS = 120

Cell = (
    int
    | float
    | str
    | bool
    | datetime.time
    | datetime.date
    | datetime.datetime
    | datetime.timedelta
)


def main(workbook: str, sheet: str, output: str) -> dict[str, object]:
    """Write the rows of a sheet to `output`; what happened, for the parent process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        with load_workbook(workbook) as book:
            names = _visible_names(book)
            found = _sheet(book, [sheet] if sheet else names)
            if found is None:
                return {"refused": "empty"}
            last_row, last_column = found.end or (0, 0)
            if last_row >= MAX_ROWS or last_column >= MAX_COLUMNS:
                return {"refused": "size"}
            _write(found, output)
            return {"sheet": found.name, "sheets": names}
    except PasswordError:
        return {"refused": "password"}
    except CalamineError:
        return {"refused": "broken"}


def _visible_names(book: CalamineWorkbook) -> list[str]:
    return [
        sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
    ]


def _sheet(book: CalamineWorkbook, names: Iterable[str]) -> CalamineSheet | None:
    """The first sheet with at least a line of names and a line of values."""
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height > 1:
            return sheet
    return None


def _write(sheet: CalamineSheet, output: str) -> None:
    with open(output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in sheet.iter_rows():
            writer.writerow([as_text(cell) for cell in row])


def as_text(cell: Cell) -> str:
    """A cell as a person would copy it: ISO dates, numbers without a useless `.0`."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # 15 digits are all a workbook keeps; more would show 0.1 + 0.2 as 0.30000000000000004.
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.10f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:4])))
