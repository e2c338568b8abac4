"""The form of the rules that give profiles: rows in order, each with its conditions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import CollectionProfile
from encaisse.collection.rules.profiles import (
    ABOUT,
    BALANCE,
    BALANCE_TESTS,
    LONGEST_VALUE,
    MOST_CONDITIONS,
    TEXT_TESTS,
    ConditionError,
    read_condition,
)
from encaisse.core.money import decimal_string
from encaisse.core.wording import told
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.web.app.configure.rows import MOST_ROWS, Row, place_in, read_rows, row_data
from encaisse.web.app.profiles.words import TESTS as TEST_WORDS
from encaisse.web.app.profiles.words import about_words

PREFIX = "r"
_NUMBERS = range(1, MOST_CONDITIONS + 1)
_PARTS = ("about", "test", "value")
ROW = ("profile", "size", *(f"{part}{number}" for number in _NUMBERS for part in _PARTS))


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """What rules may name: profiles by code, what they look at, in the company's currency."""

    profiles: tuple[CollectionProfile, ...]
    names: Mapping[str, str]
    currency: str


@dataclass(frozen=True, slots=True)
class ConditionFields:
    """The fields of one condition; `values` is the list that its value is suggested from."""

    about: forms.BoundField
    test: forms.BoundField
    value: forms.BoundField
    values: str


class RuleForm(forms.Form):
    """One rule."""

    profile = forms.ChoiceField(label=gettext_lazy("Profil"))
    size = forms.IntegerField(
        min_value=1, max_value=MOST_CONDITIONS, required=False, widget=forms.HiddenInput
    )

    use_required_attribute = False

    def __init__(self, *args: Any, choices: RuleChoices, **options: Any) -> None:
        super().__init__(*args, **options)
        self._currency = choices.currency
        self.fields["profile"].choices = [(one.code, one.name) for one in choices.profiles]  # type: ignore[attr-defined]
        typed = self["size"].value()
        self.count = int(typed) if str(typed or "").isdecimal() else 1
        self.count = min(max(self.count, 1), MOST_CONDITIONS)
        for number in _NUMBERS[: self.count]:
            self._add_condition(number, choices.names)

    def _add_condition(self, number: int, names: Mapping[str, str]) -> None:
        typed = self.data.get(self.add_prefix(f"about{number}")) or self.initial.get(
            f"about{number}"
        )
        about = [
            (code, about_words(code, names))
            for code in ABOUT
            # A free field that is in use, or that the rule names.
            if code not in CUSTOMER_COLUMNS or code in names or code == typed
        ]
        self.fields[f"about{number}"] = forms.ChoiceField(label=_("Critère"), choices=about)
        self.fields[f"test{number}"] = forms.ChoiceField(
            label=_("Comparaison"), choices=list(TEST_WORDS.items())
        )
        self.fields[f"value{number}"] = forms.CharField(
            label=_("Valeur"), max_length=LONGEST_VALUE, required=False
        )
        chosen = str(self[f"about{number}"].value() or ABOUT[0])
        fitting = BALANCE_TESTS if chosen == BALANCE else TEXT_TESTS
        if not self.is_bound:
            self.fields[f"test{number}"].choices = [(code, TEST_WORDS[code]) for code in fitting]  # type: ignore[attr-defined]
        self.fields[f"value{number}"].widget.attrs = {
            "autocomplete": "off",
            **({"inputmode": "decimal"} if chosen == BALANCE else {"list": f"values-{chosen}"}),
        }

    @property
    def conditions(self) -> list[ConditionFields]:
        """The fields of the conditions, in order."""
        return [
            ConditionFields(
                self[f"about{number}"],
                self[f"test{number}"],
                self[f"value{number}"],
                str(self[f"about{number}"].value() or ""),
            )
            for number in _NUMBERS[: self.count]
        ]

    @property
    def can_have_more(self) -> bool:
        """Whether one more condition fits."""
        return self.count < MOST_CONDITIONS

    def clean(self) -> dict[str, Any]:
        """Each condition means something; the blank ones after the first are left out."""
        typed: dict[str, Any] = super().clean() or {}
        self._documents: list[dict[str, str]] = []
        for number in _NUMBERS[: self.count]:
            document = {part: str(typed.get(f"{part}{number}", "")).strip() for part in _PARTS}
            if number > 1 and not document["value"]:
                continue
            self._check(number, document)
        return typed

    def _check(self, number: int, document: dict[str, str]) -> None:
        try:
            condition = read_condition(document, currency=self._currency)
        except ConditionError as error:
            self.add_error(f"value{number}", told(error, _))
            return
        if condition.about == BALANCE:
            document["value"] = decimal_string(condition.minor, self._currency)
        self._documents.append(document)

    @property
    def document(self) -> dict[str, Any]:
        """The rule as a configuration document writes it, once valid."""
        return {"profile": self.cleaned_data["profile"], "conditions": self._documents}


