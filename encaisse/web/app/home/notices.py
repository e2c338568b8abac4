"""The alerts of the home page as lines: what is the matter, and the list behind."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import Reminder
from encaisse.collection.queries.answers import to_handle_count
from encaisse.insights.activity import Waiting
from encaisse.insights.alerts import Alert, Alerts, Mention
from encaisse.web.access import CompanyRequest
from encaisse.web.frame import Freshness
from encaisse.web.templatetags.encaisse import moment

# What is shown at once; the rest is one click away.
MOST = 4
_MOST_MENTIONS = 3
_EXCERPT = 90


@dataclass(frozen=True, slots=True)
class Notice:
    """One line. `tone` is a state colour, `amounts` are (currency, minor units)."""

    tone: str
    icon: str
    text: str
    url: str = ""
    action: str = ""
    amounts: tuple[tuple[str, int], ...] = ()


def notices(
    request: CompanyRequest, fresh: Freshness, waiting: Waiting, alerts: Alerts
) -> list[Notice]:
    """The lines, the most pressing first; none when nothing asks for anybody."""
    return [
        *_unknown(request, waiting),
        *_old(request, fresh),
        *_mailbox(request),
        *_answers(request),
        *(_mention(request, mention) for mention in alerts.mentions[:_MOST_MENTIONS]),
        *_promises(request, alerts.promises),
        *_messages(request, alerts),
        *_to_post(request, waiting),
        *_accounting(request, alerts),
        *_stops(request, alerts.stops),
    ]


def _unknown(request: CompanyRequest, waiting: Waiting) -> Iterator[Notice]:
    if waiting.unknown:
        text = ngettext(
            "%(count)d envoi dont on ne sait pas s’il est parti : vérifiez avant qu’il soit"
            " refait.",
            "%(count)d envois dont on ne sait pas s’ils sont partis : vérifiez avant qu’ils"
            " soient refaits.",
            waiting.unknown,
        ) % {"count": waiting.unknown}
        url = request.url("activities") + "?statut=unknown"
        yield Notice("late-3", "question-mark-circle", text, url, _("Vérifier"))


def _old(request: CompanyRequest, fresh: Freshness) -> Iterator[Notice]:
    if not fresh.is_old:
        return
    text = _("Aucune écriture n’a encore été importée.")
    if fresh.at:
        text = _(
            "Les données datent du %(at)s : rien ne part automatiquement tant qu’elles ne sont"
            " pas rafraîchies."
        ) % {"at": moment(fresh.at, request.company)}
    url = request.url("import") if request.can("ledger.import") else ""
    yield Notice("late-1", "exclamation-triangle", text, url, _("Importer maintenant"))


def _mailbox(request: CompanyRequest) -> Iterator[Notice]:
    """Answers and returns that nobody sees, for the mailbox does not open: told who can mend it."""
    if request.company.imap_error and request.can("company.configure"):
        text = _("La boîte de réception n’a pas pu être lue : %(why)s") % {
            "why": request.company.imap_error
        }
        url = request.url("settings_sender")
        yield Notice("late-2", "inbox", text, url, _("Ouvrir les réglages"))


def _answers(request: CompanyRequest) -> Iterator[Notice]:
    count = to_handle_count(request.scope)
    if count:
        text = ngettext(
            "%(count)d réponse de client à traiter.",
            "%(count)d réponses de clients à traiter.",
            count,
        ) % {"count": count}
        yield Notice("due", "inbox", text, request.url("answers"), _("Lire"))


def _mention(request: CompanyRequest, mention: Mention) -> Notice:
    words = " ".join(mention.text.split())
    excerpt = f"{words[:_EXCERPT].rstrip()}…" if len(words) > _EXCERPT else words
    text = _("%(author)s vous a cité au sujet de %(customer)s : « %(text)s »") % {
        "author": mention.author,
        "customer": mention.customer.legal_name,
        "text": excerpt,
    }
    url = request.url("customer", mention.customer.pk)
    return Notice("due", "chat-bubble-left", text, url, _("Lire"))


def _promises(request: CompanyRequest, alert: Alert) -> Iterator[Notice]:
    if alert.count:
        text = ngettext(
            "%(count)d promesse non tenue, à relancer.",
            "%(count)d promesses non tenues, à relancer.",
            alert.count,
        ) % {"count": alert.count}
        url = request.url("promises") + "?statut=en-retard"
        yield Notice("late-2", "hand-raised", text, url, _("Voir les promesses"), alert.amounts)


def _messages(request: CompanyRequest, alerts: Alerts) -> Iterator[Notice]:
    for status, alert, text in (
        (
            Reminder.Status.BOUNCED,
            alerts.bounced,
            ngettext(
                "%(count)d message revenu dans les 30 derniers jours : corrigez l’adresse.",
                "%(count)d messages revenus dans les 30 derniers jours : corrigez les adresses.",
                alerts.bounced.count,
            ),
        ),
        (
            Reminder.Status.FAILED,
            alerts.failed,
            ngettext(
                "%(count)d message refusé dans les 30 derniers jours : il n’est pas parti.",
                "%(count)d messages refusés dans les 30 derniers jours : ils ne sont pas partis.",
                alerts.failed.count,
            ),
        ),
    ):
        if alert.count:
            query = f"?statut={status}&du={alerts.since.isoformat()}"
            url = request.url("activities") + query
            words = text % {"count": alert.count}
            yield Notice("late-2", "envelope", words, url, _("Voir les messages"))


def _to_post(request: CompanyRequest, waiting: Waiting) -> Iterator[Notice]:
    if waiting.to_post:
        text = ngettext(
            "%(count)d courrier imprimé attend d’être posté.",
            "%(count)d courriers imprimés attendent d’être postés.",
            waiting.to_post,
        ) % {"count": waiting.to_post}
        yield Notice("late-1", "document-text", text, request.url("plan_letters"), _("Poster"))


def _accounting(request: CompanyRequest, alerts: Alerts) -> Iterator[Notice]:
    """What is to be put right in the accounting software."""
    if alerts.unbalanced.count:
        text = ngettext(
            "%(count)d lettrage ne s’équilibre pas : à corriger en comptabilité.",
            "%(count)d lettrages ne s’équilibrent pas : à corriger en comptabilité.",
            alerts.unbalanced.count,
        ) % {"count": alerts.unbalanced.count}
        url = request.url("alert", "lettrages")
        yield Notice(
            "late-1", "scale", text, url, _("Voir les lettrages"), alerts.unbalanced.amounts
        )
    if alerts.undated.count:
        text = ngettext(
            "%(count)d écriture sans date d’échéance : elle compte comme à venir et n’est jamais"
            " relancée.",
            "%(count)d écritures sans date d’échéance : elles comptent comme à venir et ne sont"
            " jamais relancées.",
            alerts.undated.count,
        ) % {"count": alerts.undated.count}
        url = request.url("due_items") + "?tranche=sans"
        yield Notice("due", "calendar", text, url, _("Voir les écritures"), alerts.undated.amounts)


def _stops(request: CompanyRequest, alert: Alert) -> Iterator[Notice]:
    if alert.count:
        text = ngettext(
            "%(count)d client en STOP depuis plus de 90 jours : la raison tient-elle encore ?",
            "%(count)d clients en STOP depuis plus de 90 jours : la raison tient-elle encore ?",
            alert.count,
        ) % {"count": alert.count}
        url = request.url("alert", "stops")
        yield Notice("late-1", "no-symbol", text, url, _("Voir les clients"), alert.amounts)
