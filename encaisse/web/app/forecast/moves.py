"""Moving cards: what a form or a « Annuler » asks for, and what is told afterwards."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.queries.forecast import MOST_MOVED, open_debits_in
from encaisse.collection.rules.forecast import LATE, Window
from encaisse.core.dates import short_date
from encaisse.core.workdays import WorkingDays
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.scope import Scope
from encaisse.web.filters import day_of

Dates = dict[int, date | None]


class MoveRefused(Exception):
    """What was asked cannot be done; the message is fit to show to the user."""


def asked_dates(form: QueryDict, window: Window, calendar: WorkingDays) -> Dates:
    """The day of each entry that was ticked or dragged, from the column it goes to.

    Raises MoveRefused.
    """
    ids = [int(word) for word in form.getlist("choix") if word.isdecimal()]
    if not ids:
        raise MoveRefused(_("Cochez d’abord les pièces à déplacer."))
    if len(ids) > MOST_MOVED:
        text = _("Déplacez au plus %(most)d pièces à la fois.")
        raise MoveRefused(text % {"most": MOST_MOVED})
    column = form.get("semaine", "")
    if column not in window.columns:
        raise MoveRefused(_("Choisissez la semaine où déplacer ces pièces."))
    return dict.fromkeys(ids, window.landing_day(column, calendar))


def undone_dates(query: QueryDict) -> Dates:
    """The dates that an address gives back: `retour=2026-11-27:12,15&retour=:18`."""
    dates: Dates = {}
    for word in query.getlist("retour"):
        day, _colon, ids = word.partition(":")
        for entry_id in ids.split(","):
            if entry_id.isdecimal() and len(dates) < MOST_MOVED:
                dates[int(entry_id)] = day_of(day)
    return dates


def undo_query(before: Dates) -> str:
    """The parameters that give the dates back."""
    groups: dict[str, list[str]] = {}
    for entry_id, day in before.items():
        groups.setdefault(day.isoformat() if day else "", []).append(str(entry_id))
    pairs = [("retour", f"{day}:{','.join(ids)}") for day, ids in groups.items()]
    return urlencode(pairs, safe=":,")


def moves_of(scope: Scope, dates: Dates) -> Mapping[LedgerEntry, date | None]:
    """The entries in sight that are still due, each with its day."""
    return {entry: dates[entry.pk] for entry in open_debits_in(scope, dates)}


def told(before: Dates, day: date | None) -> str:
    """What was done, for the message that offers to undo it."""
    count = len(before)
    if day is None:
        text = ngettext(
            "%(count)d pièce revenue à son échéance ou à sa promesse.",
            "%(count)d pièces revenues à leur échéance ou à leur promesse.",
            count,
        )
        return text % {"count": count}
    text = ngettext(
        "%(count)d pièce attendue le %(day)s.", "%(count)d pièces attendues le %(day)s.", count
    )
    return text % {"count": count, "day": short_date(day)}


def nothing_told(column: str) -> str:
    """Why nothing moved."""
    if column == LATE:
        return _("Ces pièces suivent déjà leur échéance ou leur promesse.")
    return _("Ces pièces y sont déjà, ou ne sont plus dues.")
