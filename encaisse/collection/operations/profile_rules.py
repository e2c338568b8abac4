"""Writing the rules that give profiles, and letting them decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, ProfileRule
from encaisse.collection.queries.profile_rules import (
    Move,
    read_rule,
    rule_documents,
    rule_outcome,
    rules_of,
)
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company

_BATCH = 2_000
# The journal names that many customers; it counts them all.
_MOST_NAMED = 500


@transaction.atomic
def save_profile_rules(
    company: Company,
    documents: Sequence[Mapping[str, Any]],
    *,
    author: Author,
    now: datetime,
) -> int | None:
    """Put these rules in the place of the company's, and let them decide at once.

    A document is `{"profile": code, "conditions": [...]}`. Customers whose profile a person or a
    file chose keep it. Returns how many customers changed, None when the rules are what they were.
    Raises ConditionError, and KeyError for a profile that the company does not have.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    before = rule_documents(company)
    wanted = [{"profile": one["profile"], "conditions": one["conditions"]} for one in documents]
    if wanted == before:
        return None
    write_rules(company, wanted)
    moves = decide_again(company)
    record_event(
        "profile_rules.saved",
        company=company,
        author=author,
        at=now,
        before={"rules": before},
        after={"rules": wanted},
        count=len(moves),
        customers=[move.code for move in moves[:_MOST_NAMED]],
    )
    facts_changed(company.pk)
    return len(moves)


def write_rules(company: Company, documents: Sequence[Mapping[str, Any]]) -> None:
    """Replace the rows of the rules. Whoever calls keeps the journal.

    Raises ConditionError, and KeyError for an unknown profile.
    """
    profiles = {one.code: one for one in CollectionProfile.objects.filter(company=company)}
    rows = []
    for position, wanted in enumerate(documents, start=1):
        profile = profiles[wanted["profile"]]
        read_rule(company, profile.pk, wanted["conditions"])
        rows.append(
            ProfileRule(
                company=company,
                profile=profile,
                position=position,
                conditions=[dict(one) for one in wanted["conditions"]],
            )
        )
    ProfileRule.objects.filter(company=company).delete()
    ProfileRule.objects.bulk_create(rows)


@transaction.atomic
def apply_profile_rules(company: Company, *, author: Author, now: datetime) -> int:
    """Let the company's rules decide again, after an import. Returns how many customers changed."""
    if not ProfileRule.objects.filter(company=company).exists():
        return 0
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    moves = decide_again(company)
    if moves:
        record_event(
            "profile_rules.applied",
            company=company,
            author=author,
            at=now,
            count=len(moves),
            customers=[move.code for move in moves[:_MOST_NAMED]],
        )
        facts_changed(company.pk)
    return len(moves)


def decide_again(company: Company) -> list[Move]:
    """Give every customer whom the rules decide about his profile; who moved. Whoever calls has
    locked the company and keeps the journal.
    """
    moves = rule_outcome(company, rules_of(company)).moves
    ruled = CustomerFollowUp.Origin.RULE
    CustomerFollowUp.objects.bulk_create(
        [
            CustomerFollowUp(
                customer_id=move.customer_id,
                company=company,
                profile_id=move.after,
                profile_origin=ruled if move.after else "",
            )
            for move in moves
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["profile", "profile_origin"],
    )
    return moves
