"""What a search looks customers up by; written by `operations.finding`, never by hand."""

from django.db import models

from encaisse.ledger.models.customer import Customer
from encaisse.tenancy.models import Company

# The beginning of a text is looked up letter by letter, whatever language the database sorts in.
BY_LETTER = "varchar_pattern_ops"


class CustomerTerm(models.Model):
    """One thing that a customer is found by: whatever begins like the term leads to him."""

    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="terms", db_index=False)
    term = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(
                fields=("company", "term", "customer"),
                opclasses=("int8_ops", BY_LETTER, "int8_ops"),
                name="term_by_letter",
            ),
            models.Index(fields=("customer", "term"), name="term_of_customer"),
        )

    def __str__(self) -> str:
        return self.term


class KnownWord(models.Model):
    """A word that some term is, as it reads from both ends: what a mistyped word may stand for.

    Words are added as they are met, twice when two imports meet one at once, and never removed:
    a word that leads nowhere any more costs nothing.
    """

    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    word = models.CharField(max_length=80)
    mirror = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(
                fields=("company", "word"), opclasses=("int8_ops", BY_LETTER), name="word_by_start"
            ),
            models.Index(
                fields=("company", "mirror"), opclasses=("int8_ops", BY_LETTER), name="word_by_end"
            ),
        )

    def __str__(self) -> str:
        return self.word
