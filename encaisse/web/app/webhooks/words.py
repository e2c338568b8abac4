"""The events that can be told, in words, by what they are about."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.rules.webhooks import TRIAL

GROUPS: tuple[tuple[str | Promise, Mapping[str, str | Promise]], ...] = (
    (_("Données"), {"ledger.synchronised": _("Import terminé")}),
    (
        _("Relances"),
        {
            "reminder.sent": _("E-mail envoyé"),
            "reminder.posted": _("Courrier posté"),
            "reminder.noted": _("Action notée"),
            "reminder.failed": _("Envoi refusé"),
            "reminder.bounced": _("Message revenu"),
            "answer.received": _("Réponse reçue"),
        },
    ),
    (
        _("Promesses"),
        {
            "promise.recorded": _("Promesse enregistrée"),
            "promise.scheduled": _("Échéancier enregistré"),
            "promise.postponed": _("Promesse reportée"),
            "promise.cancelled": _("Promesse annulée"),
            "promise.kept": _("Promesse tenue"),
            "promise.partly_kept": _("Promesse tenue en partie"),
            "promise.broken": _("Promesse non tenue"),
        },
    ),
    (
        _("Litiges"),
        {
            "dispute.opened": _("Litige ouvert"),
            "dispute.closed": _("Litige clôturé"),
            "dispute.suspended": _("Litige : relances suspendues"),
            "dispute.resumed": _("Litige : relances reprises"),
        },
    ),
    (
        _("Suivi"),
        {
            "hold.set": _("STOP posé"),
            "hold.lifted": _("STOP levé"),
            "level.set": _("Niveau de relance changé à la main"),
        },
    ),
)
LABELS: Mapping[str, str | Promise] = {
    kind: label for _group, kinds in GROUPS for kind, label in kinds.items()
} | {TRIAL: _("Essai")}
