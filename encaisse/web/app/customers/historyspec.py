"""A customer's history as a list: its filters, and what they mean."""

from datetime import date, timedelta

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from encaisse.collection.models import Step
from encaisse.insights.history import DECISION, NOTE, HistoryCriteria
from encaisse.insights.milestones import THANKS_COUNT_FOR
from encaisse.web.lists import Column, Filter, ListSpec, ListState


def history_spec() -> ListSpec:
    """Messages, decisions and notes, the latest first."""
    others = (("statement", _("Relevé")), (DECISION, _("Décisions")), (NOTE, _("Notes")))
    return ListSpec(
        columns=(
            Column("what", _("Action"), sortable=False, fixed=True),
            Column("day", _("Le"), sortable=False, fixed=True),
            Column("actor", _("Par"), sortable=False),
            Column("entries", _("Pièces concernées"), sortable=False),
            Column("amount", _("Montant"), sortable=False, numeric=True),
        ),
        filters=(
            Filter("type", _("Type"), (*Step.Kind.choices, *others)),
            Filter("media", _("Média"), tuple(Step.Medium.choices)),
            Filter("dues", _("Sur ce qui reste dû"), kind="toggle"),
            Filter("du", _("Du"), kind="date"),
            Filter("au", _("Au"), kind="date"),
        ),
        caption=_("Historique"),
        rows="customers/_history_rows.html",
        empty="customers/_history_empty.html",
    )


def history_criteria(state: ListState) -> HistoryCriteria:
    """What the filters ask of the history."""
    return HistoryCriteria(
        kind=state.get("type"),
        medium=state.get("media"),
        is_counted=bool(state.get("dues")),
        first=state.day("du"),
        last=state.day("au"),
    )


def counted_query(kind: str, on: date) -> str:
    """The query string that shows what the activity block counts of one kind."""
    asked = {"type": kind, "dues": "1"}
    if kind == Step.Kind.THANKS:
        asked["du"] = (on - THANKS_COUNT_FOR + timedelta(days=1)).isoformat()
    return "?" + urlencode(asked)
