"""The day of the figures that are added by hand, and those before it."""

from datetime import date, timedelta

ON = date(2026, 3, 31)


def days_ago(days: int) -> date:
    """A day before it."""
    return ON - timedelta(days=days)
