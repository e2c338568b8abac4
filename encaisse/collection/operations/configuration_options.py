"""The options of a company in a configuration document: how they are checked and taken over."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.operations.motives import (
    LONGEST_OUTCOME,
    LONGEST_REASON,
    Renamed,
    set_motives,
    set_outcomes,
)
from encaisse.collection.queries.motives import CallOutcome, Effect, Motive
from encaisse.core.ageing import BoundsRefused, check_bounds
from encaisse.core.wording import told
from encaisse.ledger.operations.scope import change_scope
from encaisse.ledger.rules.scope import ScopeRefused, scope_of
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

# What is wrong with a value, in French; "" when nothing is.
Check = Callable[[Any], str]

_PERCENT = re.compile(r"\d{1,2}(\.\d{1,2})?")
_HALF = re.compile(r"20\d\d-S[12]")
_WEEKDAYS = re.compile(r"(?=.)1?2?3?4?5?6?7?")
_LONGEST_CLOSURE = 92
_MOST = 60
_SCOPE = ("account_prefixes", "excluded_journals")


def take_options(company: Company, wanted: Mapping[str, Any], *, author: Author) -> dict[str, Any]:
    """Write the options that have an operation of their own; returns the settings that remain.

    An empty list of reasons or outcomes leaves the company's own. Raises ListRefused.
    """
    rest = dict(wanted)
    if rows := rest.pop("dispute_reasons", None):
        listed = [Renamed(Motive(row["label"], row.get("active", True))) for row in rows]
        set_motives(company, listed, author=author)
    if rows := rest.pop("call_outcomes", None):
        outcomes = [
            CallOutcome(row["code"], row["label"], Effect(row["effect"]), row.get("active", True))
            for row in rows
        ]
        set_outcomes(company, outcomes, author=author)
    if "penalty_rate" in rest:
        rest["penalty_rate"] = Decimal(rest["penalty_rate"]) if rest["penalty_rate"] else None
    if rest.keys() & set(_SCOPE):
        prefixes, journals = (rest.pop(name, getattr(company, name)) for name in _SCOPE)
        change_scope(company, scope_of(prefixes, journals), author=author, now=timezone.now())
    return rest


def _bounds(value: Any) -> str:
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        return _("doit être une liste de nombres entiers.")
    try:
        check_bounds(value)
    except BoundsRefused as refusal:
        return _("n’est pas valable : %s") % told(refusal, _)
    return ""


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else _("doit être « true » ou « false ».")


def _numbers(value: Any) -> str:
    names = Company.Numbers.values
    return "" if value in names else _("doit être l’un de : %s.") % ", ".join(names)


def _weekdays(value: Any) -> str:
    if isinstance(value, str) and _WEEKDAYS.fullmatch(value):
        return ""
    return _("doit être fait des chiffres 1 (lundi) à 7, dans l’ordre, comme 12345.")


def _scope_part(name: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            return _("doit être une liste de textes.")
        try:
            scope_of(**{"prefixes": (), "journals": (), name: value})
        except ScopeRefused as refusal:
            return _("n’est pas valable : %s") % told(refusal, _)
        return ""

    return check


def _rows(cells: Mapping[str, Check]) -> Check:
    """A list of tables; `active` may be left out."""

    def check(value: Any) -> str:
        if not isinstance(value, list) or len(value) > _MOST:
            return _("doit être une liste de tables.")
        return next(filter(None, (_row(row, cells) for row in value)), "")

    return check


def _row(row: Any, cells: Mapping[str, Check]) -> str:
    if not isinstance(row, Mapping) or set(row) - {*cells, "active"} or set(cells) - set(row):
        return _("doit être une liste de tables faites de : %s.") % ", ".join(cells)
    if not isinstance(row.get("active", True), bool):
        return _flag(row["active"])
    for name, check in cells.items():
        if problem := check(row[name]):
            return _("« %(key)s » %(problem)s") % {"key": name, "problem": problem}
    return ""


def _text(most: int, *, blank: bool = False) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, str) and len(value) <= most and (blank or value.strip()):
            return ""
        return _("doit être un texte de %s caractères au plus.") % most

    return check


def _one_of(values: Sequence[str]) -> Check:
    def check(value: Any) -> str:
        return "" if value in values else _("doit être l’un de : %s.") % ", ".join(values)

    return check


def _day(value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return _("doit être un jour, comme 2026-08-03.")
    return ""


def _closures(value: Any) -> str:
    shape = _rows({"first": _day, "last": _day, "label": _text(60, blank=True)})
    if problem := shape(value):
        return problem
    for row in value:
        days = (date.fromisoformat(row["last"]) - date.fromisoformat(row["first"])).days
        if not 0 <= days < _LONGEST_CLOSURE:
            return _("a une fermeture de plus de %s jours, ou qui finit avant son début.") % (
                _LONGEST_CLOSURE
            )
    return ""


def _rate(value: Any) -> str:
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return ""
    return _("doit être un taux en pour cent, comme 12.40.")


def _rate_or_none(value: Any) -> str:
    return "" if value == "" else _rate(value)


def _rates(value: Any) -> str:
    if not isinstance(value, Mapping) or not all(_HALF.fullmatch(str(half)) for half in value):
        return _("doit être une table de semestres, comme 2027-S1.")
    return next(filter(None, map(_rate, value.values())), "")


OPTIONS: Mapping[str, Check] = {
    "penalty_mode": _one_of(["", *Company.Penalty.values]),
    "penalty_rate": _rate_or_none,
    "ecb_rates": _rates,
    "payment_url": _text(400, blank=True),
    "customer_pages": _flag,
    "aging_bounds": _bounds,
    "numbers_shown": _numbers,
    "promises_suspend": _flag,
    "disputes_suspend": _flag,
    "weekdays": _weekdays,
    "closures": _closures,
    "dispute_reasons": _rows({"label": _text(LONGEST_REASON)}),
    "call_outcomes": _rows(
        {
            "code": _text(40),
            "label": _text(LONGEST_OUTCOME),
            "effect": _one_of([one.value for one in Effect]),
        }
    ),
    "account_prefixes": _scope_part("prefixes"),
    "excluded_journals": _scope_part("journals"),
}
