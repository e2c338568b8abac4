"""Put the SQLite of the pysqlite3 wheel in place of the system's, before Django loads it.

Distributions still ship versions with the WAL-reset race (fixed in 3.51.3): docs/decisions/0002.
"""

import sys


def use_bundled_sqlite() -> None:
    """Make `import sqlite3` give pysqlite3 where the wheel exists (Linux)."""
    try:
        import pysqlite3
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
