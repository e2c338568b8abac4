"""What follows a large write."""

import sqlite3

import pytest
from django.db import connection

from encaisse.ledger.bulk import settle_statistics


@pytest.mark.django_db(transaction=True)
def test_statistics_wait_for_nobody_and_undo_nothing():
    if connection.vendor != "sqlite":
        pytest.skip("one writer at a time is SQLite's")
    other = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        try:
            settle_statistics("ledger_customer")
        finally:
            other.execute("ROLLBACK")
            other.close()
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")

    settle_statistics("ledger_customer")
