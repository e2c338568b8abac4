"""The free fields of an accounting software: how many are kept, and in which columns."""

from collections.abc import Iterable, Sequence

CUSTOMER_FIELDS = 6
ENTRY_FIELDS = 6


def columns_of(count: int) -> tuple[str, ...]:
    """The columns of the first free fields: `free1`, `free2`…"""
    return tuple(f"free{number}" for number in range(1, count + 1))


CUSTOMER_COLUMNS = columns_of(CUSTOMER_FIELDS)
ENTRY_COLUMNS = columns_of(ENTRY_FIELDS)


def trimmed(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts of free fields without the blank ones at their end."""
    found = list(texts)
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def padded(texts: Sequence[str], count: int) -> tuple[str, ...]:
    """The same, as many as there are fields."""
    return (*texts, *[""] * (count - len(texts)))
