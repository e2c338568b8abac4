"""The statement by e-mail: its kind, and its default text for the companies that exist."""

from django.db import migrations, models

from encaisse.messaging.defaults import load_defaults


def add_texts(apps, schema_editor):
    Company = apps.get_model("tenancy", "Company")
    MessageTemplate = apps.get_model("messaging", "MessageTemplate")
    texts = [
        (language, text)
        for language in ("fr", "en")
        for text in load_defaults(language)
        if text.kind == "statement"
    ]
    MessageTemplate.objects.bulk_create(
        [
            MessageTemplate(
                company=company,
                code=text.code,
                language=language,
                label=text.label,
                kind=text.kind,
                medium=text.medium,
                subject=text.subject,
                body=text.body,
            )
            for company in Company.objects.order_by("id")
            for language, text in texts
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="messagetemplate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pre_due", "Prévenance"),
                    ("reminder", "Relance"),
                    ("thanks", "Remerciement"),
                    ("statement", "Relevé"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(add_texts, migrations.RunPython.noop),
    ]
