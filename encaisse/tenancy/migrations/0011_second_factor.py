from django.db import migrations, models

from encaisse.tenancy.migrations._companies import on_companies


class Migration(migrations.Migration):

    dependencies = [
        ("tenancy", "0010_options"),
    ]

    operations = on_companies(
        migrations.AddField(
            model_name="company",
            name="requires_second_factor",
            field=models.BooleanField(default=False, verbose_name="deux étapes obligatoires"),
        ),
    )