@dataclass(slots=True)
class RulesForm:
    """All the rules, in order."""

    rules: list[RuleForm]
    choices: RuleChoices

    @classmethod
    def of(cls, documents: Iterable[Mapping[str, Any]], choices: RuleChoices) -> Self:
        """The form with rules in it."""
        return cls.again([_row(one) for one in documents], choices)

    @classmethod
    def sent(cls, data: Mapping[str, str], choices: RuleChoices) -> Self:
        """The form as it was sent."""
        rows = read_rows(data, PREFIX, ROW)
        return cls(
            [
                RuleForm(row_data(row, PREFIX, place), prefix=f"{PREFIX}{place}", choices=choices)
                for place, row in enumerate(rows)
            ],
            choices,
        )

    @classmethod
    def again(cls, rows: Iterable[Row], choices: RuleChoices) -> Self:
        """The form to go on typing in, nothing checked."""
        return cls(
            [
                RuleForm(initial=row, prefix=f"{PREFIX}{place}", choices=choices)
                for place, row in enumerate(rows)
            ],
            choices,
        )

    def is_valid(self) -> bool:
        """Check every rule, each fault beside its field."""
        return all(rule.is_valid() for rule in self.rules)

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return any(rule.errors for rule in self.rules)

    @property
    def is_full(self) -> bool:
        """Whether no other rule fits on the page."""
        return len(self.rules) >= MOST_ROWS

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The rules as a configuration document writes them, once valid."""
        return [rule.document for rule in self.rules]


def _row(document: Mapping[str, Any]) -> Row:
    conditions = document["conditions"]
    row = {"profile": document["profile"], "size": str(len(conditions))}
    for number, condition in enumerate(conditions, start=1):
        row |= {f"{part}{number}": condition[part] for part in _PARTS}
        if condition["about"] == BALANCE:
            row[f"value{number}"] = condition["value"].replace(".", ",")
    return row


# -- what a button does to the rows ----------------------------------------------------------------


def acted(rows: list[Row], act: str) -> list[Row]:
    """The rows after « ajouter », « monter-1 », « descendre-0 », « supprimer-2 », « critere-0 »."""
    if act == "ajouter":
        return [*rows, {"size": "1"}] if len(rows) < MOST_ROWS else rows
    change = _CHANGES.get(act.partition("-")[0])
    if change is None:
        return rows
    try:
        return change(rows, place_in(act, rows))
    except ValueError:
        return rows


def _moved(rows: list[Row], place: int, by: int) -> list[Row]:
    other = place + by
    if not 0 <= other < len(rows):
        return rows
    found = list(rows)
    found[place], found[other] = rows[other], rows[place]
    return found


def _with_condition(rows: list[Row], place: int) -> list[Row]:
    typed = rows[place]["size"]
    size = int(typed) if typed.isdecimal() else 1
    row = {**rows[place], "size": str(min(size + 1, MOST_CONDITIONS))}
    return [*rows[:place], row, *rows[place + 1 :]]


_CHANGES: dict[str, Callable[[list[Row], int], list[Row]]] = {
    "monter": lambda rows, place: _moved(rows, place, -1),
    "descendre": lambda rows, place: _moved(rows, place, 1),
    "supprimer": lambda rows, place: rows[:place] + rows[place + 1 :],
    "critere": _with_condition,
    # What a condition looks at has changed: how it compares, and to what, follow.
    "choix": lambda rows, _place: rows,
}
