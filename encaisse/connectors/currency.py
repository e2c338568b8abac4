"""Currencies as files name them."""

_EURO_NAMES = frozenset({"€", "EURO", "EUROS"})


def currency_code(text: str) -> str:
    """The ISO code in a cell, "" when blank or not a code."""
    code = text.strip().upper()
    if code in _EURO_NAMES:
        return "EUR"
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""
