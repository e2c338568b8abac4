"""What a search looks up: terms of customers, words that exist, keys of document numbers."""

import django.db.models.deletion
from django.db import migrations, models

from encaisse.ledger.rules.finding import Card, document_key, is_spelled, terms_of

_BATCH = 2_000
_BY_LETTER = ("int8_ops", "varchar_pattern_ops")


def fill_documents(apps, schema_editor):
    """Give every numbered entry its key."""
    entries = apps.get_model("ledger", "LedgerEntry").objects.exclude(document_number="")
    last = 0
    while rows := list(
        entries.filter(id__gt=last).order_by("id").values_list("id", "document_number")[:_BATCH]
    ):
        last = rows[-1][0]
        keys = [(document_key(number), entry_id) for entry_id, number in rows]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE ledger_ledgerentry SET document_key = %s WHERE id = %s", keys
            )


def fill_terms(apps, schema_editor):
    """Give every customer his terms, and note the words that they hold."""
    customer_model, contact_model, term_model, word_model = (
        apps.get_model("ledger", name)
        for name in ("Customer", "Contact", "CustomerTerm", "KnownWord")
    )
    last, known = 0, set()
    while customers := list(customer_model.objects.filter(id__gt=last).order_by("id")[:_BATCH]):
        first, last = customers[0].id, customers[-1].id
        people = {}
        for contact in contact_model.objects.filter(customer_id__gte=first, customer_id__lte=last):
            people.setdefault(contact.customer_id, []).append(contact)
        terms, words = [], []
        for customer in customers:
            contacts = people.get(customer.id, [])
            for term in sorted(terms_of(_card(customer, contacts))):
                terms.append(
                    term_model(company_id=customer.company_id, customer_id=customer.id, term=term)
                )
                if is_spelled(term) and (customer.company_id, term) not in known:
                    known.add((customer.company_id, term))
                    words.append(
                        word_model(company_id=customer.company_id, word=term, mirror=term[::-1])
                    )
        term_model.objects.bulk_create(terms, batch_size=_BATCH)
        word_model.objects.bulk_create(words, batch_size=_BATCH)


def _card(customer, contacts):
    return Card(
        customer.legal_name,
        customer.account_code,
        numbers=(customer.siret or customer.siren, customer.vat_number),
        emails=[*customer.email.split(","), *(contact.email for contact in contacts)],
        phones=[phone for one in (customer, *contacts) for phone in (one.phone, one.mobile)],
        people=[customer.contact_name, *(contact.name for contact in contacts)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_initial"),
        ("tenancy", "0002_membership_visits"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("term", models.CharField(max_length=80)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tenancy.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="ledger.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KnownWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=80)),
                ("mirror", models.CharField(max_length=80)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tenancy.company",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="document_key",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddIndex(
            model_name="customerterm",
            index=models.Index(
                fields=["company", "term", "customer"],
                name="term_by_letter",
                opclasses=(*_BY_LETTER, "int8_ops"),
            ),
        ),
        migrations.AddIndex(
            model_name="customerterm",
            index=models.Index(fields=["customer", "term"], name="term_of_customer"),
        ),
        migrations.AddIndex(
            model_name="knownword",
            index=models.Index(
                fields=["company", "word"], name="word_by_start", opclasses=_BY_LETTER
            ),
        ),
        migrations.AddIndex(
            model_name="knownword",
            index=models.Index(
                fields=["company", "mirror"], name="word_by_end", opclasses=_BY_LETTER
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=~models.Q(siren=""), fields=["siren"], name="customer_by_siren"
            ),
        ),
        migrations.RunPython(fill_terms, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_documents, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=~models.Q(document_key=""),
                fields=["company", "document_key"],
                name="entry_by_document",
                opclasses=_BY_LETTER,
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["company", "amount_minor"], name="entry_by_amount"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=~models.Q(remaining_minor=0),
                fields=["company", "remaining_minor"],
                name="entry_by_remaining",
            ),
        ),
    ]
