"""The values that lists can be filtered by: those that exist in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from encaisse.collection.models import CollectionProfile, Step
from encaisse.collection.queries.customers import dispute_reasons
from encaisse.core.ageing import USUAL_BOUNDS
from encaisse.insights.memory import remembered
from encaisse.ledger.models import Customer, PaymentMethod
from encaisse.ledger.queries.free_fields import FreeFields, free_fields
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# With fewer customers than this, reading their distinct values takes no time.
_LARGE = 2_000
# A select of more values than that is read by nobody: one types what one looks for.
_MOST_VALUES = 200
# Distinct values in order; None where there are too many to choose from.
Values = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Values for filters, in order."""

    profiles: tuple[CollectionProfile, ...]
    payment_methods: tuple[PaymentMethod, ...]
    sales_reps: tuple[str, ...]
    categories: tuple[str, ...]
    currencies: tuple[str, ...]
    # The values of the free fields in use, by column.
    free: Mapping[str, Values]
    dispute_reasons: tuple[str, ...]
    # The levels of the scenarios, in any version: an entry keeps the one that it reached.
    levels: tuple[int, ...]
    fields: FreeFields
    customers: int
    # The company's ageing periods, in days late.
    bounds: tuple[int, ...] = USUAL_BOUNDS

    @property
    def default_profile_id(self) -> int | None:
        """The profile of customers who were given none."""
        return next((profile.pk for profile in self.profiles if profile.is_default), None)


def choices_of(scope: Scope) -> Choices:
    """The choices for what a scope sees; a few queries, remembered for a large ledger."""
    company = scope.company
    key = ("choices", company.pk, company.facts_revision, scope.sales_reps)
    return remembered(key, lambda: _read(scope), worth=lambda found: found.customers >= _LARGE)


def _read(scope: Scope) -> Choices:
    company = scope.company
    customers = Customer.objects.visible_in(scope)
    fields = free_fields(company)
    profiles = CollectionProfile.objects.filter(company=company).order_by("name", "id")
    methods = PaymentMethod.objects.filter(company=company).order_by("label", "id")
    return Choices(
        profiles=tuple(profiles),
        payment_methods=tuple(methods),
        sales_reps=_distinct(customers, "sales_rep"),
        categories=_distinct(customers, "category"),
        currencies=_open_currencies(company.pk),
        free={one.column: _few(customers, one.column) for one in fields.customer},
        dispute_reasons=tuple(dispute_reasons(company)),
        levels=_levels(company),
        fields=fields,
        customers=customers.count(),
        bounds=company.bounds,
    )


def _levels(company: Company) -> tuple[int, ...]:
    steps = Step.objects.filter(scenario__company=company, kind=Step.Kind.REMINDER, is_active=True)
    return tuple(steps.order_by("level").values_list("level", flat=True).distinct())


def _distinct(customers: QuerySet[Customer], column: str) -> tuple[str, ...]:
    values = customers.exclude(**{column: ""}).values_list(column, flat=True)
    return tuple(values.order_by(column).distinct())


def _few(customers: QuerySet[Customer], column: str) -> Values:
    values = customers.exclude(**{column: ""}).values_list(column, flat=True)
    found = tuple(values.order_by(column).distinct()[: _MOST_VALUES + 1])
    return found if len(found) <= _MOST_VALUES else None


def _open_currencies(company_id: int) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.currency FROM ledger_ledgerentry e"
            " WHERE e.company_id = %s AND NOT (e.remaining_minor = 0) ORDER BY e.currency",
            [company_id],
        )
        return tuple(row[0] for row in cursor.fetchall())
