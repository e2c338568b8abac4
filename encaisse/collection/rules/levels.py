"""Simple reminder levels: one text, a number of days after the due date, by mail or by letter.

They are another way of saying the two variants of a scenario; a richer scenario has no such form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from encaisse.collection.rules.facts import LETTERS, TOP_LEVEL
from encaisse.collection.rules.triggers import format_trigger, parse_trigger
from encaisse.core.wording import Sentence, sentence

LEAST_DAYS, MOST_DAYS = -90, 365
_PHONE, _REGISTERED = "phone", "registered_letter"

StepDocument = Mapping[str, Any]


class Wording(NamedTuple):
    """The name and the text of a template."""

    label: str
    body: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level. `days` counts from the due date; zero or less announces it, once.

    By e-mail to those who have an address, by letter to the others, or to all without `by_email`;
    neither: somebody calls. `registered` makes its letters registered ones, ticked as letter or
    not. `origin`: the codes of the texts that it was read from, separated by spaces.
    """

    label: str
    days: int
    by_email: bool
    by_letter: bool
    body: str
    registered: bool = False
    origin: str = ""

    @property
    def wording(self) -> Wording:
        """What it says."""
        return Wording(self.label, self.body)

    def medium(self, *, with_email: bool) -> str | None:
        """How it reaches the customers with, or without, an address; None: it does not."""
        if with_email and self.by_email:
            return "email"
        if self.registered:
            return _REGISTERED
        if self.by_letter:
            return "letter"
        return None if self.by_email else _PHONE


@dataclass(frozen=True, slots=True)
class SimpleLevels:
    """All the levels, the copies of every e-mail, and whether all of it leaves by itself."""

    levels: tuple[Level, ...]
    copies: tuple[str, ...] = ()
    is_automatic: bool = False

    def placed(self) -> Iterator[tuple[str, int, Level]]:
        """Kind and number of each level, in the order of their days."""
        number = 0
        for level in sorted(self.levels, key=lambda one: one.days):
            number += level.days > 0
            yield ("reminder", number, level) if level.days > 0 else ("pre_due", 0, level)


def level_problems(levels: Sequence[Level]) -> Iterator[tuple[int, str, Sentence]]:
    """What is wrong with some levels: the place of each, its field, and a sentence."""
    seen: dict[int, Level] = {}
    announced = claimed = 0
    for place, level in enumerate(levels):
        announced += level.days <= 0
        claimed += level.days > 0
        if level.days <= 0 and announced > 1:
            yield place, "days", sentence("Un seul niveau peut précéder l’échéance.")
        elif level.days in seen:
            other = seen[level.days]
            yield (
                place,
                "days",
                sentence(
                    "« %(label)s » part déjà ce jour-là, %(way)s : changez les jours de l’un des "
                    "deux, ou réunissez-les en un seul niveau.",
                    label=other.label,
                    way=_way(other),
                ),
            )
        elif claimed > TOP_LEVEL:
            yield place, "days", sentence("Il y a neuf niveaux de relance au plus.")
        seen.setdefault(level.days, level)
        is_written = level.by_email or level.by_letter or level.registered
        if is_written and not level.body.strip():
            yield place, "body", sentence("Écrivez le texte de ce niveau.")


def _way(level: Level) -> Sentence:
    """How a level reaches customers."""
    if level.by_letter or level.registered:
        return sentence("par e-mail et par lettre") if level.by_email else sentence("par lettre")
    return sentence("par e-mail") if level.by_email else sentence("par téléphone")


def text_medium(medium: str) -> str:
    """The medium of the text of a step: a registered letter says what a letter says."""
    return "letter" if medium in LETTERS else medium


# -- to a scenario -------------------------------------------------------------------------------


def steps_of(
    simple: SimpleLevels, codes: Mapping[tuple[int, str], str], *, with_email: bool
) -> list[dict[str, Any]]:
    """The steps of a variant; `codes` are the texts by level (0 for the prévenance) and medium."""
    steps = []
    for kind, number, level in simple.placed():
        medium = level.medium(with_email=with_email)
        if medium is None:
            continue
        steps.append(
            {
                "kind": kind,
                "level": number,
                "medium": medium,
                "trigger": format_trigger("due", level.days),
                "template": codes.get((number, text_medium(medium)), ""),
                "automatic": simple.is_automatic and medium != _PHONE,
                "copies": list(simple.copies) if medium == "email" else [],
            }
        )
    return steps


