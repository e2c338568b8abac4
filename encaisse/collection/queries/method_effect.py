"""What payment methods called otherwise would do to the next day's plan. Writes nothing."""

from collections.abc import Mapping
from datetime import date

from django.db.models.functions import Coalesce

from encaisse.collection.queries.facts import Lookout, gather
from encaisse.collection.queries.scenario_effect import DayEffect, Sent, counted
from encaisse.collection.rules.plan import decide
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.scope import Scope


def method_effect(scope: Scope, on: date, *, automatic: Mapping[int, bool]) -> DayEffect:
    """The plan of a day with the payment methods as they are, and as `automatic` has some of them.

    The facts are those of now: what leaves today still counts.
    """
    facts = gather(Lookout(scope, on))
    read = list(facts.entries)
    paid_by = _methods_of_entries(scope, automatic)

    def sent(*, as_asked: bool) -> Sent:
        facts.entries = [
            entry._replace(is_automatic_method=automatic[paid_by[entry.id]])
            if as_asked and entry.id in paid_by
            else entry
            for entry in read
        ]
        return counted(decide(facts, scope.company.calendar).actions)

    return DayEffect(on, sent(as_asked=False), sent(as_asked=True))


def _methods_of_entries(scope: Scope, methods: Mapping[int, bool]) -> dict[int, int]:
    """The open debits paid by some methods: their own one, else that of their customer."""
    method = Coalesce("payment_method_id", "customer__payment_method_id")
    entries = LedgerEntry.objects.filter(company=scope.company, remaining_minor__gt=0)
    return dict(
        entries.exclude(remaining_minor=0)
        .annotate(method=method)
        .filter(method__in=list(methods))
        .order_by()
        .values_list("id", "method")
    )
