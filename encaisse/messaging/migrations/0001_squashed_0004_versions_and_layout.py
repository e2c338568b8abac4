"""All that these migrations made together, for a new database; those that exist have theirs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('messaging', '0001_initial'), ('messaging', '0002_initial'), ('messaging', '0003_statement'), ('messaging', '0004_versions_and_layout')]

    initial = True

    dependencies = [
        ('tenancy', '0001_squashed_0014_customer_pages'),
    ]

    operations = [
        migrations.CreateModel(
            name='LetterLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window', models.CharField(choices=[('right', 'À droite'), ('left', 'À gauche')], default='right', max_length=5, verbose_name='fenêtre de l’enveloppe')),
                ('font', models.CharField(choices=[('Roboto', 'Roboto'), ('Source Sans Pro', 'Source Sans'), ('Source Serif Pro', 'Source Serif')], default='Roboto', max_length=30, verbose_name='police')),
                ('margin_left', models.PositiveSmallIntegerField(default=20, verbose_name='marge gauche')),
                ('margin_right', models.PositiveSmallIntegerField(default=20, verbose_name='marge droite')),
                ('margin_top', models.PositiveSmallIntegerField(default=20, verbose_name='marge haute')),
                ('margin_bottom', models.PositiveSmallIntegerField(default=24, verbose_name='marge basse')),
                ('has_sender', models.BooleanField(default=True, verbose_name='imprimer le nom et l’adresse')),
                ('has_slip', models.BooleanField(default=False, verbose_name='coupon de paiement')),
                ('has_code', models.BooleanField(default=True, verbose_name='QR code de virement')),
                ('footer', models.TextField(blank=True, verbose_name='pied de page')),
                ('logo', models.CharField(blank=True, max_length=200)),
                ('logo_name', models.CharField(blank=True, max_length=120)),
                ('letterhead', models.CharField(blank=True, max_length=200)),
                ('letterhead_name', models.CharField(blank=True, max_length=120)),
                ('letterhead_everywhere', models.BooleanField(default=False, verbose_name='sur toutes les pages')),
                ('signature', models.CharField(blank=True, max_length=200)),
                ('signature_name', models.CharField(blank=True, max_length=120)),
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='letter_layout', to='tenancy.company')),
            ],
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=80)),
                ('language', models.CharField(default='fr', max_length=5)),
                ('label', models.CharField(max_length=120, verbose_name='nom')),
                ('kind', models.CharField(choices=[('pre_due', 'Prévenance'), ('reminder', 'Relance'), ('thanks', 'Remerciement'), ('statement', 'Relevé')], max_length=20)),
                ('medium', models.CharField(choices=[('email', 'E-mail'), ('letter', 'Courrier'), ('phone', 'Téléphone')], max_length=10)),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='objet')),
                ('body', models.TextField(verbose_name='contenu')),
                ('version', models.PositiveIntegerField(default=1)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'code', 'language'), name='template_code_language')],
            },
        ),
        migrations.CreateModel(
            name='MessageTemplateVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('label', models.CharField(max_length=120)),
                ('subject', models.CharField(blank=True, max_length=250)),
                ('body', models.TextField()),
                ('saved_at', models.DateTimeField(null=True)),
                ('author_name', models.CharField(blank=True, max_length=120)),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='messaging.messagetemplate')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('template', 'number'), name='template_version')],
            },
        ),
    ]
