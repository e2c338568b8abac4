from django.db import migrations, models

import encaisse.tenancy.models.company
from encaisse.tenancy.migrations._companies import on_companies


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0009_start"),
    ]

    operations = on_companies(
        migrations.AddField(
            model_name="company",
            name="aging_bounds",
            field=models.JSONField(
                default=encaisse.tenancy.models.company.usual_bounds,
                verbose_name="tranches de retard",
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="numbers_shown",
            field=models.CharField(
                choices=[
                    ("invoice", "N° de facture (référence de la pièce)"),
                    ("entry", "N° de pièce comptable"),
                ],
                default="invoice",
                max_length=10,
                verbose_name="numéro affiché",
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="dispute_reasons",
            field=models.JSONField(default=list, verbose_name="motifs de litige"),
        ),
        migrations.AddField(
            model_name="company",
            name="call_outcomes",
            field=models.JSONField(default=list, verbose_name="résultats d’appel"),
        ),
        migrations.AddField(
            model_name="company",
            name="account_prefixes",
            field=models.JSONField(default=list, verbose_name="comptes suivis"),
        ),
        migrations.AddField(
            model_name="company",
            name="excluded_journals",
            field=models.JSONField(default=list, verbose_name="journaux exclus"),
        ),
        migrations.AddField(
            model_name="company",
            name="promises_suspend",
            field=models.BooleanField(
                default=True, verbose_name="une promesse suspend les relances"
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="disputes_suspend",
            field=models.BooleanField(default=True, verbose_name="un litige suspend les relances"),
        ),
        migrations.AddField(
            model_name="company",
            name="weekdays",
            field=models.CharField(default="12345", max_length=7, verbose_name="jours travaillés"),
        ),
        migrations.AddField(
            model_name="company",
            name="closures",
            field=models.JSONField(default=list, verbose_name="fermetures"),
        ),
    )
