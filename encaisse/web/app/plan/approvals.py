"""What automatic steps prepared and waits for a person's word."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.queries.orders import to_approve
from encaisse.tenancy.scope import Scope
from encaisse.web.app.plan.waiting import matching, page_of
from encaisse.web.lists import Column, Listing, ListSpec, ListState, Selection


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """A message of the list."""

    reminder: Reminder
    since_days: int
    is_ticked: bool


def approvals_spec() -> ListSpec:
    """The list; the largest amounts first."""
    return ListSpec(
        columns=(
            Column("name", _("Client"), fixed=True),
            Column("medium", _("Média")),
            Column("level", _("Niveau")),
            Column("since", _("À faire depuis"), numeric=True),
            Column("amount", _("Montant"), numeric=True, fixed=True),
            Column("scenario", _("Scénario"), sortable=False, wide=True),
        ),
        sort="-amount",
        search=_("Nom ou code du client"),
        caption=_("Relances à valider"),
        rows="plan/_approval_rows.html",
        empty="plan/_approvals_empty.html",
        actions="plan/_approval_actions.html",
        selectable=True,
        selection_stays=True,
    )


def approvals_listing(scope: Scope, state: ListState, *, on: date) -> Listing:
    """One page of the list."""
    rows = matching(to_approve(scope), state.search)
    lines = [
        ApprovalLine(row, (on - row.since).days, state.selection.includes(row.pk))
        for row in page_of(rows, state)
    ]
    return Listing(state, lines, rows.count())


def chosen(scope: Scope, state: ListState, selection: Selection) -> list[int]:
    """The ids of the messages that are ticked, over all pages."""
    rows = matching(to_approve(scope), state.search)
    ids = rows.order_by("id").values_list("pk", flat=True)
    return [pk for pk in ids if selection.includes(pk)]
