"""The form of one scenario variant: read from a document, made into one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _

from encaisse.collection.operations.configuration import whole_scenario
from encaisse.collection.queries.scenario_edit import NamedText
from encaisse.collection.rules.scenario_check import scenario_problems
from encaisse.web.app.configure.rows import MOST_ROWS, Row, place_in, read_rows, row_data
from encaisse.web.app.configure.scenario_rows import (
    WRITTEN_MEDIA,
    StepForm,
    ThresholdForm,
    WholeForm,
    step_row,
    threshold_row,
)

STEPS, THRESHOLDS = "e", "s"
_TOP_LEVEL = 9
_KINDS = {"pre_due": 0, "reminder": 1, "thanks": 2}
_NEW = {
    "pre_due": {"days": "8", "trigger": "before"},
    "reminder": {"days": "8", "trigger": "previous"},
    "thanks": {"days": "2", "trigger": "match", "only_after_reminder": "on"},
}


@dataclass(slots=True)
class ScenarioForm:
    """The forms of a variant's parts; the document comes once all of them are valid."""

    whole: WholeForm
    steps: list[StepForm]
    thresholds: list[ThresholdForm]
    base: Mapping[str, Any]
    texts: Mapping[str, NamedText]

    @classmethod
    def of(cls, document: Mapping[str, Any], texts: Mapping[str, NamedText], *, seen: str) -> Self:
        """The form with a scenario in it; `seen` goes along with it."""
        names = ("name", "active", "grouping", "thanks_while_overdue")
        start = {name: document[name] for name in names} | {"seen": seen}
        return cls(
            WholeForm(initial=start),
            [_step_form(step_row(step), place, texts) for place, step in _placed(document)],
            [
                ThresholdForm(initial=threshold_row(row), prefix=f"{THRESHOLDS}{place}")
                for place, row in enumerate(document["thresholds"])
            ],
            document,
            texts,
        )

    @classmethod
    def sent(
        cls,
        data: Mapping[str, str],
        base: Mapping[str, Any],
        texts: Mapping[str, NamedText],
        *,
        act: str = "",
    ) -> Self:
        """The form as it was sent; with an act (« monter-2 »), to go on typing in, unchecked."""
        steps = read_rows(data, STEPS, StepForm.base_fields)
        steps = [row for row in steps if row["kind"] in _KINDS]
        thresholds = read_rows(data, THRESHOLDS, ThresholdForm.base_fields)
        if act:
            steps, thresholds = _acted(steps, thresholds, act)
            steps = [_with_fitting_text(row, texts) for row in steps]
            whole = {name: data.get(name, "") for name in WholeForm.base_fields}
            return cls(
                WholeForm(initial=whole),
                [_step_form(row, place, texts) for place, row in enumerate(steps)],
                [
                    ThresholdForm(initial=row, prefix=f"{THRESHOLDS}{place}")
                    for place, row in enumerate(thresholds)
                ],
                base,
                texts,
            )
        return cls(
            WholeForm(data),
            [_step_form(row, place, texts, is_sent=True) for place, row in enumerate(steps)],
            [
                ThresholdForm(row_data(row, THRESHOLDS, place), prefix=f"{THRESHOLDS}{place}")
                for place, row in enumerate(thresholds)
            ],
            base,
            texts,
        )

    def is_valid(self) -> bool:
        """Check everything, each fault beside its field."""
        if self.errors:
            return False
        currencies = [row.cleaned_data["currency"] for row in self.thresholds if row.document]
        for row in self.thresholds:
            if row.document and currencies.count(row.cleaned_data["currency"]) > 1:
                row.add_error("currency", _("Cette devise est là deux fois."))
        kinds = {code: text.what for code, text in self.texts.items()}
        steps = [step.document for step in self.steps]
        with_email = self.base["variant"] == "with_email"
        for place, name, problem in scenario_problems(steps, kinds, with_email=with_email):
            part: forms.Form = self.whole if place is None else self.steps[place]
            part.add_error(name or None, problem.said(_))
        return not self.errors

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return any(part.errors for part in (self.whole, *self.steps, *self.thresholds))

    @property
    def sketch(self) -> dict[str, Any]:
        """What the line of time shows of the variant as it stands, right or wrong."""
        name = str(self.whole["name"].value() or "")
        return {"name": name, "steps": [step.sketch for step in self.steps]}

    @property
    def document(self) -> dict[str, Any]:
        """The variant as a configuration document writes it, once valid."""
        typed = self.whole.cleaned_data
        thresholds = [part.document for part in self.thresholds]
        return whole_scenario(
            {
                "profile": self.base["profile"],
                "variant": self.base["variant"],
                "name": typed["name"],
                "active": typed["active"],
                "grouping": typed["grouping"],
                "thanks_while_overdue": typed["thanks_while_overdue"],
                "thresholds": [row for row in thresholds if row],
                "steps": [step.document for step in self.steps],
            }
        )

    @property
    def lacks(self) -> list[str]:
        """The kinds of step that may be added."""
        kinds = [step.kind_of_step for step in self.steps]
        found = [] if "pre_due" in kinds else ["pre_due"]
        if kinds.count("reminder") < _TOP_LEVEL:
            found.append("reminder")
        return found if "thanks" in kinds else [*found, "thanks"]


