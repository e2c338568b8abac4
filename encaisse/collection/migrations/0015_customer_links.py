from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0014_charges'),
    ]

    operations = [
        migrations.AddField(
            model_name='customerfollowup',
            name='links_renewed',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
