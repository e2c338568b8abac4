"""Changing the table of companies, which the journal's triggers name (0006)."""

from collections.abc import Sequence

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation


def on_companies(*operations: Operation) -> Sequence[Operation]:
    """The operations, between two that let SQLite make the table anew.

    It drops the table and renames a copy: meanwhile the triggers name a table that is not there,
    which SQLite only bears when it renames as it did before version 3.26.
    """
    return [RunPython(_before, _after), *operations, RunPython(_after, _before)]


def _before(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _rename_as_before(editor, is_on=True)


def _after(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _rename_as_before(editor, is_on=False)


def _rename_as_before(editor: BaseDatabaseSchemaEditor, *, is_on: bool) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(f"PRAGMA legacy_alter_table = {'ON' if is_on else 'OFF'}")
