"""What the company wants to collect each month, typed by those who configure it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CashTarget
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company


class Aims(NamedTuple):
    """The receipts aimed at in one month, in minor units; None where no target was set."""

    pessimistic: int | None = None
    realistic: int | None = None
    optimistic: int | None = None


NO_AIMS = Aims()


class CashTargetsRefused(Exception):
    """The targets make no sense; `month` is the first day of the one that is wrong."""

    def __init__(self, month: date, message: str) -> None:
        super().__init__(message)
        self.month = month


@transaction.atomic
def set_cash_targets(
    company: Company,
    targets: Mapping[date, Aims],
    *,
    currency: str,
    author: Author,
    now: datetime,
) -> bool:
    """Write the targets of some months, by their first day; months that are not named stay.

    A month without any target is forgotten. False when nothing changed. Raises CashTargetsRefused.
    """
    for month, aims in targets.items():
        _check(month, aims)
    rows = CashTarget.objects.filter(company=company, currency=currency, month__in=targets)
    before = {row.month: aims_of(row) for row in rows}
    changed = {month: aims for month, aims in targets.items() if before.get(month, NO_AIMS) != aims}
    if not changed:
        return False
    rows.filter(month__in=[month for month in changed if changed[month] == NO_AIMS]).delete()
    CashTarget.objects.bulk_create(
        [
            CashTarget(company=company, currency=currency, month=month, **_columns(aims))
            for month, aims in changed.items()
            if aims != NO_AIMS
        ],
        update_conflicts=True,
        unique_fields=["company", "month", "currency"],
        update_fields=[*_columns(NO_AIMS)],
    )
    record_event(
        "cash_targets.set",
        company=company,
        author=author,
        at=now,
        currency=currency,
        months={month.isoformat(): list(aims) for month, aims in sorted(changed.items())},
    )
    return True


def aims_of(row: CashTarget) -> Aims:
    """The targets that a row holds."""
    return Aims(row.pessimistic_minor, row.realistic_minor, row.optimistic_minor)


def _columns(aims: Aims) -> dict[str, int | None]:
    return {f"{name}_minor": minor for name, minor in aims._asdict().items()}


def _check(month: date, aims: Aims) -> None:
    given = [minor for minor in aims if minor is not None]
    if any(minor < 0 for minor in given):
        raise CashTargetsRefused(month, _("Un objectif est un montant positif."))
    if given != sorted(given):
        raise CashTargetsRefused(
            month, _("Le pessimiste ne dépasse pas le réaliste, ni le réaliste l’optimiste.")
        )
