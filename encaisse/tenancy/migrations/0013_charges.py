from django.db import migrations, models

from encaisse.tenancy.migrations._companies import on_companies


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0012_webhooks'),
    ]

    operations = on_companies(
        migrations.AddField(
            model_name='company',
            name='ecb_rates',
            field=models.JSONField(default=dict, verbose_name='taux de la BCE'),
        ),
        migrations.AddField(
            model_name='company',
            name='payment_url',
            field=models.CharField(blank=True, max_length=400, verbose_name='page de paiement'),
        ),
        migrations.AddField(
            model_name='company',
            name='penalty_mode',
            field=models.CharField(blank=True, choices=[('legal', 'Taux légal : celui de la BCE plus dix points'), ('agreed', 'Taux de vos conditions de vente')], max_length=10, verbose_name='pénalités de retard'),
        ),
        migrations.AddField(
            model_name='company',
            name='penalty_rate',
            field=models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='taux des pénalités'),
        ),
    )
