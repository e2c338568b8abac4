"""What holds reminders back: STOP, disputes, promises. Each is a row that says who and when."""

from django.db import models
from django.db.models import F, Q

from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company, User


class Hold(models.Model):
    """STOP: no reminder for a customer or for one entry, until a day (included) or until lifted."""

    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="holds")
    entry = models.ForeignKey(LedgerEntry, models.CASCADE, null=True, related_name="holds")
    reason = models.CharField("motif", max_length=200, blank=True)
    set_on = models.DateField()
    until = models.DateField("jusqu’au (inclus)", null=True)
    lifted_on = models.DateField(null=True)
    set_by = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("company", "customer"),
                condition=Q(lifted_on=None),
                name="hold_running",
            ),
        )


class Dispute(models.Model):
    """A customer contests entries, or his whole account when no entry is named."""

    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="disputes")
    reason = models.CharField("motif", max_length=80)
    comment = models.TextField("commentaire", blank=True)
    suspends = models.BooleanField("suspendre aussi les relances", default=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.CharField("issue", max_length=80, blank=True)
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("company", "customer"), condition=Q(closed_on=None), name="dispute_open"
            ),
        )


class DisputeEntry(models.Model):
    """A disputed entry, or the disputed part of it."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="lines")
    entry = models.ForeignKey(LedgerEntry, models.CASCADE, related_name="dispute_lines")
    # None: the whole of what remains.
    amount_minor = models.BigIntegerField(null=True)


class PaymentPromise(models.Model):
    """An amount the customer promised for a day. Kept or broken is computed, never typed."""

    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="promises")
    # The first of a series of instalments; None for it, and for a promise of its own.
    first = models.ForeignKey("self", models.CASCADE, null=True, related_name="following")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    promised_date = models.DateField()
    made_on = models.DateField()
    cancelled_on = models.DateField(null=True)
    comment = models.CharField(max_length=250, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="promise_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="promise_not_past", condition=Q(promised_date__gte=F("made_on"))
            ),
        )
        indexes = (models.Index(fields=("company", "promised_date"), name="promise_by_day"),)


class PromiseEntry(models.Model):
    """The part of an entry that a promise covers."""

    promise = models.ForeignKey(PaymentPromise, models.CASCADE, related_name="lines")
    entry = models.ForeignKey(LedgerEntry, models.CASCADE, related_name="promise_lines")
    amount_minor = models.BigIntegerField()
    # What the entry still owed when the promise was made: what has come in since is computed.
    remaining_then_minor = models.BigIntegerField()
