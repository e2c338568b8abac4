"""What stands behind an alert of the home page that no list of the menu shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from encaisse.insights.alerts import LongStop, UnbalancedGroup, long_stops, unbalanced_groups
from encaisse.tenancy.scope import Scope

# The rest comes up once these are dealt with.
_MOST = 200


@dataclass(frozen=True, slots=True)
class AlertPage:
    """The rows of one kind, `stops` or `lettrages`; `count` of them in all."""

    kind: str
    on: date
    count: int
    stops: Sequence[tuple[LongStop, int]] = ()
    groups: Sequence[UnbalancedGroup] = ()

    @property
    def is_cut(self) -> bool:
        """True when not all of them are shown."""
        return self.count > _MOST


def alert_page(scope: Scope, kind: str, *, on: date) -> AlertPage:
    """The rows behind an alert. Raises Http404 for an unknown kind."""
    if kind == "stops":
        stops = long_stops(scope, on=on)
        shown = [(stop, stop.days(on)) for stop in stops[:_MOST]]
        return AlertPage(kind, on, len(stops), stops=shown)
    if kind == "lettrages":
        groups = unbalanced_groups(scope)
        return AlertPage(kind, on, len(groups), groups=groups[:_MOST])
    raise Http404
