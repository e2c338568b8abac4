from django.db import migrations, models

from encaisse.tenancy.migrations._companies import on_companies


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0013_charges'),
    ]

    operations = on_companies(
        migrations.AddField(
            model_name='company',
            name='customer_pages',
            field=models.BooleanField(default=False, verbose_name='page du client'),
        ),
    )
