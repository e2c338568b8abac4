"""What customers and documents are found by. Pure.

What is kept of a ledger row and what is read in a search go through the same functions, so the two
sides agree on accents, punctuation, telephone numbers and leading zeros.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from encaisse.core.money import AmountError, parse_minor, to_decimal
from encaisse.core.text import fold

# A term is cut there: whoever types more is still led to the row.
LONGEST = 80
# How far a customer is who was found by something else than his own name and code, and how much
# further each mistake puts him.
ELSEWHERE, MISTAKE = 5, 10
# Before the name of a customer as a whole, which no word of a text can begin with.
WHOLE = "="
# Words shorter than this are looked up as they are typed; longer ones may hold more mistakes.
_FUZZY, _LONG = 4, 8
_LEGAL = frozenset({
    "sa", "sarl", "sas", "sasu", "eurl", "earl", "sci", "scp", "scm", "snc", "scop", "selarl",
    "selas", "gie", "gaec", "ets", "etablissements", "societe", "ste", "cie", "compagnie", "ltd",
    "gmbh", "bv", "srl", "spa", "inc", "llc",
})  # fmt: skip
# Small words that a name may have or not: they are not looked for unless nothing else is typed.
_SMALL = frozenset({"et", "and", "de", "du", "des", "la", "le", "les", "the", "of"})
_INITIALS = re.compile(r"(?:\w\.)+\w?")
_RUNS = re.compile(r"[a-z]+|[0-9]+")
_SIMPLE_DOCUMENT = re.compile(r"([a-z]*)(?!20[0-9]{5})0*([1-9][0-9]*)")
_YEAR_FIRST = re.compile(r"(20[0-9]{2})([0-9]{3,})")
_NUMBER = re.compile(r"[+(]?[0-9][0-9\s().+/-]*")
_AMOUNT = re.compile(r"[-+\u2212]?\s*[0-9][0-9\s.,']*(?:€|eur)?", re.IGNORECASE)
_ONLY_AMOUNT = re.compile(r"[,€]|eur", re.IGNORECASE)
_CURRENCY = re.compile(r"€|eur", re.IGNORECASE)
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Card:
    """What a customer can be found by, as the ledger says it. `people`: names of contacts."""

    name: str
    code: str
    numbers: Iterable[str] = ()
    emails: Iterable[str] = ()
    phones: Iterable[str] = ()
    people: Iterable[str] = ()


def terms_of(card: Card) -> set[str]:
    """The terms under which a customer is kept; the beginning of any of them finds him.

    Words of his name and of his people, his name as a whole (`=dupont`), his code with and
    without what it begins with, his numbers, his addresses and their domains (`@dupont.fr`).
    """
    found = {WHOLE + whole_name(card.name), *_code_terms(card.code)}
    for text in (card.name, *card.people):
        found.update(_telling(words_of(text)))
    found.update(fold(number).replace(" ", "") for number in card.numbers)
    for email in card.emails:
        address = email.strip().lower()
        found |= {address, f"@{address.partition('@')[2]}"}
    found.update(phone_digits(phone) for phone in card.phones)
    return {term[:LONGEST] for term in found} - {"", WHOLE, "@"}


def whole_name(name: str) -> str:
    """A name in one piece without its legal form: « S.A.R.L. E.D.F. » and « edf » agree."""
    return _whole(words_of(name))


def _whole(words: Sequence[str]) -> str:
    own = [word for word in words if word not in _LEGAL]
    return "".join(own or words)


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared; initials are one word: « E.D.F. » → `edf`."""
    parts = text.split()
    return fold(
        " ".join(part.replace(".", "") if _INITIALS.fullmatch(part) else part for part in parts)
    ).split()


def _telling(words: Iterable[str]) -> Iterator[str]:
    """The words that tell a customer from others."""
    return (word for word in words if len(word) > 1 and word not in _LEGAL | _SMALL)


def _code_terms(code: str) -> Iterator[str]:
    runs = _RUNS.findall(fold(code))
    yield "".join(runs)
    if len(runs) > 1:  # 411DUPONT is found by « dupont », C000123 by « 123 »
        rest = runs[1].lstrip("0") + "".join(runs[2:])
        if len(rest) > 1:
            yield rest
    elif runs and runs[0].isdecimal():
        yield runs[0].removeprefix("411").lstrip("0")


def phone_digits(text: str) -> str:
    """The digits of a telephone number as one dials it in France: +33 4 72… → 0472…"""
    digits = "".join(_RUNS.findall(text)) if text.isascii() else ""
    if not digits.isdecimal():
        digits = "".join(char for char in text if char.isascii() and char.isdecimal())
    if digits.startswith("0033"):
        return f"0{digits[4:].removeprefix('0')}"
    if digits.startswith("33") and "+" in text:
        return f"0{digits[2:].removeprefix('0')}"
    return digits


