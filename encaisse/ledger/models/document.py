"""The invoices themselves, as PDF files."""

from django.db import models
from django.db.models import Q

from encaisse.tenancy.models import Company, User


class InvoiceFile(models.Model):
    """The PDF of a document of the ledger, by the document's key: it outlives every import.

    `customer_code` is whose document it is: several years may use a number twice. A file whose
    document was not recognised has no key, and says why in `problem`. One that another replaced
    is not current any more; it is kept, because messages may have carried it.
    """

    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    document_key = models.CharField(max_length=80, blank=True)
    customer_code = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Below MEDIA_ROOT, named after its content.
    path = models.CharField(max_length=250)
    problem = models.CharField(max_length=20, blank=True)
    is_current = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "document_key", "customer_code"),
                condition=Q(is_current=True) & ~Q(document_key=""),
                name="invoice_file_current",
            ),
        )
        indexes = (
            models.Index(fields=("company", "document_key"), name="invoice_file_by_document"),
            models.Index(fields=("company", "sha256"), name="invoice_file_by_content"),
        )

    def __str__(self) -> str:
        return self.name
