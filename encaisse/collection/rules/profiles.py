"""Which profile a customer gets by himself: ordered rules, the first that fits decides.

A condition is written as a configuration document writes it:
`{"about": "country", "test": "is_not", "value": "France"}`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from encaisse.core.countries import country_key
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.text import fold
from encaisse.core.wording import Explained, Sentence, sentence
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, CUSTOMER_FIELDS

BALANCE = "balance"
COUNTRY = "country"
TEXTS = ("category", "sales_rep", COUNTRY, *CUSTOMER_COLUMNS)
ABOUT = (*TEXTS, BALANCE)
_FREE_PLACES = {column: place for place, column in enumerate(CUSTOMER_COLUMNS)}
TEXT_TESTS = ("is", "is_not", "contains")
BALANCE_TESTS = ("at_least", "under")
MOST_CONDITIONS = 3
LONGEST_VALUE = 120

ConditionDocument = Mapping[str, str]


class ConditionError(Explained):
    """The condition means nothing; the message says why."""


class Traits(NamedTuple):
    """What rules may look at of a customer; `balance_minor` is in the company's currency, `free`
    are his free fields in order, empty where no rule asks.
    """

    category: str = ""
    sales_rep: str = ""
    country: str = ""
    free: tuple[str, ...] = ("",) * CUSTOMER_FIELDS
    balance_minor: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on one trait; `key` is what texts are compared with, `minor` what a balance is."""

    about: str
    test: str
    key: str = ""
    minor: int = 0

    def holds(self, traits: Traits) -> bool:
        """True when the customer is as the condition says."""
        if self.about == BALANCE:
            return (traits.balance_minor >= self.minor) == (self.test == "at_least")
        place = _FREE_PLACES.get(self.about)
        text = getattr(traits, self.about) if place is None else traits.free[place]
        if self.test == "contains":
            return self.key in text_key("", text)
        return (text_key(self.about, text) == self.key) == (self.test == "is")


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """A profile, and all the conditions that give it."""

    profile_id: int
    conditions: tuple[Condition, ...]

    def fits(self, traits: Traits) -> bool:
        """True when every condition holds."""
        return all(condition.holds(traits) for condition in self.conditions)


def read_condition(document: ConditionDocument, *, currency: str) -> Condition:
    """A condition from a document; amounts are in `currency`. Raises ConditionError."""
    about, test, value = (str(document.get(name, "")) for name in ("about", "test", "value"))
    if problem := next(_problems(about, test, value), None):
        raise ConditionError(problem)
    if about == BALANCE:
        try:
            return Condition(about, test, minor=parse_minor(value, currency))
        except AmountError as error:
            raise ConditionError(*error.sentences) from error
    return Condition(about, test, key=text_key("" if test == "contains" else about, value))


def _problems(about: str, test: str, value: str) -> Iterator[Sentence]:
    if about not in ABOUT:
        yield sentence("Un critère porte sur : %(names)s.", names=", ".join(ABOUT))
    tests = BALANCE_TESTS if about == BALANCE else TEXT_TESTS
    if test not in tests:
        yield sentence("Ce critère se compare par : %(names)s.", names=", ".join(tests))
    if not value.strip():
        yield sentence("Dites à quoi ce critère se compare.")
    if about != BALANCE and not fold(value):
        yield sentence("Cette valeur n’a ni lettre ni chiffre.")
    if len(value) > LONGEST_VALUE:
        yield sentence("Cette valeur dépasse %(most)s caractères.", most=LONGEST_VALUE)


@lru_cache(maxsize=16_384)
def text_key(about: str, text: str) -> str:
    """What two texts of one meaning have in common."""
    return country_key(text) if about == COUNTRY else fold(text)


def asked_columns(rules: Sequence[ProfileRule]) -> frozenset[str]:
    """The free fields that some rule looks at."""
    asked = {one.about for rule in rules for one in rule.conditions}
    return frozenset(asked & _FREE_PLACES.keys())


def asks_balances(rules: Sequence[ProfileRule]) -> bool:
    """True when some rule looks at what customers owe."""
    return any(one.about == BALANCE for rule in rules for one in rule.conditions)


def decider(rules: Sequence[ProfileRule]) -> Callable[[Traits], int | None]:
    """What gives the profile's id of a customer, None where no rule fits.

    Customers who are alike are decided once.
    """

    @lru_cache(maxsize=16_384)
    def decide(traits: Traits) -> int | None:
        return next((rule.profile_id for rule in rules if rule.fits(traits)), None)

    return decide
