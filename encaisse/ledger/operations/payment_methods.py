"""Payment methods: found by their label, manual until someone says automatic."""

from datetime import datetime

from django.db import transaction

from encaisse.core.text import fold
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company


class MethodDirectory:
    """The payment methods of a company during one import, by label or code; new ones are manual.

    When nothing is written, new ones get negative ids.
    """

    def __init__(self, company: Company, *, write: bool) -> None:
        self.company = company
        self.created: list[str] = []
        self._write = write
        methods = list(PaymentMethod.objects.filter(company=company).order_by("id"))
        self._ids = {fold(method.code): method.pk for method in methods}
        self._ids |= {fold(method.label): method.pk for method in methods}

    def id_of(self, label: str) -> int | None:
        """The id of the method with this label; None for an empty one."""
        key = fold(label)
        if not key:
            return None
        if key not in self._ids:
            self.created.append(label)
            self._ids[key] = self._create(key, label) if self._write else -len(self.created)
        return self._ids[key]

    def _create(self, key: str, label: str) -> int:
        method, _created = PaymentMethod.objects.get_or_create(
            company=self.company, code=key[:40], defaults={"label": label[:80]}
        )
        return method.pk


@transaction.atomic
def set_automatic(
    method: PaymentMethod, *, is_automatic: bool, author: Author, now: datetime
) -> None:
    """Say whether customers who pay so are left out of reminders in mass."""
    current = PaymentMethod.objects.select_for_update().get(pk=method.pk)
    if current.is_automatic == is_automatic:
        return
    PaymentMethod.objects.filter(pk=method.pk).update(is_automatic=is_automatic)
    record_event(
        "payment_method.set",
        company=method.company,
        author=author,
        at=now,
        code=method.code,
        is_automatic=is_automatic,
        before={"is_automatic": current.is_automatic},
        after={"is_automatic": is_automatic},
    )
    facts_changed(method.company_id)