# -- from a scenario -----------------------------------------------------------------------------


def levels_of(
    with_email: Sequence[StepDocument],
    without_email: Sequence[StepDocument],
    texts: Mapping[str, Wording],
) -> SimpleLevels:
    """The levels nearest to the steps of both variants, remerciements left aside."""
    mine, theirs = _by_place(with_email), _by_place(without_email)
    days = _days(mine) | {k: v for k, v in _days(theirs).items() if k not in mine}
    levels = [
        _level(mine.get(place), theirs.get(place), days[place], texts)
        for place in sorted(mine.keys() | theirs.keys())
        if days[place] <= MOST_DAYS
    ]
    written = [step for step in (*mine.values(), *theirs.values()) if step["medium"] != _PHONE]
    copies: list[str] = next((step["copies"] for step in written if step["copies"]), [])
    automatic = bool(written) and all(step["automatic"] for step in written)
    return SimpleLevels(tuple(levels), tuple(copies), automatic)


def fits(
    simple: SimpleLevels,
    with_email: Sequence[StepDocument],
    without_email: Sequence[StepDocument],
    texts: Mapping[str, Wording],
) -> bool:
    """Whether both variants say exactly these levels, and nothing else."""
    for steps, variant in ((with_email, True), (without_email, False)):
        kept = _by_place(steps, active=False)
        wanted = steps_of(simple, {}, with_email=variant)
        if len(kept) != len(wanted):
            return False
        for step in wanted:
            found = kept.get((step["kind"], step["level"]))
            if found is None or not _is_said(step, found):
                return False
    return _says_once(simple, (*with_email, *without_email), texts)


def _is_said(wanted: StepDocument, found: StepDocument) -> bool:
    plain = {"active": True, "to_approve": False, "recipients": [], "invoices": False}
    same = ("medium", "trigger", "automatic", "copies")
    return all(found[name] == value for name, value in plain.items()) and all(
        found[name] == wanted[name] for name in same
    )


def _says_once(
    simple: SimpleLevels, steps: Sequence[StepDocument], texts: Mapping[str, Wording]
) -> bool:
    """One text a level: the e-mail and the letter say the same, or are the proposed pair."""
    said = {(kind, number): level.wording for kind, number, level in simple.placed()}
    for step in steps:
        wording = said.get((step["kind"], step["level"]))
        if wording is None or not step["template"]:
            continue
        mail = texts.get(_pair(step["template"]))
        if texts.get(step["template"]) != wording and mail != wording:
            return False
    return True


def _pair(code: str) -> str:
    """The text for e-mails that stands beside one for letters, proposed or made of a level."""
    is_paired = code.startswith(("reminder_", "pre_due_", "niveau_"))
    return code.removesuffix("_letter") + "_email" if is_paired else ""


def _by_place(
    steps: Sequence[StepDocument], *, active: bool = True
) -> dict[tuple[str, int], StepDocument]:
    kept = (step for step in steps if step["kind"] != "thanks" and (step["active"] or not active))
    return {(step["kind"], step["level"]): step for step in kept}


def _days(steps: Mapping[tuple[str, int], StepDocument]) -> dict[tuple[str, int], int]:
    """The days from the due date, those that count from the step before added up."""
    found: dict[tuple[str, int], int] = {}
    before = 0
    for place, step in sorted(steps.items()):
        trigger, days = parse_trigger(step["trigger"])
        if place[0] == "reminder":
            days = before + days if trigger == "previous" else max(days, before + 1)
            before = days
        found[place] = days
    return found


def _level(
    mine: StepDocument | None,
    theirs: StepDocument | None,
    days: int,
    texts: Mapping[str, Wording],
) -> Level:
    media = {step["medium"] for step in (mine, theirs) if step}
    codes = [step["template"] for step in (mine, theirs) if step and step["template"]]
    wording = next((texts[code] for code in codes if code in texts), Wording("", ""))
    return Level(
        label=wording.label,
        days=days,
        by_email=bool(mine and mine["medium"] == "email"),
        by_letter="letter" in media,
        body=wording.body,
        registered=_REGISTERED in media,
        origin=" ".join(dict.fromkeys(codes)),
    )
