"""A company makes its lists its own: the reasons of disputes, the outcomes of calls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from encaisse.collection.models import Dispute, Note, Reminder
from encaisse.collection.queries.motives import (
    CallOutcome,
    Effect,
    Motive,
    call_outcomes,
    motives,
    used_reasons,
)
from encaisse.core.text import fold
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company

MOST = 50
LONGEST_REASON, LONGEST_OUTCOME = 80, 60
_OWN_CODE = re.compile(r"own-[0-9a-f]{8}")


class ListRefused(Exception):
    """The list cannot be so; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A reason of the list; `was`: what it was called until now, "" for a new one."""

    motive: Motive
    was: str = ""


@transaction.atomic
def set_motives(company: Company, wanted: Sequence[Renamed], *, author: Author) -> None:
    """Give a company its list of reasons, in order. Disputes follow a reason that is renamed.

    A reason that a dispute has never leaves the list: it is switched off instead. Raises
    ListRefused.
    """
    _check([one.motive.label for one in wanted], LONGEST_REASON)
    if not any(one.motive.active for one in wanted):
        raise ListRefused(_("Gardez au moins un motif."))
    before = motives(company)
    renamed = {
        one.was: one.motive.label for one in wanted if one.was and one.was != one.motive.label
    }
    if renamed:  # at once: two reasons may swap their names
        whens = [When(reason=was, then=Value(label)) for was, label in renamed.items()]
        Dispute.objects.filter(company=company, reason__in=renamed).update(reason=Case(*whens))
        # Lists of large ledgers are remembered until the facts change.
        facts_changed(company.pk)
    listed = {fold(one.motive.label) for one in wanted}
    kept = [label for label in used_reasons(company) if fold(label) not in listed]
    after = [*(one.motive for one in wanted), *(Motive(label, active=False) for label in kept)]
    if after == before and company.dispute_reasons:
        return
    company.dispute_reasons = [{"label": one.label, "active": one.active} for one in after]
    company.save(update_fields=["dispute_reasons"])
    record_event(
        "company.motives_set",
        company=company,
        author=author,
        before={"dispute_reasons": _told(before)},
        after={"dispute_reasons": _told(after)},
    )


@transaction.atomic
def set_outcomes(
    company: Company, wanted: Sequence[CallOutcome], *, author: Author
) -> list[CallOutcome]:
    """Give a company its list of outcomes, in order; a blank code is a new one.

    The outcomes that everyone has stay in the list, as do those that a call was noted with: they
    are switched off instead. Returns the latter. What was noted keeps its words. Raises
    ListRefused.
    """
    _check([one.label for one in wanted], LONGEST_OUTCOME)
    if not any(one.active and one.effect == Effect.DONE for one in wanted):
        raise ListRefused(_("Gardez au moins un résultat après lequel l’appel est fait."))
    before = call_outcomes(company)
    known = {one.code: one for one in before}
    after = [_written(one, known.get(one.code)) for one in wanted]
    missing = [one for one in before if one.code not in {kept.code for kept in after}]
    kept = [one for one in missing if one.is_own and _is_used(company, one)]
    back = [one for one in missing if not one.is_own or one in kept]
    after += [replace(one, active=False) for one in back]
    if after != before:
        company.call_outcomes = [one.as_json() for one in after]
        company.save(update_fields=["call_outcomes"])
        record_event(
            "company.outcomes_set",
            company=company,
            author=author,
            before={"call_outcomes": _told(before)},
            after={"call_outcomes": _told(after)},
        )
    return kept


def _written(wanted: CallOutcome, known: CallOutcome | None) -> CallOutcome:
    """An outcome of the list as it is kept: what everyone has keeps its effect."""
    if known is not None and not known.is_own:
        return replace(wanted, effect=known.effect)
    if wanted.effect not in (Effect.DONE, Effect.AGAIN):
        raise ListRefused(_("Une promesse et un litige ont déjà leur résultat."))
    is_code = known or _OWN_CODE.fullmatch(wanted.code)
    return wanted if is_code else replace(wanted, code=f"own-{token_hex(4)}")


def _is_used(company: Company, outcome: CallOutcome) -> bool:
    """True when a call was noted so: its comment, or the note left, begins with it."""
    told, noted = Q(comment=outcome.label), Q(text=outcome.label)
    told |= Q(comment__startswith=f"{outcome.label} – ")
    noted |= Q(text__startswith=f"{outcome.label} – ")
    return (
        Reminder.objects.filter(told, company=company).exists()
        or Note.objects.filter(noted, company=company).exists()
    )


def _check(labels: Sequence[str], longest: int) -> None:
    if len(labels) > MOST:
        raise ListRefused(_("Une liste a %(count)d lignes au plus.") % {"count": MOST})
    seen: set[str] = set()
    for label in labels:
        if not label.strip() or len(label) > longest:
            raise ListRefused(_("Un nom a de 1 à %(count)d caractères.") % {"count": longest})
        if fold(label) in seen:
            raise ListRefused(_("« %(label)s » est deux fois dans la liste.") % {"label": label})
        seen.add(fold(label))


def _told(rows: Sequence[Motive] | Sequence[CallOutcome]) -> list[str]:
    """A list as the journal tells it."""
    return [
        one.label if one.active else _("%(label)s (désactivé)") % {"label": one.label}
        for one in rows
    ]
