from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='scheduledexport',
            name='sent_at',
            field=models.DateTimeField(null=True),
        ),
    ]
