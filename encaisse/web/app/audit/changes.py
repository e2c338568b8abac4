"""What a line of the journal changed: fields and values in words, long texts where they differ."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Field
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.ledger.models import Contact
from encaisse.messaging.models import LetterLayout, MessageTemplate
from encaisse.tenancy.models import Company, Event, Membership
from encaisse.web.app.free_fields.words import choice_words
from encaisse.web.app.profiles.words import rules_words
from encaisse.web.language import shown_date

Change = tuple[str, str, str]

_FIELDS: Mapping[str, str | Promise] = {
    "role": gettext_lazy("rôle"),
    "portfolio": gettext_lazy("portefeuille"),
    "label": gettext_lazy("nom"),
    "subject": gettext_lazy("objet"),
    "body": gettext_lazy("texte"),
    "kind": gettext_lazy("type"),
    "medium": gettext_lazy("média"),
    "weekdays": gettext_lazy("jours de la semaine"),
    "month_day": gettext_lazy("jour du mois"),
    "hour": gettext_lazy("heure"),
    "is_automatic": gettext_lazy("automatique"),
    "name": gettext_lazy("nom"),
    "first_name": gettext_lazy("prénom"),
    "last_name": gettext_lazy("nom"),
    "job_title": gettext_lazy("fonction"),
    "email": gettext_lazy("adresse e-mail"),
    "phone": gettext_lazy("téléphone"),
    "mobile": gettext_lazy("mobile"),
    "language": gettext_lazy("langue"),
    "mail_mode": gettext_lazy("envoi des e-mails"),
    "consumers": gettext_lazy("profils de particuliers"),
    "logo": gettext_lazy("logo"),
    "letterhead": gettext_lazy("papier à en-tête"),
    "signature": gettext_lazy("signature"),
    "rules": gettext_lazy("règles"),
    "default": gettext_lazy("profil par défaut"),
}
_MODELS = {
    "company": Company,
    "contact": Contact,
    "letters": LetterLayout,
    "member": Membership,
    "template": MessageTemplate,
}
LANGUAGES: Mapping[str, str | Promise] = {
    "fr": gettext_lazy("français"),
    "en": gettext_lazy("anglais"),
}
_PICTURES = ("logo", "letterhead", "signature")
# A choice about a free field, as its operation writes it: « customer 1 label ».
_FREE_FIELD = re.compile(r"(customer|entry) \d \w+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Lists that are offered in the order they are kept in.
_ORDERED = ("dispute_reasons", "call_outcomes")
_LONGEST = 160
_AROUND = 30


def changes_of(event: Event) -> list[Change]:
    """What a line changed: the field, what it was and what it became, in words."""
    before, after = event.data.get("before"), event.data.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    fields = _fields_of(event)
    return [
        _change(name, fields.get(name), before.get(name), after.get(name))
        for name in names
        if not (name in _PICTURES and f"{name}_name" in names)
    ]


def labelled_fields() -> Iterator[tuple[str, str]]:
    """Every setting that a line may name, with what it is called."""
    yield from ((name, str(label)) for name, label in _FIELDS.items())
    for model in _MODELS.values():
        for field in model._meta.concrete_fields:
            yield field.name, _label(field.name, field)


def _fields_of(event: Event) -> dict[str, Field[Any, Any]]:
    model = _MODELS.get(event.kind.partition(".")[0])
    return {field.name: field for field in model._meta.concrete_fields} if model else {}


def _change(name: str, field: Field[Any, Any] | None, was: Any, became: Any) -> Change:
    before, after = _value(name, field, was), _value(name, field, became)
    if max(len(before), len(after)) > _LONGEST or name == "body":
        before, after = _apart(before, after)
    return (_label(name, field), before, after)


def _label(name: str, field: Field[Any, Any] | None) -> str:
    if name.removesuffix("_name") in _PICTURES:
        return str(_FIELDS[name.removesuffix("_name")])
    if field and (field.model is Company or name not in _FIELDS):
        given = str(field.verbose_name)
        if given != name.replace("_", " "):
            return given
    if _FREE_FIELD.fullmatch(name):
        return choice_words(*name.split())
    return str(_FIELDS.get(name, name))


def _value(name: str, field: Field[Any, Any] | None, value: Any) -> str:
    if name == "portfolio" and value is None:
        return _("tous les clients")
    if value is None or value in ("", []):
        return _("(vide)")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if name == "rules":
        return rules_words(value)
    if isinstance(value, list):
        return _listed([_told(one) for one in value], is_ordered=name in _ORDERED)
    if isinstance(value, dict):
        return _listed([f"{key}\N{NO-BREAK SPACE}: {one}" for key, one in sorted(value.items())])
    return _named(name, field, str(value))


def _listed(words: list[str], *, is_ordered: bool = False) -> str:
    """Several values, with their places where the order says something."""
    if is_ordered:
        words = [f"{place}.\N{NO-BREAK SPACE}{one}" for place, one in enumerate(words, start=1)]
    has_commas = is_ordered or any("," in one for one in words)
    return ("\N{NO-BREAK SPACE}; " if has_commas else ", ").join(words)


def _told(one: Any) -> str:
    """One of several values: its own words, or a closure: « du 24 au … (inventaire) »."""
    if not isinstance(one, dict):
        return str(one)
    label = str(one.get("label", ""))
    if "first" not in one:
        return label
    first, last = _shown_day(one["first"]), _shown_day(one.get("last") or one["first"])
    days = (
        first if first == last else _("du %(first)s au %(last)s") % {"first": first, "last": last}
    )
    return f"{days} ({label})" if label else days


def _shown_day(text: str) -> str:
    """A day as it is kept, in words: « 24 décembre 2026 »."""
    return shown_date(date.fromisoformat(text)) if _DAY.fullmatch(text) else text


def _named(name: str, field: Field[Any, Any] | None, text: str) -> str:
    """A value as the screens call it: a choice, a language, days of the week, a picture."""
    if field and text in (labels := dict(field.flatchoices)):
        return str(labels[text])
    if name == "language":
        return str(LANGUAGES.get(text, text))
    if name == "weekdays":
        return ", ".join(str(WEEKDAYS[int(day) - 1]) for day in text if day in "1234567")
    if name in _PICTURES:
        return PurePosixPath(text).name
    return _shown_day(text)


def _apart(before: str, after: str) -> tuple[str, str]:
    """Two long texts without their tags, cut to the passage where they differ."""
    before, after = _bare(before), _bare(after)
    if before == after:
        return _("même texte"), _("autre mise en forme")
    start = _common(before, after)
    most = min(len(before), len(after)) - start
    same = min(_common(before[::-1], after[::-1]), most)
    return _passage(before, start, same), _passage(after, start, same)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    least = min(len(one), len(other))
    return next((place for place, (left, right) in pairs if left != right), least)


def _bare(text: str) -> str:
    return " ".join(unescape(strip_tags(text.replace("<", " <"))).split())


def _passage(text: str, start: int, same: int) -> str:
    first = text.rfind(" ", 0, max(start - _AROUND, 0)) + 1
    last = len(text) - max(same - _AROUND, 0)
    last = min(last, first + _LONGEST)
    opening, closing = "…" if first else "", "…" if last < len(text) else ""
    return f"{opening}{text[first:last].strip()}{closing}"
