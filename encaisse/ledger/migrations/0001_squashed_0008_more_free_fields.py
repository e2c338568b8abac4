"""All that these migrations made together, for a new database; those that exist have theirs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('ledger', '0001_initial'), ('ledger', '0002_initial'), ('ledger', '0003_search'), ('ledger', '0004_open_by_due'), ('ledger', '0005_invoice_files'), ('ledger', '0006_free_fields'), ('ledger', '0007_currencies'), ('ledger', '0008_more_free_fields')]

    initial = True

    dependencies = [
        ('tenancy', '0001_squashed_0014_customer_pages'),
        ('tenancy', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_code', models.CharField(max_length=80, verbose_name='code client')),
                ('legal_name', models.CharField(max_length=160, verbose_name='raison sociale')),
                ('search_text', models.CharField(blank=True, max_length=260)),
                ('email', models.CharField(blank=True, max_length=500, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='téléphone')),
                ('mobile', models.CharField(blank=True, max_length=40, verbose_name='mobile')),
                ('contact_name', models.CharField(blank=True, max_length=120, verbose_name='contact')),
                ('address', models.TextField(blank=True, verbose_name='adresse')),
                ('postal_code', models.CharField(blank=True, max_length=12, verbose_name='code postal')),
                ('city', models.CharField(blank=True, max_length=80, verbose_name='ville')),
                ('country', models.CharField(blank=True, max_length=60, verbose_name='pays')),
                ('siren', models.CharField(blank=True, max_length=9, verbose_name='SIREN')),
                ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                ('vat_number', models.CharField(blank=True, max_length=20, verbose_name='n° de TVA')),
                ('language', models.CharField(default='fr', max_length=5, verbose_name='langue')),
                ('sales_rep', models.CharField(blank=True, max_length=80, verbose_name='commercial')),
                ('category', models.CharField(blank=True, max_length=80, verbose_name='catégorie')),
                ('payment_terms', models.CharField(blank=True, max_length=60, verbose_name='conditions de règlement')),
                ('free1', models.CharField(blank=True, max_length=120, verbose_name='champ 1')),
                ('free2', models.CharField(blank=True, max_length=120, verbose_name='champ 2')),
                ('free3', models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='champ 3')),
                ('free4', models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='champ 4')),
                ('free5', models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='champ 5')),
                ('free6', models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='champ 6')),
                ('credit_limit_minor', models.BigIntegerField(blank=True, null=True)),
                ('is_detailed', models.BooleanField(default=False)),
                ('has_email', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'search_text', 'id'], name='customer_by_name'), models.Index(fields=['company', 'sales_rep', 'id'], name='customer_by_rep'), models.Index(condition=models.Q(('siren', ''), _negated=True), fields=['siren'], name='customer_by_siren')],
                'constraints': [models.UniqueConstraint(fields=('company', 'account_code'), name='customer_code')],
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=200)),
                ('path', models.CharField(max_length=400)),
                ('mapping', models.JSONField(default=dict)),
                ('options', models.JSONField(default=dict)),
                ('preview', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PaymentMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('label', models.CharField(max_length=80)),
                ('is_automatic', models.BooleanField(default=False)),
                ('is_new', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'code'), name='payment_method_code')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('source_id', models.CharField(max_length=120)),
                ('period', models.PositiveIntegerField(default=0)),
                ('kind', models.CharField(choices=[('invoice', 'Facture'), ('credit_note', 'Avoir'), ('payment', 'Encaissement'), ('rejected_payment', 'Impayé'), ('down_payment', 'Acompte'), ('opening', 'À nouveau'), ('adjustment', 'Écriture diverse')], max_length=20)),
                ('account', models.CharField(blank=True, max_length=20)),
                ('journal_code', models.CharField(blank=True, max_length=20)),
                ('entry_number', models.CharField(blank=True, max_length=60)),
                ('document_number', models.CharField(blank=True, max_length=80)),
                ('document_key', models.CharField(blank=True, default='', max_length=80)),
                ('document_date', models.DateField()),
                ('posting_date', models.DateField()),
                ('due_date', models.DateField(null=True, verbose_name='échéance')),
                ('due_date_source', models.CharField(choices=[('given', 'Comptabilité'), ('computed', 'Calculée'), ('missing', 'Absente')], max_length=10)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('base_minor', models.BigIntegerField()),
                ('match_code', models.CharField(blank=True, max_length=20)),
                ('match_date', models.DateField(null=True)),
                ('remaining_minor', models.BigIntegerField()),
                ('settled_date', models.DateField(null=True)),
                ('free1', models.CharField(blank=True, max_length=120)),
                ('free2', models.CharField(blank=True, max_length=120)),
                ('free3', models.CharField(blank=True, max_length=120)),
                ('free4', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('free5', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('free6', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('is_counted', models.BooleanField(default=True)),
                ('fingerprint', models.BigIntegerField(default=0)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='ledger.customer')),
                ('payment_method', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='ledger.paymentmethod')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('remaining_minor', 0), _negated=True), fields=['company', 'customer', 'currency', 'due_date', 'remaining_minor'], name='entry_open'), models.Index(condition=models.Q(('remaining_minor', 0), _negated=True), fields=['company', 'currency', 'due_date', 'remaining_minor', 'id'], name='entry_open_by_due'), models.Index(fields=['customer', 'posting_date'], name='entry_of_customer'), models.Index(fields=['company', 'posting_date'], name='entry_by_day'), models.Index(condition=models.Q(('amount_minor__lt', 0)), fields=['company', 'posting_date', 'currency', 'kind', 'is_counted', 'amount_minor'], name='entry_received'), models.Index(fields=['company', 'settled_date', 'customer'], name='entry_settled'), models.Index(condition=models.Q(('document_key', ''), _negated=True), fields=['company', 'document_key'], name='entry_by_document', opclasses=('int8_ops', 'varchar_pattern_ops')), models.Index(fields=['company', 'amount_minor'], name='entry_by_amount'), models.Index(condition=models.Q(('remaining_minor', 0), _negated=True), fields=['company', 'remaining_minor'], name='entry_by_remaining')],
                'constraints': [models.UniqueConstraint(fields=('company', 'source', 'source_id'), name='entry_source_id'), models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gte', 0), ('remaining_minor__range', (0, models.F('amount_minor')))), models.Q(('amount_minor__lt', 0), ('remaining_minor__range', (models.F('amount_minor'), 0))), _connector='OR'), name='entry_remaining_within_amount'), models.CheckConstraint(condition=models.Q(('remaining_minor', 0), models.Q(('is_counted', True), ('settled_date', None)), _connector='OR'), name='entry_settled_or_remaining')],
            },
        ),
        migrations.AddField(
            model_name='customer',
            name='payment_method',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='ledger.paymentmethod'),
        ),
        migrations.CreateModel(
            name='RateFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=False)),
                ('tried_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rate_feed', to='tenancy.company')),
            ],
        ),
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=20)),
                ('fingerprint', models.CharField(max_length=64)),
                ('mapping', models.JSONField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'format', 'fingerprint'), name='mapping_once')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='nom')),
                ('role', models.CharField(blank=True, max_length=80, verbose_name='service')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='téléphone')),
                ('mobile', models.CharField(blank=True, max_length=40, verbose_name='mobile')),
                ('language', models.CharField(blank=True, max_length=5, verbose_name='langue')),
                ('is_reminder_recipient', models.BooleanField(default=True, verbose_name='reçoit les relances')),
                ('is_invalid', models.BooleanField(default=False, verbose_name='adresse invalide')),
                ('opted_out_on', models.DateField(null=True, verbose_name='ne plus écrire depuis')),
                ('is_main', models.BooleanField(default=False, verbose_name='contact principal')),
                ('is_local', models.BooleanField(default=False)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='ledger.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('customer', 'email'), name='contact_email_once'), models.UniqueConstraint(condition=models.Q(('is_main', True)), fields=('customer',), name='contact_one_main')],
            },
        ),
        migrations.CreateModel(
            name='CustomerTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=80)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='ledger.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'term', 'customer'], name='term_by_letter', opclasses=('int8_ops', 'varchar_pattern_ops', 'int8_ops')), models.Index(fields=['customer', 'term'], name='term_of_customer')],
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base', models.CharField(max_length=3)),
                ('currency', models.CharField(max_length=3, verbose_name='devise')),
                ('day', models.DateField(verbose_name='jour')),
                ('units', models.BigIntegerField(verbose_name='cours')),
                ('source', models.CharField(choices=[('typed', 'Saisi'), ('file', 'Fichier'), ('ecb', 'BCE')], max_length=10, verbose_name='origine')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'base', 'currency', 'day'), name='exchange_rate_day'), models.CheckConstraint(condition=models.Q(('units__gt', 0), models.Q(('base', models.F('currency')), _negated=True)), name='exchange_rate_of_another')],
            },
        ),
        migrations.CreateModel(
            name='FreeField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('customer', 'Client'), ('entry', 'Pièce')], max_length=8)),
                ('number', models.PositiveSmallIntegerField()),
                ('label', models.CharField(blank=True, max_length=40)),
                ('source_column', models.CharField(blank=True, max_length=80)),
                ('on_page', models.BooleanField(default=True)),
                ('in_customers', models.BooleanField(default=False)),
                ('in_due_items', models.BooleanField(default=False)),
                ('filters_customers', models.BooleanField(default=True)),
                ('filters_due_items', models.BooleanField(default=True)),
                ('filters_criteria', models.BooleanField(default=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'about', 'number'), name='free_field_once'), models.CheckConstraint(condition=models.Q(models.Q(('about', 'customer'), ('number__range', (1, 6))), models.Q(('about', 'entry'), ('number__range', (1, 6))), _connector='OR'), name='free_field_number')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_key', models.CharField(blank=True, max_length=80)),
                ('customer_code', models.CharField(blank=True, max_length=80)),
                ('name', models.CharField(max_length=200)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('path', models.CharField(max_length=250)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('is_current', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'document_key'], name='invoice_file_by_document'), models.Index(fields=['company', 'sha256'], name='invoice_file_by_content')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True), models.Q(('document_key', ''), _negated=True)), fields=('company', 'document_key', 'customer_code'), name='invoice_file_current')],
            },
        ),
        migrations.CreateModel(
            name='KnownWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=80)),
                ('mirror', models.CharField(max_length=80)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'word'], name='word_by_start', opclasses=('int8_ops', 'varchar_pattern_ops')), models.Index(fields=['company', 'mirror'], name='word_by_end', opclasses=('int8_ops', 'varchar_pattern_ops'))],
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('on', models.DateField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('credit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spent', to='ledger.ledgerentry')),
                ('debit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='received', to='ledger.ledgerentry')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='allocation_positive')],
            },
        ),
        migrations.CreateModel(
            name='LedgerSync',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=20)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('first_date', models.DateField(null=True)),
                ('last_date', models.DateField(null=True)),
                ('has_opening', models.BooleanField(default=False)),
                ('summary', models.JSONField(default=dict)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', '-at'], name='sync_latest')],
            },
        ),
    ]
