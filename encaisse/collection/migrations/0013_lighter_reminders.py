import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0012_profile_rules'),
        ('ledger', '0005_invoice_files'),
        ('tenancy', '0006_append_only_journal'),
    ]

    operations = [
        migrations.AlterField(
            model_name='reminder',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='tenancy.company'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='ledger.customer'),
        ),
    ]
