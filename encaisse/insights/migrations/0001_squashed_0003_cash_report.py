"""All that these migrations made together, for a new database; those that exist have theirs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('insights', '0001_initial'),
        ('insights', '0002_scheduled_export_sent_at'),
        ('insights', '0003_cash_report'),
    ]

    initial = True

    dependencies = [
        ('tenancy', '0001_squashed_0014_customer_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', models.CharField(blank=True, max_length=7, verbose_name='jours')),
                ('month_day', models.PositiveSmallIntegerField(null=True, verbose_name='jour du mois')),
                ('hour', models.PositiveSmallIntegerField(default=7, verbose_name='heure')),
                ('is_active', models.BooleanField(default=True)),
                ('last_day', models.DateField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('screen', models.CharField(max_length=40)),
                ('query', models.TextField(blank=True)),
                ('name', models.CharField(max_length=80, verbose_name='nom')),
                ('format', models.CharField(choices=[('xlsx', 'Excel (XLSX)'), ('csv', 'CSV')], default='xlsx', max_length=4, verbose_name='format')),
                ('recipients', models.TextField(verbose_name='destinataires')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CashReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', models.CharField(blank=True, max_length=7, verbose_name='jours')),
                ('month_day', models.PositiveSmallIntegerField(null=True, verbose_name='jour du mois')),
                ('hour', models.PositiveSmallIntegerField(default=7, verbose_name='heure')),
                ('is_active', models.BooleanField(default=True)),
                ('last_day', models.DateField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'owner'), name='cash_report_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('screen', models.CharField(max_length=40)),
                ('query', models.TextField(blank=True)),
                ('name', models.CharField(max_length=80, verbose_name='nom')),
                ('is_shared', models.BooleanField(default=False, verbose_name='partagée avec les collègues')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'owner', 'screen', 'name'), name='saved_view_name')],
            },
        ),
    ]
