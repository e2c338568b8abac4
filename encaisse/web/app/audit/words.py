"""Every line of the journal in words, whatever it is about, and the groups they make."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from encaisse.core.dates import short_date
from encaisse.ledger.rules.rates import Rate
from encaisse.tenancy.models import Event, Membership
from encaisse.web.app.audit.changes import LANGUAGES
from encaisse.web.app.audit.taken import TAKEN
from encaisse.web.app.customers.journal import SENTENCES, Data, joined, plain
from encaisse.web.language import shown_rate


def sentence_of(event: Event) -> str:
    """What a line says; its code where this version has no words for it."""
    tell = WORDS.get(event.kind)
    return tell(event.data) if tell else event.kind


def _counted(text: str, one: str, many: str, key: str) -> Callable[[Data], str]:
    """A text, then how many there were of something."""

    def tell(data: Data) -> str:
        value = data.get(key, 0)
        count = len(value) if isinstance(value, list | dict) else int(value or 0)
        return joined(_(text), ngettext(one, many, count) % {"count": count})

    return tell


def _member(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        roles = dict(Membership.Role.choices)
        role = str(roles.get(data.get("role", ""), ""))
        return joined(_(text), str(data.get("email", "")), role)

    return tell


def _template(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        version = data.get("version")
        number = _("version %(number)s") % {"number": version} if version else ""
        name = data.get("label") or data.get("code", "")
        language = data.get("language", "")
        return joined(_(text), str(name), str(LANGUAGES.get(language, language)), number)

    return tell


def _mail(text: str) -> Callable[[Data], str]:
    """Something that leaves by mail: its name, and who gets it."""

    def tell(data: Data) -> str:
        return joined(_(text), str(data.get("name", "")), ", ".join(data.get("recipients", ())))

    return tell


def _ordered(data: Data) -> str:
    count = int(data.get("customers", 0))
    customers = ngettext("%(count)d client", "%(count)d clients", count) % {"count": count}
    return joined(_("Messages par critère demandés"), customers)


def _profiles(text: str) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        count = int(data.get("count", 0))
        customers = ngettext("%(count)d client", "%(count)d clients", count) % {"count": count}
        name = data.get("profile_name") or data.get("profile", "")
        return joined(_(text), str(name), customers)

    return tell


def _synchronised(data: Data) -> str:
    texts = {"customers": _("Clients importés"), "contacts": _("Contacts importés")}
    about = str(data.get("format", ""))
    return joined(texts.get(about, _("Écritures importées")), str(data.get("file", "") or about))


def _refused(data: Data) -> str:
    return joined(_("Adresses e-mail refusées par le serveur"), ", ".join(data.get("emails", ())))


def _method(data: Data) -> str:
    return joined(_("Mode de règlement"), str(data.get("label") or data.get("code", "")))


def _rate(text: str) -> Callable[[Data], str]:
    """A rate as it was told, and the one it replaced where there was one."""

    def tell(data: Data) -> str:
        told, before = _told_rate(data, "units"), _told_rate(data, "replaced")
        day = short_date(date.fromisoformat(data["day"]))
        earlier = _("au lieu de %(rate)s") % {"rate": before} if before else ""
        return joined(_(text), told, day, earlier)

    return tell


def _told_rate(data: Data, key: str) -> str:
    units = data.get(key)
    if not units:
        return ""
    return shown_rate(Rate(data["base"], data["currency"], date.fromisoformat(data["day"]), units))


def _rates(data: Data) -> str:
    count = int(data.get("count", 0))
    rates = ngettext("%(count)d cours", "%(count)d cours", count) % {"count": count}
    currencies = ", ".join(data.get("currencies", ()))
    return joined(_("Cours importés"), rates, currencies, str(data.get("file", "")))


def _feed(data: Data) -> str:
    if data.get("is_on"):
        return _("Cours de la BCE demandés chaque jour")
    return _("Cours de la BCE : plus demandés")


def _profile_deleted(data: Data) -> str:
    taker = data.get("replacement", "")
    replaced = _("remplacé par %(name)s") % {"name": taker} if taker else ""
    return joined(_("Profil supprimé"), str(data.get("name", "")), replaced)


_MOVED = ("%(count)d client", "%(count)d clients")


def _scope_changed(data: Data) -> str:
    """Which entries the other accounts and journals took away or gave back."""
    parts = [_("Comptes et journaux suivis")]
    for key, one, many in (
        (
            "left",
            gettext_noop("%(count)d écriture sortie"),
            gettext_noop("%(count)d écritures sorties"),
        ),
        (
            "back",
            gettext_noop("%(count)d écriture revenue"),
            gettext_noop("%(count)d écritures revenues"),
        ),
    ):
        if count := int(data.get(key) or 0):
            parts.append(ngettext(one, many, count) % {"count": count})
    return joined(*parts)


_MESSAGES = ("%(count)d message", "%(count)d messages")
_FILES = ("%(count)d fichier", "%(count)d fichiers")
_MENTIONS = ("%(count)d citation", "%(count)d citations")

WORDS: Mapping[str, Callable[[Data], str]] = {
    **SENTENCES,
    **TAKEN,
    "reminders.prepared": _counted(gettext_noop("Relances préparées"), *_MESSAGES, "count"),
    "reminders.approved": _counted(gettext_noop("Relances validées"), *_MESSAGES, "reminders"),
    "messages.ordered": _ordered,
    "digest.sent": _mail(gettext_noop("Annonce des envois automatiques")),
    "mail.tried": plain(gettext_noop("E-mail d’essai"), "to"),
    "customers.profile_set": _profiles(gettext_noop("Profil donné à plusieurs clients")),
    "customers.profile_given_back": _profiles(gettext_noop("Profil rendu à plusieurs clients")),
    "mentions.seen": _counted(gettext_noop("Citations vues"), *_MENTIONS, "mentions"),
    "contact.refused": _refused,
    "ledger.synchronised": _synchronised,
    "invoices.filed": _counted(gettext_noop("Factures PDF rattachées"), *_FILES, "bound"),
    "invoice.discarded": plain(gettext_noop("Facture PDF jetée"), "file"),
    "company.created": plain(gettext_noop("Société créée"), "name"),
    "company.configured": plain(gettext_noop("Réglages de la société")),
    "rehearsal.forgotten": _counted(gettext_noop("Répétition oubliée"), *_MESSAGES, "reminders"),
    "start.confirmed": plain(gettext_noop("Étape de démarrage vérifiée"), "step"),
    "start.dismissed": plain(gettext_noop("Démarrage masqué de l’accueil")),
    "start.shown": plain(gettext_noop("Démarrage remis sur l’accueil")),
    "company.second_factor_required": plain(gettext_noop("Deux étapes obligatoires pour tous")),
    "company.second_factor_optional": plain(gettext_noop("Deux étapes au choix de chacun")),
    "company.scope_changed": _scope_changed,
    "company.motives_set": plain(gettext_noop("Motifs de litige modifiés")),
    "company.outcomes_set": plain(gettext_noop("Résultats d’appel modifiés")),
    "company.events_renewed": plain(gettext_noop("Adresse des événements renouvelée")),
    "webhook.added": plain(gettext_noop("Webhook ajouté"), "url"),
    "webhook.changed": plain(gettext_noop("Webhook modifié"), "url"),
    "webhook.removed": plain(gettext_noop("Webhook supprimé"), "url"),
    "webhook.secret_renewed": plain(gettext_noop("Secret du webhook renouvelé"), "url"),
    "webhook.tried": plain(gettext_noop("Webhook essayé"), "url"),
    "webhook.replayed": plain(gettext_noop("Événements renvoyés au webhook"), "url"),
    "webhook.stopped": plain(gettext_noop("Webhook arrêté : rien n’y arrivait plus"), "url"),
    "company.consumers_set": plain(gettext_noop("Profils de particuliers")),
    "scenario.deleted": plain(gettext_noop("Scénario supprimé"), "name"),
    "template.created": _template(gettext_noop("Modèle créé")),
    "template.changed": _template(gettext_noop("Modèle modifié")),
    "template.deleted": _template(gettext_noop("Modèle supprimé")),
    "letters.changed": plain(gettext_noop("Présentation des courriers")),
    "payment_method.set": _method,
    "profile.added": plain(gettext_noop("Profil ajouté"), "name"),
    "profile.renamed": plain(gettext_noop("Profil renommé"), "name"),
    "profile.made_default": plain(gettext_noop("Profil par défaut"), "name"),
    "profile.deleted": _profile_deleted,
    "profile_rules.saved": _counted(gettext_noop("Règles de profil"), *_MOVED, "count"),
    "profile_rules.applied": _counted(
        gettext_noop("Profils donnés par les règles"), *_MOVED, "count"
    ),
    "free_fields.set": plain(gettext_noop("Champs libres")),
    "rate.recorded": _rate(gettext_noop("Cours saisi")),
    "rate.removed": _rate(gettext_noop("Cours retiré")),
    "rates.imported": _rates,
    "rates.feed_set": _feed,
    "cash_targets.set": plain(gettext_noop("Objectifs de cash"), "currency"),
    "demo.created": plain(gettext_noop("Démonstration créée")),
    "demo.reset": plain(gettext_noop("Démonstration réinitialisée")),
    "member.added": _member(gettext_noop("Accès donné")),
    "member.changed": _member(gettext_noop("Droits modifiés")),
    "member.deactivated": _member(gettext_noop("Accès retiré")),
    "member.reactivated": _member(gettext_noop("Accès rendu")),
    "member.invited": _member(gettext_noop("Personne invitée")),
    "invitation.renewed": plain(gettext_noop("Invitation renvoyée"), "email"),
    "invitation.withdrawn": plain(gettext_noop("Invitation retirée"), "email"),
    "work.transferred": plain(gettext_noop("Travail confié à une autre personne"), "email"),
    "account.changed": plain(gettext_noop("Compte modifié"), "email"),
    "account.session_closed": plain(gettext_noop("Session fermée"), "email"),
    "account.email_changed": plain(gettext_noop("Adresse e-mail changée"), "email"),
    "account.password_changed": plain(gettext_noop("Mot de passe changé"), "email"),
    "account.password_reset": plain(gettext_noop("Mot de passe oublié remplacé"), "email"),
    "account.second_factor_set": plain(gettext_noop("Connexion en deux étapes activée"), "email"),
    "account.second_factor_removed": plain(
        gettext_noop("Connexion en deux étapes désactivée"), "email"
    ),
    "account.passkey_added": plain(gettext_noop("Clé d’accès ajoutée"), "email"),
    "account.passkey_removed": plain(gettext_noop("Clé d’accès retirée"), "email"),
    "account.provider_linked": plain(
        gettext_noop("Compte relié au fournisseur d’identité"), "email"
    ),
    "account.recovery_codes_renewed": plain(gettext_noop("Codes de secours refaits"), "email"),
    "api_token.created": plain(gettext_noop("Jeton d’API créé"), "name"),
    "api_token.revoked": plain(gettext_noop("Jeton d’API révoqué"), "name"),
    "cash_report.set": plain(gettext_noop("Rythme du cash reporting"), "email"),
    "cash_report.sent": plain(gettext_noop("Cash reporting envoyé"), "to"),
    "view.saved": plain(gettext_noop("Vue enregistrée"), "name"),
    "view.changed": plain(gettext_noop("Vue modifiée"), "name"),
    "view.deleted": plain(gettext_noop("Vue supprimée"), "name"),
    "export.scheduled": _mail(gettext_noop("Export planifié")),
    "export.changed": _mail(gettext_noop("Export planifié modifié")),
    "export.paused": _mail(gettext_noop("Export planifié mis en pause")),
    "export.resumed": _mail(gettext_noop("Export planifié repris")),
    "export.deleted": _mail(gettext_noop("Export planifié supprimé")),
    "export.sent": _mail(gettext_noop("Export planifié envoyé")),
    "export.stopped": _mail(gettext_noop("Export planifié arrêté")),
}

GROUPS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    (
        "relances",
        gettext_lazy("Relances et messages"),
        ("reminder", "reminders", "message", "messages", "digest", "mail"),
    ),
    (
        "decisions",
        gettext_lazy("Décisions sur les clients"),
        (
            "hold", "dispute", "promise", "level", "entry", "customer", "customers", "note",
            "mentions",
        ),
    ),
    ("contacts", gettext_lazy("Contacts et réponses"), ("contact", "answer")),
    ("donnees", gettext_lazy("Données importées"), ("ledger", "invoice", "invoices")),
    (
        "reglages",
        gettext_lazy("Réglages"),
        (
            "company", "start", "rehearsal", "configuration", "scenario", "template", "letters",
            "payment_method", "profile", "profile_rules", "free_fields",
            "cash_targets", "rate", "rates", "demo", "webhook",
        ),
    ),
    (
        "personnes",
        gettext_lazy("Personnes et accès"),
        ("member", "invitation", "account", "work", "api_token"),
    ),
    ("envois", gettext_lazy("Vues et envois réguliers"), ("view", "export", "cash_report")),
)  # fmt: skip


def kinds_of(group: str) -> tuple[str, ...]:
    """The kinds of a group; none for an unknown one."""
    nouns = next((nouns for key, _label, nouns in GROUPS if key == group), ())
    return tuple(kind for kind in WORDS if kind.partition(".")[0] in nouns)
