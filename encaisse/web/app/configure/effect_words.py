"""What a setting would change of the next day's plan, in a sentence."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.queries.profile_effect import ProfileEffect
from encaisse.collection.queries.scenario_effect import DayEffect
from encaisse.web.language import shown_date


def effect_words(effect: DayEffect, today: date) -> str:
    """« Avec ce réglage, 47 clients seraient relancés demain au lieu de 31. »"""
    before, after = effect.before.customers, effect.after.customers
    day = _day_words(effect.on, today)
    if not after:
        nobody = (
            _("Avec ce réglage, personne ne serait relancé %(day)s, au lieu de %(before)s.")
            if before
            else _("Avec ce réglage, personne ne serait relancé %(day)s, comme avec l’actuel.")
        )
        return nobody % {"day": day, "before": intcomma(before)}
    if before == after:
        text = ngettext(
            "Avec ce réglage, %(after)s client serait relancé %(day)s, autant qu’avec l’actuel.",
            "Avec ce réglage, %(after)s clients seraient relancés %(day)s, "
            "autant qu’avec l’actuel.",
            after,
        )
    else:
        text = ngettext(
            "Avec ce réglage, %(after)s client serait relancé %(day)s au lieu de %(before)s.",
            "Avec ce réglage, %(after)s clients seraient relancés %(day)s au lieu de %(before)s.",
            after,
        )
    return text % {"after": intcomma(after), "before": intcomma(before), "day": day}


def profile_words(effect: ProfileEffect, today: date) -> list[str]:
    """What another profile would change, a sentence a change.

    « 17 clients changeraient de scénario. », « 3 clients n’en auraient plus (sans e-mail) : ils ne
    seraient plus relancés en nombre. »
    """
    changed = ngettext(
        "%(count)s client changerait de scénario.",
        "%(count)s clients changeraient de scénario.",
        effect.changed,
    )
    gained = ngettext(
        "%(count)s client qui n’en avait pas aurait un scénario.",
        "%(count)s clients qui n’en avaient pas auraient un scénario.",
        effect.gained,
    )
    gone = sum(effect.lost.values())
    lost = ngettext(
        "%(count)s client n’aurait plus de scénario (%(which)s) : "
        "il ne serait plus relancé en nombre.",
        "%(count)s clients n’auraient plus de scénario (%(which)s) : "
        "ils ne seraient plus relancés en nombre.",
        gone,
    )
    found = [
        *([changed % {"count": intcomma(effect.changed)}] if effect.changed else ()),
        *([gained % {"count": intcomma(effect.gained)}] if effect.gained else ()),
        *([lost % {"count": intcomma(gone), "which": _which(effect.lost)}] if gone else ()),
    ]
    if not found:
        return [_("Aucun client ne changerait de scénario.")]
    return [*found, _of_them_words(effect.day, today)]


def _which(lost: Mapping[bool, int]) -> str:
    """« sans e-mail », « 142 avec e-mail, 19 sans »."""
    if all(lost.values()):
        counts = {"with": intcomma(lost[True]), "without": intcomma(lost[False])}
        return _("%(with)s avec e-mail, %(without)s sans") % counts
    return _("avec e-mail") if lost[True] else _("sans e-mail")


def _of_them_words(effect: DayEffect, today: date) -> str:
    """How many of those who move the next plan would remind."""
    before, after = effect.before.customers, effect.after.customers
    figures = {
        "after": intcomma(after), "before": intcomma(before), "day": _day_words(effect.on, today),
    }  # fmt: skip
    if before == after:
        return (
            _("Parmi eux, %(after)s à relancer %(day)s, autant qu’avec leur profil actuel.")
            % figures
            if after
            else _("Aucun d’eux n’est à relancer %(day)s, avant comme après.") % figures
        )
    if not after:
        return _("Plus aucun d’eux ne serait à relancer %(day)s, au lieu de %(before)s.") % figures
    return _("Parmi eux, %(after)s à relancer %(day)s au lieu de %(before)s.") % figures


def _day_words(on: date, today: date) -> str:
    """« demain », « le 14 octobre »."""
    return _("demain") if on == today + timedelta(days=1) else _("le %s") % shown_date(on)


def claimed_amounts(effect: DayEffect) -> list[tuple[str, int, int]]:
    """What would be claimed, by currency: before, after."""
    before, after = effect.before.amounts, effect.after.amounts
    return [
        (currency, before.get(currency, 0), after.get(currency, 0))
        for currency in sorted(before.keys() | after.keys())
    ]
