"""Who owes: customers, their contacts, and how they pay."""

from typing import Self

from django.db import models
from django.db.models import Q

from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope


class PaymentMethod(models.Model):
    """How a customer pays. An automatic method (direct debit…) is never reminded in mass."""

    company = models.ForeignKey(Company, models.CASCADE)
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    is_automatic = models.BooleanField(default=False)
    # An import found it, and nobody has said yet whether it is automatic.
    is_new = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "code"), name="payment_method_code"),
        )


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers of one company, seen by somebody."""

    def of(self, company: Company) -> Self:
        return self.filter(company=company)

    def visible_in(self, scope: Scope) -> Self:
        """The customers that the scope may see."""
        return self.filter(scope.customers())


class Customer(models.Model):
    """A debtor, by his auxiliary account in the accounting software."""

    company = models.ForeignKey(Company, models.CASCADE)
    account_code = models.CharField("code client", max_length=80)
    legal_name = models.CharField("raison sociale", max_length=160)
    # Folded name and code (core.text.fold), the same on every database.
    search_text = models.CharField(max_length=260, blank=True)
    email = models.CharField("e-mail", max_length=500, blank=True)
    phone = models.CharField("téléphone", max_length=40, blank=True)
    mobile = models.CharField("mobile", max_length=40, blank=True)
    contact_name = models.CharField("contact", max_length=120, blank=True)
    address = models.TextField("adresse", blank=True)
    postal_code = models.CharField("code postal", max_length=12, blank=True)
    city = models.CharField("ville", max_length=80, blank=True)
    country = models.CharField("pays", max_length=60, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    vat_number = models.CharField("n° de TVA", max_length=20, blank=True)
    language = models.CharField("langue", max_length=5, default="fr")
    sales_rep = models.CharField("commercial", max_length=80, blank=True)
    category = models.CharField("catégorie", max_length=80, blank=True)
    payment_terms = models.CharField("conditions de règlement", max_length=60, blank=True)
    payment_method = models.ForeignKey(PaymentMethod, models.SET_NULL, null=True, blank=True)
    free1 = models.CharField("champ 1", max_length=120, blank=True)
    free2 = models.CharField("champ 2", max_length=120, blank=True)
    # The database fills those that a file says nothing of.
    free3 = models.CharField("champ 3", max_length=120, blank=True, default="", db_default="")
    free4 = models.CharField("champ 4", max_length=120, blank=True, default="", db_default="")
    free5 = models.CharField("champ 5", max_length=120, blank=True, default="", db_default="")
    free6 = models.CharField("champ 6", max_length=120, blank=True, default="", db_default="")
    credit_limit_minor = models.BigIntegerField(null=True, blank=True)
    # True once a customers' file or a connector gave the details; a FEC then only adds entries.
    is_detailed = models.BooleanField(default=False)
    # True when at least one valid address can be written to; kept by the operations.
    has_email = models.BooleanField(default=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "account_code"), name="customer_code"),
        )
        indexes = (
            models.Index(fields=("company", "search_text", "id"), name="customer_by_name"),
            models.Index(fields=("company", "sales_rep", "id"), name="customer_by_rep"),
            # The same customer in other companies.
            models.Index(fields=("siren",), condition=~Q(siren=""), name="customer_by_siren"),
        )

    def __str__(self) -> str:
        return self.legal_name

    def address_lines(self) -> list[str]:
        """The lines of a letter's address, name first, at most six."""
        town = f"{self.postal_code} {self.city}".strip()
        abroad = "" if self.country.upper() in ("", "FR", "FRANCE") else self.country.upper()
        lines = [self.legal_name, *self.address.splitlines(), town, abroad]
        return [line.strip() for line in lines if line.strip()][:6]

    def has_postal_address(self) -> bool:
        """True when a letter can be addressed."""
        return bool(self.city and (self.address or self.postal_code))

    @property
    def free(self) -> tuple[str, ...]:
        """His free fields, in order."""
        return tuple(getattr(self, column) for column in CUSTOMER_COLUMNS)


class ContactQuerySet(models.QuerySet["Contact"]):
    """People at the customer's."""

    def writable(self) -> Self:
        """Contacts that reminders may be written to."""
        found = self.filter(is_reminder_recipient=True, is_invalid=False, opted_out_on=None)
        return found.exclude(email="")


class Contact(models.Model):
    """Someone at the customer's."""

    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField("nom", max_length=120, blank=True)
    role = models.CharField("service", max_length=80, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=40, blank=True)
    mobile = models.CharField("mobile", max_length=40, blank=True)
    language = models.CharField("langue", max_length=5, blank=True)
    is_reminder_recipient = models.BooleanField("reçoit les relances", default=True)
    is_invalid = models.BooleanField("adresse invalide", default=False)
    # The day on which he asked not to be written to any more.
    opted_out_on = models.DateField("ne plus écrire depuis", null=True)
    # Who is written to when nobody belongs to the services of a step.
    is_main = models.BooleanField("contact principal", default=False)
    # Typed here rather than imported: a synchronisation leaves it alone.
    is_local = models.BooleanField(default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("customer", "email"), condition=~Q(email=""), name="contact_email_once"
            ),
            models.UniqueConstraint(
                fields=("customer",), condition=Q(is_main=True), name="contact_one_main"
            ),
        )

    @property
    def known_as(self) -> str:
        """His name, or what he is reached by."""
        return self.name or self.email or self.phone or self.mobile
