"""Lines of the journal as sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from encaisse.core.dates import short_date
from encaisse.tenancy.models import Event
from encaisse.web.language import shown_amount

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what was done, when, by whom."""

    text: str
    at: datetime
    actor: str
    reminder_id: int | None = None


def told(event: Event) -> Told:
    """The sentence of a journal line; its code where this version has no words for it."""
    tell = SENTENCES.get(event.kind)
    text = tell(event.data) if tell else event.kind
    return Told(text, event.at, event.actor_name, event.data.get("reminder"))


def _hold_set(data: Data) -> str:
    text = _("STOP sur une pièce") if data.get("entry") else _("STOP sur le client")
    if data.get("until"):
        text = _("%(stop)s jusqu’au %(day)s") % {"stop": text, "day": _day(data["until"])}
    return joined(text, data.get("reason", ""))


def _hold_lifted(data: Data) -> str:
    return _("STOP levé sur une pièce") if data.get("entry") else _("STOP levé")


def _dispute(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        count = len(data.get("entries", ()))
        about = ngettext("%(count)d pièce", "%(count)d pièces", count) % {"count": count}
        return joined(_(text), data.get("reason", ""), about if count else _("tout le compte"))

    return tell


def _promise(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        return joined(
            _(text),
            shown_amount(data["amount_minor"], data["currency"]),
            _("pour le %(day)s") % {"day": _day(data["promised_date"])},
        )

    return tell


def _postponed(data: Data) -> str:
    days = {"before": _day(data["before"]), "day": _day(data["promised_date"])}
    moved = _("du %(before)s au %(day)s") % days
    amount = shown_amount(data["amount_minor"], data["currency"])
    return joined(_("Promesse reportée"), amount, moved)


def _schedule(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        count = len(data["promises"])
        payments = ngettext("%(count)d versement", "%(count)d versements", count)
        return joined(
            _(text),
            payments % {"count": count},
            shown_amount(data["amount_minor"], data["currency"]),
            _("jusqu’au %(day)s") % {"day": _day(data["promised_date"])},
        )

    return tell


def _profile_set(data: Data) -> str:
    return joined(_("Profil changé"), str(data.get("profile_name") or data.get("profile", "")))


def _level_set(data: Data) -> str:
    level = f"R{data['level']}" if data["level"] else _("aucun")
    return _("Niveau de relance mis à %(level)s") % {"level": level}


def _repositioned(data: Data) -> str:
    if not data.get("expected_date"):
        return _("Date de règlement attendue effacée")
    return _("Règlement attendu le %(day)s") % {"day": _day(data["expected_date"])}


def _reminder(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        level = f"R{data['level']}" if data.get("level") else ""
        return joined(_(text), level, shown_amount(data["amount_minor"], data["currency"]))

    return tell


def _sent(data: Data) -> str:
    is_rehearsal = data.get("rehearsal")
    text = gettext_noop("E-mail de répétition") if is_rehearsal else gettext_noop("E-mail envoyé")
    return _reminder(text)(data)


def plain(text: str, key: str = "") -> Callable[[Data], str]:
    """A sentence that says a text, and a value of the line."""

    def tell(data: Data) -> str:
        return joined(_(text), str(data.get(key, "")) if key else "")

    return tell


def joined(*parts: str) -> str:
    """What is known, with dots between."""
    return " · ".join(part for part in parts if part)


def _day(text: str) -> str:
    return short_date(date.fromisoformat(text))


SENTENCES: dict[str, Callable[[Data], str]] = {
    "hold.set": _hold_set,
    "hold.lifted": _hold_lifted,
    "dispute.opened": _dispute(gettext_noop("Litige ouvert")),
    "dispute.closed": _dispute(gettext_noop("Litige clôturé")),
    "dispute.suspended": _dispute(gettext_noop("Litige : relances suspendues")),
    "dispute.resumed": _dispute(gettext_noop("Litige : relances reprises")),
    "dispute.edited": _dispute(gettext_noop("Litige modifié")),
    "promise.recorded": _promise(gettext_noop("Promesse enregistrée")),
    "promise.cancelled": _promise(gettext_noop("Promesse annulée")),
    "promise.postponed": _postponed,
    "promise.put_back": _promise(gettext_noop("Report de la promesse annulé")),
    "promise.kept": _promise(gettext_noop("Promesse tenue")),
    "promise.partly_kept": _promise(gettext_noop("Promesse tenue en partie")),
    "promise.broken": _promise(gettext_noop("Promesse non tenue")),
    "promise.scheduled": _schedule(gettext_noop("Échéancier enregistré")),
    "promise.schedule_cancelled": _schedule(gettext_noop("Échéancier annulé")),
    "level.set": _level_set,
    "entry.repositioned": _repositioned,
    "customer.profile_set": _profile_set,
    "customer.flagged": plain(gettext_noop("Client suivi")),
    "customer.unflagged": plain(gettext_noop("Suivi arrêté")),
    "customer.links_renewed": plain(gettext_noop("Adresse de la page du client renouvelée")),
    "customer.address_set": plain(gettext_noop("Adresse postale enregistrée")),
    "contact.added": plain(gettext_noop("Adresse e-mail ajoutée"), "email"),
    "contact.changed": plain(gettext_noop("Contact modifié")),
    "contact.chosen": plain(gettext_noop("Reçoit de nouveau les relances"), "email"),
    "contact.left_out": plain(gettext_noop("Ne reçoit plus les relances"), "email"),
    "contact.opted_out": plain(gettext_noop("Ne plus écrire à"), "email"),
    "contact.opted_in": plain(gettext_noop("On peut de nouveau écrire à"), "email"),
    "contact.main": plain(gettext_noop("Contact principal"), "name"),
    "invoice.bound": plain(gettext_noop("PDF rattaché à une pièce"), "file"),
    "invoice.detached": plain(gettext_noop("PDF détaché de sa pièce"), "file"),
    "contact.validated": plain(gettext_noop("Adresse e-mail de nouveau bonne"), "email"),
    "contact.invalidated": plain(gettext_noop("Adresse e-mail notée invalide"), "email"),
    "note.written": plain(gettext_noop("Note écrite")),
    "note.answered": plain(gettext_noop("Réponse à une note")),
    "message.written": plain(gettext_noop("Message écrit à la main")),
    "answer.received": plain(gettext_noop("Réponse reçue"), "subject"),
    "answer.automatic": plain(gettext_noop("Réponse automatique reçue"), "subject"),
    "answer.delayed": plain(gettext_noop("E-mail retardé par le serveur du client"), "subject"),
    "answer.handled": plain(gettext_noop("Réponse traitée"), "subject"),
    "answer.reopened": plain(gettext_noop("Réponse remise à traiter"), "subject"),
    "reminder.sent": _sent,
    "reminder.printed": _reminder(gettext_noop("Courrier imprimé")),
    "reminder.posted": _reminder(gettext_noop("Courrier posté")),
    "reminder.noted": _reminder(gettext_noop("Action notée")),
    "reminder.failed": _reminder(gettext_noop("Envoi refusé")),
    "reminder.opened": _reminder(gettext_noop("E-mail ouvert")),
    "reminder.delivered": _reminder(gettext_noop("E-mail remis")),
    "reminder.clicked": _reminder(gettext_noop("Lien suivi")),
    "reminder.delayed": _reminder(gettext_noop("E-mail retardé, le service essaie encore")),
    "reminder.bounced": _reminder(gettext_noop("Message revenu")),
    "reminders.cancelled": plain(gettext_noop("Annulé"), "why"),
    "reminder.requeued": _reminder(gettext_noop("Remis en file d’envoi")),
}
