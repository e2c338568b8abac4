"""What must hold of the steps of a scenario, beyond the shape of each: one sentence a fault."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from encaisse.collection.rules.facts import LETTERS, SPOKEN
from encaisse.collection.rules.triggers import TriggerError, check_trigger, parse_trigger
from encaisse.core.wording import Sentence, sentence

Step = Mapping[str, Any]

_WRITTEN = ("email", *LETTERS)
_TEXT_OF = {"registered_letter": "letter", "other": "phone"}


class TextKind(NamedTuple):
    """What a template is for."""

    kind: str
    medium: str


class Problem(NamedTuple):
    """A fault: the place of its step (None: the whole scenario), the field, and what to do."""

    place: int | None
    field: str
    sentence: Sentence


def scenario_problems(
    steps: Sequence[Step], texts: Mapping[str, TextKind], *, with_email: bool
) -> Iterator[Problem]:
    """What is wrong with the steps of a variant; `texts` are the company's, by code."""
    if not any(step["active"] for step in steps):
        yield Problem(None, "", sentence("Gardez au moins une étape active."))
    seen: set[tuple[str, int]] = set()
    for place, step in enumerate(steps):
        if (step["kind"], step["level"]) in seen:
            yield Problem(place, "level", sentence("Une autre étape a déjà ce niveau."))
        seen.add((step["kind"], step["level"]))
        if step["active"]:
            yield from _medium_problems(place, step, with_email=with_email)
            yield from _text_problems(place, step, texts)
        try:
            check_trigger(step["kind"], *parse_trigger(step["trigger"]))
        except TriggerError as error:
            for one in error.sentences:
                yield Problem(place, "days", one if isinstance(one, Sentence) else sentence(one))
    yield from _reference_problems(steps)


def _medium_problems(place: int, step: Step, *, with_email: bool) -> Iterator[Problem]:
    if step["medium"] == "email" and not with_email:
        said = sentence("Ces clients n’ont pas d’adresse e-mail : choisissez un autre média.")
        yield Problem(place, "medium", said)
    if step["automatic"] and step["medium"] in SPOKEN:
        said = sentence("Un appel ne part pas tout seul : choisissez « Manuel ».")
        yield Problem(place, "sending", said)


def _text_problems(place: int, step: Step, texts: Mapping[str, TextKind]) -> Iterator[Problem]:
    code, medium = step["template"], step["medium"]
    if not code:
        if medium in _WRITTEN:
            yield Problem(place, "template", sentence("Choisissez le modèle du message."))
        return
    text = texts.get(code)
    if text is None:
        yield Problem(place, "template", sentence("Ce modèle n’existe plus : prenez-en un autre."))
    elif text.medium != _TEXT_OF.get(medium, medium):
        yield Problem(place, "template", sentence("Ce modèle est écrit pour un autre média."))
    elif text.kind != step["kind"]:
        said = sentence("Ce modèle est écrit pour un autre type de message.")
        yield Problem(place, "template", said)


def _reference_problems(steps: Sequence[Step]) -> Iterator[Problem]:
    """All reminders count from one date; from the invoice's, nothing is announced before."""
    reminders = sorted(
        (step["level"], place, parse_trigger(step["trigger"])[0])
        for place, step in enumerate(steps)
        if step["kind"] == "reminder" and step["active"]
    )
    dated = [
        (place, trigger == "invoice") for _, place, trigger in reminders if trigger != "previous"
    ]
    for place, is_invoice in dated[1:]:
        if is_invoice != dated[0][1]:
            said = sentence(
                "Les relances comptent toutes depuis la même date : l’échéance, ou la facture."
            )
            yield Problem(place, "trigger", said)
    if not reminders or reminders[0][2] != "invoice":
        return
    for place, step in enumerate(steps):
        if step["kind"] == "pre_due" and step["active"]:
            said = sentence(
                "La première relance compte depuis la date de facture : ignorez la prévenance."
            )
            yield Problem(place, "active", said)