def document_key(number: str) -> str:
    """What a document number is kept under: its last digits first, then the rest.

    `FAC-2026-00192` → `192 fac2026`: « 192 », « 00192 » and the whole number all lead there, and
    so does the beginning of the digits. A number without digits is not kept.
    """
    lowered = number.lower()
    if simple := _SIMPLE_DOCUMENT.fullmatch(lowered):
        letters, digits = simple.groups()
        return f"{digits} {letters}" if letters else str(digits)
    runs = _RUNS.findall(fold(lowered))
    ranks = [rank for rank, run in enumerate(runs) if run[0].isdecimal()]
    if not ranks:
        return ""
    last = ranks[-1]
    before, digits = "".join(runs[:last]), runs[last]
    if dated := _YEAR_FIRST.fullmatch(digits):
        before, digits = before + dated[1], dated[2]
    rest = before + "".join(runs[last + 1 :])
    return f"{digits.lstrip('0') or '0'} {rest}".rstrip()[:LONGEST]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed.

    `words` must all lead to the customer, `bonus` only make him come first; `number` is the text
    when it is nothing but digits, `email` when it looks like an address, `document` when it could
    be a document number. `amounts` are minor units by number of decimals.
    """

    words: tuple[str, ...] = ()
    bonus: tuple[str, ...] = ()
    whole: str = ""
    number: str = ""
    email: str = ""
    document: str = ""
    amounts: tuple[tuple[int, int], ...] = ()


def read_asked(text: str) -> Asked:
    """What a text asks for; nothing below two characters."""
    text = text.strip()
    amounts = _amounts(text)
    whole = whole_name(text)
    if len(whole) < 2 or (amounts and _ONLY_AMOUNT.search(text)):
        return Asked(amounts=amounts)
    words = tuple(dict.fromkeys(words_of(text)))[:8]
    number = phone_digits(text) if _NUMBER.fullmatch(text) else ""
    kept = (number,) if number else tuple(_required(words))
    is_address = "@" in text or ("." in text and " " not in text and not number)
    digits = sum(char.isdecimal() for char in text)
    return Asked(
        words=tuple(word[:LONGEST] for word in kept),
        bonus=() if number else tuple(word for word in words if word not in kept),
        whole=whole[:LONGEST],
        number=number,
        email=text.lower()[:LONGEST] if is_address else "",
        document=document_key(re.sub(r"\s", "", text) if number else text) if digits > 1 else "",
        amounts=amounts,
    )


def _required(words: tuple[str, ...]) -> Iterator[str]:
    """The words that tell, without a legal form that is being typed; all when none does."""
    own = list(_telling(words))
    if len(own) > 1 and len(words[-1]) < 5 and any(form.startswith(own[-1]) for form in _LEGAL):
        own.pop()
    yield from own or words


def _amounts(text: str) -> tuple[tuple[int, int], ...]:
    """The amount that a text may be, in currencies of 2, 0 and 3 decimals; nothing is rounded."""
    if not _AMOUNT.fullmatch(text) or sum(char.isdecimal() for char in text) > _MOST_DIGITS:
        return ()
    try:
        value = abs(to_decimal(parse_minor(_CURRENCY.sub("", text), "TND"), "TND"))
    except AmountError:
        return ()
    scaled = ((decimals, value.scaleb(decimals)) for decimals in (2, 0, 3))
    return tuple((decimals, int(minor)) for decimals, minor in scaled if minor and minor % 1 == 0)


# -- mistyped words ----------------------------------------------------------------------------


def is_spelled(word: str) -> bool:
    """True for a word in which a mistake is looked for: letters only, and enough of them."""
    return len(word) >= _FUZZY and word.isalpha()


def halves(word: str) -> tuple[str, str]:
    """A beginning and an end, one of which a single mistake leaves as it is.

    A mistake touches one letter, or two that changed places: what is left on either side of them
    holds one of the halves. A long word may hold two mistakes; two in different halves are missed.
    """
    length = len(word)
    start = (length - 1) // 2 if length < _LONG else max(3, length // 3)
    end = length - 1 - start if length < _LONG else start
    return word[:start], word[-end:]


def near(word: str, known: Iterable[str], *, most: int = 20) -> dict[str, int]:
    """The known words that a typed one may stand for, with their number of mistakes, best first.

    Letters added, missing, wrong, or changed places. From five letters on a known word may go on
    after what was typed.
    """
    bound = 2 if len(word) >= _LONG else 1
    words = sorted(set(known) - {word})
    candidates: list[tuple[str, str]] = [(one, one) for one in words]
    if len(word) > _FUZZY:
        sizes = range(len(word) - 1, len(word) + 2)
        candidates += [(one[:size], one) for one in words for size in sizes if len(one) > size]
    found: dict[str, int] = {}
    shapes = [shape for shape, _one in candidates]
    scored = process.extract(word, shapes, scorer=OSA.distance, score_cutoff=bound, limit=None)
    for shape, distance, place in sorted(scored, key=lambda hit: (hit[1], hit[2])):
        one = candidates[place][1]
        cost = distance + (shape != one)
        found[one] = min(cost, found.get(one, cost))
    best = sorted(found.items(), key=lambda item: (item[1], item[0]))
    return dict(best[:most])


# -- the best first ----------------------------------------------------------------------------


def distance(asked: Asked, meant: Mapping[str, Mapping[str, int]], name: str, code: str) -> int:
    """How far a customer's own name and code are from what was typed; 0 is the best answer.

    His code; his whole name; its beginning; its words; their beginnings; only some of them; none
    (6: something else led to him). Each mistake counts for more than all that: `meant` are the
    known words that each typed word may stand for, with their number of mistakes.
    """
    words = words_of(name)
    whole = _whole(words)
    wrong = sum(_mistakes(typed, words, meant.get(typed, {})) for typed in asked.words)
    if asked.whole in _code_terms(code):
        rank = 0
    elif whole.startswith(asked.whole):
        rank = 1 if asked.whole == whole else 2
    else:
        rank = _rank_of_words((*asked.words, *asked.bonus), words)
    return rank + MISTAKE * wrong


def _rank_of_words(wanted: Sequence[str], words: Sequence[str]) -> int:
    if set(wanted) <= set(words):
        return 3
    begun = [any(word.startswith(one) for word in words) for one in wanted]
    if all(begun):
        return 4
    return ELSEWHERE if any(begun) else ELSEWHERE + 1


def _mistakes(typed: str, words: Sequence[str], meant: Mapping[str, int]) -> int:
    if not meant or any(word.startswith(typed) for word in words):
        return 0
    return min((meant[word] for word in words if word in meant), default=0)
