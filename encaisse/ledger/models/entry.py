"""The receivables ledger: who owes what, since when.

Sign convention, everywhere: a positive amount is owed by the customer. Invoices are positive;
credit notes and payments are negative. Amounts are integers in the currency's minor unit.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from encaisse.ledger.models.customer import Customer, PaymentMethod
from encaisse.ledger.rules.free_fields import ENTRY_COLUMNS
from encaisse.tenancy.models import Company


class LedgerEntry(models.Model):
    """One due line of the customer's account (une échéance d’une pièce).

    `remaining_minor` is what is left after matching, over everything the ledger knows;
    `settled_date` is the day on which it became 0. Figures as of an earlier day come from
    `queries.open_items`.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Facture")
        CREDIT_NOTE = "credit_note", _("Avoir")
        PAYMENT = "payment", _("Encaissement")
        REJECTED_PAYMENT = "rejected_payment", _("Impayé")
        DOWN_PAYMENT = "down_payment", _("Acompte")
        OPENING = "opening", _("À nouveau")
        ADJUSTMENT = "adjustment", _("Écriture diverse")

    class DueDateSource(models.TextChoices):
        GIVEN = "given", _("Comptabilité")
        COMPUTED = "computed", _("Calculée")
        MISSING = "missing", _("Absente")

    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="entries", db_index=False)
    # The connector's name and the source's own stable id: what follow-up data hangs on.
    source = models.CharField(max_length=20)
    source_id = models.CharField(max_length=120)
    # First day of the fiscal year that it came with, as AAAAMMJJ: letters mean something inside it.
    period = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=Kind)
    account = models.CharField(max_length=20, blank=True)
    journal_code = models.CharField(max_length=20, blank=True)
    entry_number = models.CharField(max_length=60, blank=True)
    document_number = models.CharField(max_length=80, blank=True)
    # What the number is found by (rules.finding.document_key).
    document_key = models.CharField(max_length=80, blank=True, default="")
    document_date = models.DateField()
    posting_date = models.DateField()
    due_date = models.DateField("échéance", null=True)
    due_date_source = models.CharField(max_length=10, choices=DueDateSource)
    label = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    # The same amount in the company's currency, for the control against the accounting.
    base_minor = models.BigIntegerField()
    match_code = models.CharField(max_length=20, blank=True)
    match_date = models.DateField(null=True)
    remaining_minor = models.BigIntegerField()
    settled_date = models.DateField(null=True)
    payment_method = models.ForeignKey(PaymentMethod, models.SET_NULL, null=True, db_index=False)
    free1 = models.CharField(max_length=120, blank=True)
    free2 = models.CharField(max_length=120, blank=True)
    free3 = models.CharField(max_length=120, blank=True)
    # The database fills those that a file says nothing of.
    free4 = models.CharField(max_length=120, blank=True, default="", db_default="")
    free5 = models.CharField(max_length=120, blank=True, default="", db_default="")
    free6 = models.CharField(max_length=120, blank=True, default="", db_default="")
    # An entry that left the source, or that a later opening entry replaces, counts for nothing
    # but keeps its row: its follow-up is there again if it comes back.
    is_counted = models.BooleanField(default=True)
    fingerprint = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "source", "source_id"), name="entry_source_id"
            ),
            models.CheckConstraint(
                name="entry_remaining_within_amount",
                condition=Q(amount_minor__gte=0, remaining_minor__range=(0, F("amount_minor")))
                | Q(amount_minor__lt=0, remaining_minor__range=(F("amount_minor"), 0)),
            ),
            models.CheckConstraint(
                name="entry_settled_or_remaining",
                condition=Q(remaining_minor=0) | Q(settled_date=None, is_counted=True),
            ),
        )
        indexes = (
            models.Index(
                fields=("company", "customer", "currency", "due_date", "remaining_minor"),
                condition=~Q(remaining_minor=0),
                name="entry_open",
            ),
            # What is expected in a week, summed and ranked from the index alone.
            models.Index(
                fields=("company", "currency", "due_date", "remaining_minor", "id"),
                condition=~Q(remaining_minor=0),
                name="entry_open_by_due",
            ),
            models.Index(fields=("customer", "posting_date"), name="entry_of_customer"),
            models.Index(fields=("company", "posting_date"), name="entry_by_day"),
            # What came in over some months, summed from the index alone.
            models.Index(
                fields=(
                    "company",
                    "posting_date",
                    "currency",
                    "kind",
                    "is_counted",
                    "amount_minor",
                ),
                condition=Q(amount_minor__lt=0),
                name="entry_received",
            ),
            models.Index(fields=("company", "settled_date", "customer"), name="entry_settled"),
            models.Index(
                fields=("company", "document_key"),
                opclasses=("int8_ops", "varchar_pattern_ops"),
                condition=~Q(document_key=""),
                name="entry_by_document",
            ),
            # An amount that was typed: open entries first.
            models.Index(fields=("company", "amount_minor"), name="entry_by_amount"),
            models.Index(
                fields=("company", "remaining_minor"),
                condition=~Q(remaining_minor=0),
                name="entry_by_remaining",
            ),
        )

    def __str__(self) -> str:
        return self.document_number or self.label

    @property
    def free(self) -> tuple[str, ...]:
        """Its free fields, in order."""
        return tuple(getattr(self, column) for column in ENTRY_COLUMNS)

    def number_shown(self, shown: str) -> str:
        """The number that a company shows (`Company.Numbers`), the other one where it has none."""
        if shown == Company.Numbers.ENTRY:
            return self.entry_number or self.document_number
        return self.document_number

    def called(self, shown: str) -> str:
        """The same, or its words where it has no number at all."""
        return self.number_shown(shown) or self.label

    def days_late(self, today: date) -> int:
        """Calendar days since the due date; 0 when it is not past or not known."""
        return max(0, (today - self.due_date).days) if self.due_date else 0


class Allocation(models.Model):
    """What a credit paid on a debit inside a match group that does not balance.

    Balanced groups need none: all their lines are settled on one day.
    """

    company = models.ForeignKey(Company, models.CASCADE)
    debit = models.ForeignKey(LedgerEntry, models.CASCADE, related_name="received")
    credit = models.ForeignKey(LedgerEntry, models.CASCADE, related_name="spent")
    amount_minor = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="allocation_positive", condition=Q(amount_minor__gt=0)),
        )
