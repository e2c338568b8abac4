"""The lists that a company makes its own: why customers contest, and what comes of a call."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy

from encaisse.collection.models import Dispute
from encaisse.tenancy.models import Company

_USED = 100
_USUAL_REASONS = (
    gettext_lazy("Prix"), gettext_lazy("Quantité"), gettext_lazy("Qualité"),
    gettext_lazy("Livraison"), gettext_lazy("Facture non reçue"), gettext_lazy("Avoir attendu"),
    gettext_lazy("Déjà réglée"), gettext_lazy("Commande contestée"),
)  # fmt: skip


class Outcome(models.TextChoices):
    """What came of a call, or of another action; a company may have others of its own."""

    DONE = "done", gettext_lazy("Fait")
    REACHED = "reached", gettext_lazy("Joint")
    PROMISE = "promise", gettext_lazy("Promesse de règlement")
    DISPUTE = "dispute", gettext_lazy("Litige")
    MESSAGE = "message", gettext_lazy("Absent, message laissé")
    ABSENT = "absent", gettext_lazy("Absent, à rappeler")


class Effect(StrEnum):
    """What an outcome does: the action is done, or it stays to do."""

    DONE = "done"
    AGAIN = "again"
    PROMISE = "promise"
    DISPUTE = "dispute"


# What can come of a call, and of anything else: a visit, a message by another way.
OF_A_CALL = tuple(one for one in Outcome if one is not Outcome.DONE)
OF_AN_ACTION = (Outcome.DONE, Outcome.PROMISE, Outcome.DISPUTE)
_EFFECTS = {
    Outcome.PROMISE: Effect.PROMISE,
    Outcome.DISPUTE: Effect.DISPUTE,
    Outcome.ABSENT: Effect.AGAIN,
}


@dataclass(frozen=True, slots=True)
class Motive:
    """A reason to contest, as forms offer it while it is active."""

    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What may come of a call. `code` never changes; those of `Outcome` are there for everyone."""

    code: str
    label: str
    effect: Effect
    active: bool = True

    @property
    def is_own(self) -> bool:
        """True for one that the company added."""
        return self.code not in Outcome.values

    def as_json(self) -> dict[str, Any]:
        """As the company keeps it."""
        return {**asdict(self), "effect": self.effect.value}


def motives(company: Company) -> list[Motive]:
    """The company's list of reasons, the usual ones as long as it has none."""
    own = [Motive(one["label"], one["active"]) for one in company.dispute_reasons]
    return own or [Motive(str(label)) for label in _USUAL_REASONS]


def used_reasons(company: Company) -> dict[str, int]:
    """How many disputes were opened for each reason, listed or not."""
    used = Dispute.objects.filter(company=company).values_list("reason")
    return dict(used.annotate(number=Count("pk")).order_by("reason")[:_USED])


def offered_dispute_reasons(company: Company) -> list[str]:
    """The reasons that a form offers: the company's own list; without one, the usual reasons and
    those of its disputes.
    """
    labels = [one.label for one in motives(company) if one.active]
    if not company.dispute_reasons:
        labels += used_reasons(company)
    return list(dict.fromkeys(labels))


def call_outcomes(company: Company) -> list[CallOutcome]:
    """Everything that may come of a call, in the company's order; those it switched off too."""
    own = [_outcome(one) for one in company.call_outcomes]
    known = {one.code for one in own}
    return [*own, *(_built_in(one) for one in OF_A_CALL if one.value not in known)]


def offered_outcomes(company: Company, *, is_call: bool) -> Sequence[CallOutcome]:
    """What a form offers after a call, or after another action."""
    listed = call_outcomes(company)
    if is_call:
        return [one for one in listed if one.active]
    by_code = {one.code: one for one in [*listed, _built_in(Outcome.DONE)]}
    return [by_code[code] for code in OF_AN_ACTION if by_code[code].active]


def outcome_of(company: Company, code: str) -> CallOutcome:
    """An outcome by its code, switched off or not. Raises KeyError."""
    found = {one.code: one for one in [*call_outcomes(company), _built_in(Outcome.DONE)]}
    return found[code]


def _outcome(kept: Mapping[str, Any]) -> CallOutcome:
    return CallOutcome(kept["code"], kept["label"], Effect(kept["effect"]), kept["active"])


def _built_in(one: Outcome) -> CallOutcome:
    return CallOutcome(one.value, str(one.label), _EFFECTS.get(one, Effect.DONE))
