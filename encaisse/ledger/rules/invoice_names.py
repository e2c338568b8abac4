"""Which document a file is the PDF of, by the file's name. Pure.

`FA2024-0123.pdf`, « Facture FA00123.pdf », `FA-123_DUPONT.pdf`: every stretch of the name is read
as a document number would be, and looked up among those of the ledger.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePath

from encaisse.core.text import fold
from encaisse.ledger.rules.finding import document_key

_RUNS = re.compile(r"[a-z]+|[0-9]+")
# A document number is never made of more pieces, nor a name worth more looking.
_LONGEST_NUMBER = 6
_MOST_PIECES = 24
# A bare number this short may be a day, a month or a rank: trusted when it is the only one.
_SHORT = 5
_YEAR = re.compile(r"(19|20)[0-9]{2}")


def possible_keys(file_name: str) -> dict[str, tuple[int, int]]:
    """The document keys that a name may hold, each with the stretch of pieces that gave it."""
    words = (_RUNS.findall(word) for word in fold(PurePath(file_name).stem).split())
    # Each piece with its rank in the word that it is written in.
    pieces = [(piece, rank) for word in words for rank, piece in enumerate(word)][:_MOST_PIECES]
    found: dict[str, tuple[int, int]] = {}
    for start in range(len(pieces)):
        for end in range(start + 1, min(len(pieces), start + _LONGEST_NUMBER) + 1):
            if _is_number(pieces, start, end):
                key = document_key(" ".join(piece for piece, _rank in pieces[start:end]))
                found.setdefault(key, (start, end))
    return found


def _is_number(pieces: Sequence[tuple[str, int]], start: int, end: int) -> bool:
    """True for a stretch that may be a number of its own: digits, and letters that belong there."""
    stretch = pieces[start:end]
    numbers = [piece for piece, _rank in stretch if piece.isdecimal()]
    last, rank = stretch[-1]
    if not numbers or (end < len(pieces) and pieces[end][1]):
        return False  # « 123A » is not 123
    if not last.isdecimal() and not rank:
        return False  # the « CLIENT » of « FA-123 CLIENT »
    if sum(piece.isdecimal() for piece, _rank in pieces) == 1:
        return True
    # The « FA2024 » of « FA2024-0123 », the « 12 » of « 2024-05-12 » are numbers of nothing.
    return not _YEAR.fullmatch(numbers[-1]) and (len(stretch) > 1 or len(last) >= _SHORT)


def longest_key(possible: dict[str, tuple[int, int]], known: Collection[str]) -> str | None:
    """The longest of the keys that the ledger knows.

    None when it knows none; empty when the name holds several numbers, none part of another.
    """
    keys = sorted((key for key in possible if key in known), key=lambda key: (-len(key), key))
    if not keys:
        return None
    start, end = possible[keys[0]]
    inside = all(start <= possible[key][0] and possible[key][1] <= end for key in keys)
    return keys[0] if inside else ""


def names_customer(file_name: str, code: str) -> bool:
    """True when the name of the file holds the customer's code."""
    code = fold(code).replace(" ", "")
    return bool(code) and code in fold(PurePath(file_name).stem).replace(" ", "")
