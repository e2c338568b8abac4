"""Payment methods: found by their label, manual until someone says automatic."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

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
            self._ids[key] = self._create(label) if self._write else -len(self.created)
        return self._ids[key]

    def _create(self, label: str) -> int:
        """Its code is what the accounting calls it, as it writes it."""
        written = " ".join(label.split())
        method, _created = PaymentMethod.objects.get_or_create(
            company=self.company,
            code=written[:40],
            defaults={"label": written[:80], "is_new": True},
        )
        return method.pk


class MethodRefused(Exception):
    """The change cannot be made; the message is fit to show to the user."""


@transaction.atomic
def set_method(
    method: PaymentMethod, *, label: str, is_automatic: bool, author: Author, now: datetime
) -> bool:
    """Name a payment method, and say whether what is paid so is left out of reminders in mass.

    Its code stays: imports go on finding it. It is new no longer. Returns whether anything that the
    user sees has changed. Raises MethodRefused for a name that another one has.
    """
    current = PaymentMethod.objects.select_for_update().get(pk=method.pk)
    _check_label(current, label)
    before = {"label": current.label, "is_automatic": current.is_automatic}
    after = {"label": label, "is_automatic": is_automatic}
    if before == after and not current.is_new:
        return False
    PaymentMethod.objects.filter(pk=method.pk).update(**after, is_new=False)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return True  # it was looked at, and is what it was
    record_event(
        "payment_method.set",
        company=method.company,
        author=author,
        at=now,
        code=method.code,
        label=label,
        is_automatic=is_automatic,
        before={name: before[name] for name in changed},
        after=changed,
    )
    facts_changed(method.company_id)
    return True


class MethodChange(NamedTuple):
    """What a method is to be called, and whether it is automatic."""

    method: PaymentMethod
    label: str
    is_automatic: bool


@transaction.atomic
def set_methods(
    changes: Sequence[MethodChange], *, author: Author, now: datetime
) -> dict[int, str]:
    """Change several methods, all or none: returns why some are refused, by id."""
    refused: dict[int, str] = {}
    for method, label, is_automatic in changes:
        try:
            set_method(method, label=label, is_automatic=is_automatic, author=author, now=now)
        except MethodRefused as refusal:
            refused[method.pk] = str(refusal)
    if refused:
        transaction.set_rollback(True)
    return refused


def _check_label(method: PaymentMethod, label: str) -> None:
    """An import that reads a label must find one method."""
    key = fold(label)
    if not key:
        raise MethodRefused(_("Donnez un nom à ce mode de règlement."))
    others = PaymentMethod.objects.filter(company=method.company).exclude(pk=method.pk)
    known = {fold(text) for row in others.values_list("code", "label") for text in row}
    if key in known:
        raise MethodRefused(_("Un autre mode s’appelle déjà « %(label)s ».") % {"label": label})
