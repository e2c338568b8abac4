"""Customers' accounts as tables: one line a ledger line, and what remains of it."""

from encaisse.ledger.rules.matching import Line, settle


def account(table: str) -> list[Line]:
    """The lines of a table: key, posting date, amount, letter (`.` for none), then options.

    Options: `AN` an opening entry, `due=` its due date, `on=` the day of its letter, `doc=` its
    document, `acct=` its account, a currency, `base=` its amount in the company's currency. The
    period of a line is the year of its date.
    """
    return [_line(row.split()) for row in table.strip().splitlines()]


def _line(cells: list[str]) -> Line:
    key, day, amount, letter, *options = cells
    named = dict(option.split("=") for option in options if "=" in option)
    plain = [option for option in options if "=" not in option]
    currency = next((option for option in plain if option != "AN"), "EUR")
    return Line(
        key=key,
        amount=int(amount),
        posting_date=day,
        due_date=named.get("due", ""),
        period=int(day[:4]) * 10_000 + 101,
        currency=currency,
        document=named.get("doc", key),
        account=named.get("acct", "411000"),
        letter="" if letter == "." else letter,
        letter_date=named.get("on", ""),
        is_opening="AN" in plain,
        base=int(named.get("base", amount)),
    )


def opened(*years: int) -> frozenset[int]:
    """The periods of some years, as periods whose files carry opening entries."""
    return frozenset(year * 10_000 + 101 for year in years)


def remaining(lines: list[Line], *years: int) -> dict[str, int]:
    """What remains of the lines that still owe or are owed; `years` carry opening entries."""
    settle(lines, opened=opened(*years))
    return {line.key: line.remaining for line in lines if line.remaining}
