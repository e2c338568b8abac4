"""Lines that say more than a before and an after: scenarios in words, secrets without a word."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from encaisse.tenancy.models import Event
from encaisse.web.app.customers.journal import Data, joined, plain

_SECRETS: Mapping[str, str | Promise] = {
    "smtp_password": gettext_lazy("mot de passe SMTP changé"),
    "imap_password": gettext_lazy("mot de passe de la boîte de réception changé"),
    "service_key": gettext_lazy("clé du service d’envoi changée"),
    "service_secret": gettext_lazy("clé secrète du service d’envoi changée"),
    "service_signing": gettext_lazy("clé de signature des événements changée"),
}
_COUNTED = (
    ("scenarios", gettext_noop("%(count)d scénario"), gettext_noop("%(count)d scénarios")),
    ("profiles", gettext_noop("%(count)d profil"), gettext_noop("%(count)d profils")),
    ("templates", gettext_noop("%(count)d modèle"), gettext_noop("%(count)d modèles")),
)


def notes_of(event: Event) -> list[str]:
    """What a line says below its sentence: each change of a scenario, the secrets that changed."""
    details = event.data.get("details") or ()
    if event.kind in TAKEN:
        return [
            change if len(details) == 1 else f"{one['name']} – {change}"
            for one in details
            for change in one["changes"]
        ]
    secrets = event.data.get("sealed") if event.kind == "company.configured" else None
    return [str(_SECRETS[name]) for name in secrets or () if name in _SECRETS]


def _document(data: Data) -> str:
    return joined(_("Configuration appliquée"), *_counts(data), _names(data))


def _named(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        return joined(_(text), _names(data))

    return tell


def _counted(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        return joined(_(text), *_counts(data))

    return tell


def _profile(data: Data) -> str:
    text = _("Profil créé : %(name)s") % {"name": ", ".join(data["created"])}
    source = data.get("source", "")
    copied = _("copié de « %(name)s »") % {"name": source}
    return joined(text, copied if source else "", *_counts(data, but="profiles"))


def _restored(data: Data) -> str:
    version = _("version %(number)s") % {"number": data.get("version", "")}
    return joined(_("Scénario remis à ce qu’il était"), _names(data), version)


def _copied(data: Data) -> str:
    source = data.get("source", "")
    words = _("d’après « %(name)s »") % {"name": source}
    return joined(_("Scénario copié"), _names(data), words)


def _imported(data: Data) -> str:
    return joined(_("Modèles importés"), *_counts(data), _names(data))


def _names(data: Data) -> str:
    return ", ".join(data.get("names", ()))


def _count(data: Data, key: str) -> int:
    value: Any = data.get(key) or 0
    return len(value) if isinstance(value, list) else int(value)


def _counts(data: Data, *, but: str = "") -> list[str]:
    return [
        ngettext(one, many, count) % {"count": count}
        for key, one, many in _COUNTED
        if key != but and (count := _count(data, key))
    ]


TAKEN: Mapping[str, Callable[[Data], str]] = {
    "configuration.taken": _document,
    "profile.copied": _profile,
    "profile.thresholds_set": plain(gettext_noop("Seuils du profil"), "profile_name"),
    "scenario.created": _named(gettext_noop("Scénario créé")),
    "scenario.changed": _named(gettext_noop("Scénario modifié")),
    "scenario.restored": _restored,
    "scenario.copied": _copied,
    "scenario.levels_set": _counted(gettext_noop("Niveaux de relance enregistrés")),
    "template.imported": _imported,
}
