"""Six free fields of customers and of entries. The columns are added in place, whatever the size of
the ledger: the database fills them, nothing is rewritten.
"""

from django.db import migrations, models

_TEXT = "varchar(120) DEFAULT '' NOT NULL"


def added(model: str, number: int, name: str) -> migrations.RunSQL:
    """A column of a table that exists, on either database."""
    table, column = f"ledger_{model}", f"free{number}"
    names = {"verbose_name": name} if name else {}
    field = models.CharField(blank=True, db_default="", default="", max_length=120, **names)
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD COLUMN {column} {_TEXT}",
        f"ALTER TABLE {table} DROP COLUMN {column}",
        state_operations=[migrations.AddField(model, column, field)],
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_currencies")]

    operations = [
        *(added("customer", number, f"champ {number}") for number in (3, 4, 5, 6)),
        *(added("ledgerentry", number, "") for number in (4, 5, 6)),
        migrations.RemoveConstraint("freefield", "free_field_number"),
        migrations.AddConstraint(
            "freefield",
            models.CheckConstraint(
                name="free_field_number",
                condition=models.Q(
                    models.Q(("about", "customer"), ("number__range", (1, 6))),
                    models.Q(("about", "entry"), ("number__range", (1, 6))),
                    _connector="OR",
                ),
            ),
        ),
    ]
