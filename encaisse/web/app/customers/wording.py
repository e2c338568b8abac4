"""May this customer be reminded, and what comes next: the plan's answer in sentences."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import Hold, Step
from encaisse.collection.queries.reasons import LATER, words_of
from encaisse.collection.queries.situation import IN_ORDER, NextStep, Situation
from encaisse.collection.rules.facts import StepRule
from encaisse.collection.rules.plan import LeftOut, Reason
from encaisse.core.dates import short_date
from encaisse.web.language import shown_amount

# These concern the customer as a whole: one sentence says it for all of his entries.
_WHOLE = frozenset(
    {
        Reason.CUSTOMER_STOP,
        Reason.NO_SCENARIO,
        Reason.SCENARIO_OFF,
        Reason.TO_MATCH,
        Reason.DATA_TOO_OLD,
        Reason.BELOW_TOTAL_MINIMUM,
        Reason.ABOVE_TOTAL_MAXIMUM,
    }
)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason, over how many entries, and what to do about it."""

    text: str
    advice: str
    count: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: `tone` is `done`, `warn`, `danger`, or empty when there is nothing to decide."""

    tone: str
    icon: str
    title: str
    detail: str
    whys: tuple[Why, ...] = ()


def verdict_of(situation: Situation, stop: Hold | None) -> Verdict:
    """The sentence at the top of the customer's page."""
    whys = _whys(situation)
    if stop is not None:
        return Verdict(
            "danger", "no-symbol", _("Ce client ne doit pas être relancé."), _stopped(stop)
        )
    if not situation.owes:
        detail = _("Il ne doit rien : il n’y a rien à relancer.")
        return Verdict("", "check-circle", _("Aucune relance à prévoir."), detail)
    if situation.may_be_reminded:
        detail = _next(situation)
        return Verdict("done", "check-circle", _("Ce client peut être relancé."), detail, whys)
    title = _("Ce client ne peut pas être relancé pour l’instant.")
    return Verdict("warn", "exclamation-triangle", title, "", whys)


def _stopped(stop: Hold) -> str:
    since = short_date(stop.set_on)
    if stop.until:
        until = short_date(stop.until)
        text = _("STOP du %(since)s au %(until)s") % {"since": since, "until": until}
    else:
        text = _("STOP depuis le %(since)s, jusqu’à ce qu’on le lève") % {"since": since}
    return f"{text} – {stop.reason}." if stop.reason else f"{text}."


def _next(situation: Situation) -> str:
    if situation.actions:
        return " ".join(
            _("%(step)s à faire depuis le %(day)s : %(amount)s.")
            % {
                "step": step_name(action.step),
                "day": short_date(action.since),
                "amount": shown_amount(action.amount, action.currency),
            }
            for action in situation.actions
        )
    under_way = next((one for one in situation.left_out if one.reason == Reason.IN_PROGRESS), None)
    if under_way is not None:
        return _("Un message est en cours : voyez l’historique ci-dessous.")
    if situation.next_step is not None:
        return _("Rien à faire aujourd’hui. %(next)s.") % {"next": next_text(situation.next_step)}
    return _("Rien à faire aujourd’hui.")


def next_text(coming: NextStep) -> str:
    """« Relance 2 par e-mail le 29/11/2026 »."""
    return _("%(step)s le %(day)s") % {
        "step": step_name(coming.step),
        "day": short_date(coming.day),
    }


def step_name(step: StepRule) -> str:
    """« Relance 2 par e-mail », « Prévenance par e-mail »."""
    ways = {
        "email": _("par e-mail"),
        "letter": _("par courrier"),
        "registered_letter": _("par lettre recommandée"),
        "phone": _("par téléphone"),
        "other": _("par un autre moyen"),
    }
    kind = str(Step.Kind(step.kind).label)
    name = f"{kind} {step.level}" if step.level else kind
    return f"{name} {ways[step.medium]}"


def _whys(situation: Situation) -> tuple[Why, ...]:
    """What holds entries back, the reason with the most of them first."""
    promised = [left for left in situation.obstacles if left.reason == Reason.PROMISE]
    others = [left for left in situation.obstacles if left.reason != Reason.PROMISE]
    by_words = sorted(others, key=describe)
    found = [_why(text, list(some)) for text, some in groupby(by_words, key=describe)]
    if promised:
        found.append(_why(_promised(promised), promised))
    return tuple(sorted(found, key=lambda why: -why.count))


def _promised(promised: list[LeftOut]) -> str:
    """One sentence for all the promises that run, however many payments there are."""
    days = sorted({left.day for left in promised if left.day})
    if len(days) < 2:
        return describe(promised[0])
    text = _("Promesses de règlement en cours, la prochaine le %(first)s, la dernière le %(last)s")
    return text % {"first": short_date(days[0]), "last": short_date(days[-1])}


def _why(text: str, some: list[LeftOut]) -> Why:
    reason, count = some[0].reason, len({left.entry_id for left in some})
    if reason not in _WHOLE:
        pieces = ngettext("%(count)d pièce", "%(count)d pièces", count) % {"count": count}
        text = _("%(reason)s : %(pieces)s") % {"reason": text, "pieces": pieces}
    return Why(text, words_of(reason).advice, count)


def describe(left: LeftOut) -> str:
    """Why one entry is left out, with its day where it has one."""
    label = words_of(left.reason).label
    if left.day is None or left.reason == Reason.ALREADY_TODAY:
        return label
    day = short_date(left.day)
    if left.reason in LATER:
        return _("Prochaine relance le %(day)s") % {"day": day}
    if left.reason == Reason.HOLD_UNTIL:
        return _("Relances suspendues jusqu’au %(day)s") % {"day": day}
    return _("%(reason)s, jusqu’au %(day)s") % {"reason": label, "day": day}


def advice_on(left: LeftOut) -> str:
    """What to do about it; nothing where there is nothing to do but wait."""
    return "" if left.reason in IN_ORDER else words_of(left.reason).advice