def _placed(document: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    return list(enumerate(document["steps"]))


def _step_form(
    row: Row, place: int, texts: Mapping[str, NamedText], *, is_sent: bool = False
) -> StepForm:
    prefix = f"{STEPS}{place}"
    if is_sent:
        return StepForm(row_data(row, STEPS, place), prefix=prefix, kind=row["kind"], texts=texts)
    return StepForm(initial=row, prefix=prefix, kind=row["kind"], texts=texts)


def _with_fitting_text(row: Row, texts: Mapping[str, NamedText]) -> Row:
    """A step whose text does not fit its medium takes the nearest one that does."""
    medium = WRITTEN_MEDIA.get(row["medium"], row["medium"])
    fitting = [code for code, text in texts.items() if text.what == (row["kind"], medium)]
    named = row.get("template", "")
    if named in fitting or (not named and medium == "phone"):
        return row
    stem = named.rpartition("_")[0] or f"{row['kind']}_{row.get('level', '')}".strip("_")
    likely = f"{stem}_{medium}"
    return {**row, "template": likely if likely in fitting else next(iter(fitting), "")}


# -- what a button does to the rows --------------------------------------------------------------


def _acted(steps: list[Row], thresholds: list[Row], act: str) -> tuple[list[Row], list[Row]]:
    if act == "seuil":
        return steps, [*thresholds, {}][:MOST_ROWS]
    if act.startswith("ajouter-"):
        return _with_step(steps, act.removeprefix("ajouter-")), thresholds
    change = _CHANGES.get(act.partition("-")[0])
    if change is None:
        return steps, thresholds
    try:
        return change(steps, place_in(act, steps)), thresholds
    except ValueError:
        return steps, thresholds


def _with_step(steps: list[Row], kind: str) -> list[Row]:
    """One more step of a kind; a relance takes the level above the others, and says what the last
    of them says.
    """
    if kind not in _KINDS or len(steps) >= MOST_ROWS:
        return steps
    row = {"kind": kind, "medium": "email", "sending": "manual", "active": "on", **_NEW[kind]}
    if kind == "reminder":
        reminders = [one for one in _sorted(steps) if one["kind"] == "reminder"]
        levels = {_level(one) for one in reminders}
        above = max(levels, default=0) + 1
        free = [level for level in range(1, _TOP_LEVEL + 1) if level not in levels]
        if not free:
            return steps
        row["level"] = str(above if above <= _TOP_LEVEL else free[0])
        if reminders:
            row |= {name: reminders[-1].get(name, "") for name in ("medium", "template")}
        else:
            row["trigger"] = "due"
    return _sorted([*steps, row])


def _sorted(steps: list[Row]) -> list[Row]:
    return sorted(steps, key=lambda row: (_KINDS[row["kind"]], _level(row)))


def _level(row: Row) -> int:
    text = row.get("level", "")
    return int(text) if text.isdecimal() else 0


def _moved(steps: list[Row], place: int, by: int) -> list[Row]:
    """Two relances change places: each takes the other's level."""
    other = place + by
    if not 0 <= other < len(steps):
        return steps
    pair = steps[place], steps[other]
    if any(row["kind"] != "reminder" for row in pair):
        return steps
    found = list(steps)
    found[place] = {**pair[1], "level": pair[0]["level"]}
    found[other] = {**pair[0], "level": pair[1]["level"]}
    return found


_CHANGES: dict[str, Callable[[list[Row], int], list[Row]]] = {
    "monter": lambda steps, place: _moved(steps, place, -1),
    "descendre": lambda steps, place: _moved(steps, place, 1),
    "supprimer": lambda steps, place: steps[:place] + steps[place + 1 :],
    # The medium has changed: the texts to choose from follow.
    "media": lambda steps, _place: steps,
}
