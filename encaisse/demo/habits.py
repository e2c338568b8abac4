"""What the people of the demonstration keep of their lists: a few views, mails on Mondays."""

from collections.abc import Mapping
from datetime import datetime

from encaisse.insights.operations.cash_reports import set_cash_report
from encaisse.insights.operations.saved_views import ViewWish, save_view
from encaisse.insights.operations.scheduled_exports import ExportWish, schedule_export
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

_OLDEST_FIRST = "tri=-late_2&tranche=2"
# Whose it is, the list, what it shows, its name, and whether colleagues see it.
_VIEWS = (
    ("claire", "aging", _OLDEST_FIRST, "Plus de 60 jours", True),
    ("karim", "aging", "relance=oui&tranche=retard&niveau=0", "Jamais relancés", True),
    ("claire", "aging", "litige=1", "Litiges à suivre", False),
    ("claire", "activities", "statut=failed", "Messages refusés", True),
)
_MONDAYS = Rhythm(weekdays=frozenset({1}), month_day=None, hour=7)


def keep_lists(company: Company, authors: Mapping[str, Author], *, now: datetime) -> None:
    """Save their views, and plan what the management reads on Mondays."""
    members = {
        key: company.memberships.select_related("company").get(user=author.user)
        for key, author in authors.items()
    }
    for owner, screen, query, name, is_shared in _VIEWS:
        wish = ViewWish(name, is_shared)
        save_view(members[owner], wish, screen=screen, query=query, author=authors[owner])
    author = authors["claire"]
    addresses = [author.user.email] if author.user else []
    schedule_export(
        members["claire"],
        ExportWish("Retards de plus de 60 jours", "xlsx", addresses, _MONDAYS),
        screen="aging",
        query=_OLDEST_FIRST,
        author=author,
        now=now,
    )
    set_cash_report(members["claire"], _MONDAYS, author=author, now=now)
