"""The triggers that refuse any change of the journal (decision 8)."""

# A line may only go with its company, or when it tells of a demonstration.
KEPT = (
    "EXISTS (SELECT 1 FROM tenancy_company c WHERE c.id = OLD.company_id AND NOT c.is_demo)"
)
REFUSAL = "A journal line cannot be changed or deleted."
SQLITE = (
    f"""CREATE TRIGGER event_not_changed BEFORE UPDATE ON tenancy_event
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER event_not_deleted BEFORE DELETE ON tenancy_event WHEN {KEPT}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
POSTGRESQL = (
    f"""CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF NOT {KEPT} THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
    END $$""",
    """CREATE TRIGGER event_not_changed BEFORE UPDATE OR DELETE ON tenancy_event
    FOR EACH ROW EXECUTE FUNCTION refuse_journal_change()""",
    """CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON tenancy_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()""",
)
SQLITE_BACK = ("DROP TRIGGER event_not_changed", "DROP TRIGGER event_not_deleted")
POSTGRESQL_BACK = (
    "DROP TRIGGER event_not_changed ON tenancy_event",
    "DROP TRIGGER event_not_emptied ON tenancy_event",
    "DROP FUNCTION refuse_journal_change()",
)


def run(schema_editor, sqlite, postgresql):
    statements = sqlite if schema_editor.connection.vendor == "sqlite" else postgresql
    for statement in statements:
        schema_editor.execute(statement)


def guard(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def unguard(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)
