from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0013_lighter_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='collectionprofile',
            name='is_business',
            field=models.BooleanField(default=True),
        ),
    ]
