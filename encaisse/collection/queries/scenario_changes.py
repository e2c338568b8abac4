"""What differs between two states of a scenario, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import Scenario, Step
from encaisse.collection.queries.configuration import step_order
from encaisse.collection.queries.step_words import copies_words, step_name
from encaisse.collection.rules.triggers import parse_trigger

Document = Mapping[str, Any]


def scenario_changes(before: Document, after: Document, texts: Mapping[str, str]) -> list[str]:
    """One line a change; `texts` are the names of the texts by code."""
    return [
        *_whole_changes(before, after),
        *_step_changes(before, after, texts),
        *_threshold_changes(before, after),
    ]


def _whole_changes(before: Document, after: Document) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield _("Nom : %(before)s → %(after)s") % _pair(before["name"], after["name"])
    if before["active"] != after["active"]:
        yield _("Scénario remis en marche") if after["active"] else _("Scénario arrêté")
    if before["grouping"] != after["grouping"]:
        names = [str(Scenario.Grouping(one["grouping"]).label) for one in (before, after)]
        yield _("Regroupement : %(before)s → %(after)s") % _pair(*names)
    if before["thanks_while_overdue"] != after["thanks_while_overdue"]:
        yield (
            _("Remercie aussi un client qui doit encore")
            if after["thanks_while_overdue"]
            else _("Ne remercie plus un client qui doit encore")
        )


def _step_changes(before: Document, after: Document, texts: Mapping[str, str]) -> Iterator[str]:
    old, new = _steps(before), _steps(after)
    places = {step_order(step): place for place, step in (*old.items(), *new.items())}
    for _order, place in sorted(places.items()):
        name = step_name(Step(kind=place[0], level=place[1]))
        if place not in old:
            words = ", ".join(_said(new[place], texts).values())
            yield _("%(name)s ajoutée : %(words)s") % {"name": name, "words": words}
        elif place not in new:
            yield _("%(name)s supprimée") % {"name": name}
        elif old[place] != new[place]:
            was, said = _said(old[place], texts), _said(new[place], texts)
            for key in said:
                if was[key] != said[key]:
                    change = _("%(before)s → %(after)s") % _pair(was[key], said[key])
                    yield _("%(name)s : %(change)s") % {"name": name, "change": change}


def _steps(document: Document) -> dict[tuple[str, int], Document]:
    return {(step["kind"], step["level"]): step for step in document["steps"]}


def _said(step: Document, texts: Mapping[str, str]) -> dict[str, str]:
    """Everything that a step holds, in words, the same keys for every step."""
    sending = _("manuelle")
    if step["automatic"]:
        sending = _("automatique, à valider") if step["to_approve"] else _("automatique")
    code = step["template"]
    return {
        "medium": str(Step.Medium(step["medium"]).label),
        "when": when_of(step["trigger"]),
        "template": texts.get(code, code) or _("sans modèle"),
        "sending": sending,
        "active": _("active") if step["active"] else _("ignorée"),
        "recipients": ", ".join(step["recipients"]) or _("tous les contacts"),
        "copies": copies_words(step["copies"]) or _("sans copie"),
        "invoices": _("avec les factures") if step["invoices"] else _("sans les factures"),
    } | (
        {
            "only": _("après une relance seulement")
            if step.get("only_after_reminder", True)
            else _("même sans relance")
        }
        if step["kind"] == "thanks"
        else {}
    )


def when_of(trigger: str) -> str:
    """« 8 jours après l’échéance »."""
    kind, days = parse_trigger(trigger)
    counted = ngettext("%(count)d jour", "%(count)d jours", abs(days)) % {"count": abs(days)}
    if days < 0:
        return _("%(days)s avant l’échéance") % {"days": counted}
    words = {
        "due": _("%(days)s après l’échéance"),
        "end_of_month": _("%(days)s après l’échéance, en fin de mois"),
        "invoice": _("%(days)s après la date de facture"),
        "previous": _("%(days)s après l’étape précédente"),
        "match": _("%(days)s après le règlement"),
    }
    return words[kind] % {"days": counted}


def _threshold_changes(before: Document, after: Document) -> Iterator[str]:
    old = {row["currency"]: row for row in before["thresholds"]}
    new = {row["currency"]: row for row in after["thresholds"]}
    names = {
        "entry_minimum": _("minimum par pièce"),
        "total_minimum": _("minimum du total"),
        "total_maximum": _("maximum du total"),
    }
    for currency in sorted(old.keys() | new.keys()):
        for key, name in names.items():
            was, said = _amount(old.get(currency), key), _amount(new.get(currency), key)
            if was != said:
                change = _("%(before)s → %(after)s") % _pair(was, said)
                yield _("%(name)s (%(currency)s) : %(change)s") % {
                    "name": name[:1].upper() + name[1:],
                    "currency": currency,
                    "change": change,
                }


def _amount(row: Document | None, key: str) -> str:
    text = str(row.get(key, "")) if row else ""
    return text.replace(".", ",") if text.strip("0.") else _("aucun")


def _pair(before: str, after: str) -> dict[str, str]:
    return {"before": before, "after": after}
