from django.db import migrations, models

from encaisse.tenancy.migrations._companies import on_companies


class Migration(migrations.Migration):

    dependencies = [
        ("tenancy", "0007_api"),
    ]

    operations = on_companies(
        migrations.AddField(
            model_name="company",
            name="siret",
            field=models.CharField(blank=True, max_length=14, verbose_name="SIRET"),
        ),
        migrations.AddField(
            model_name="company",
            name="service_name",
            field=models.CharField(blank=True, max_length=120, verbose_name="service"),
        ),
        migrations.AddField(
            model_name="company",
            name="start_confirmed",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="company",
            name="start_dismissed",
            field=models.BooleanField(default=False),
        ),
    )
