"""Why something is left out, in words, and what a person can do about it."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from encaisse.collection.rules.plan import Reason


class Words(NamedTuple):
    """What the screens say of a reason: its name, and what to do, in a sentence."""

    label: str
    advice: str


# Nothing holds these back: their step comes later.
LATER = frozenset({Reason.WAITING, Reason.NOT_DUE})
# A message about them is on its way, or has left today.
UNDER_WAY = frozenset({Reason.IN_PROGRESS, Reason.UNKNOWN_OUTCOME, Reason.ALREADY_TODAY})
# Something holds them back from the step that they have reached.
HELD_BACK = frozenset(Reason) - LATER - UNDER_WAY - {Reason.LAST_STEP_DONE}

_WORDS: dict[Reason, tuple[object, object]] = {
    Reason.CUSTOMER_STOP: (
        _("Client en STOP"),
        _("Levez le STOP sur la fiche du client pour qu’il soit de nouveau relancé."),
    ),
    Reason.ENTRY_STOP: (
        _("Pièce en STOP"),
        _("Levez le STOP de la pièce sur la fiche du client."),
    ),
    Reason.HOLD_UNTIL: (
        _("Relances suspendues jusqu’à une date"),
        _(
            "Elles reprendront d’elles-mêmes après cette date ; la fiche du client permet de "
            "lever la suspension avant."
        ),
    ),
    Reason.DISPUTE: (
        _("Litige"),
        _("Réglez le litige avec le client, puis clôturez-le sur sa fiche."),
    ),
    Reason.PROMISE: (
        _("Promesse de règlement en cours"),
        _("Attendez la date promise : la relance reprendra le lendemain si rien n’est arrivé."),
    ),
    Reason.AUTOMATIC_METHOD: (
        _("Mode de règlement automatique"),
        _(
            "La banque prélèvera. Si un prélèvement est rejeté, changez le mode de règlement "
            "dans la comptabilité."
        ),
    ),
    Reason.PAID_ONLINE: (
        _("Payé en ligne"),
        _("Le règlement arrive : la pièce disparaîtra une fois lettrée dans la comptabilité."),
    ),
    Reason.NO_DUE_DATE: (
        _("Sans date d’échéance"),
        _("Indiquez l’échéance dans la comptabilité, puis importez de nouveau."),
    ),
    Reason.NO_ADDRESS: (
        _("Aucune adresse"),
        _("Ajoutez une adresse e-mail ou postale sur la fiche du client."),
    ),
    Reason.NO_SCENARIO: (
        _("Aucun scénario"),
        _("Changez le profil du client sur sa fiche, ou créez un scénario pour ce profil."),
    ),
    Reason.SCENARIO_OFF: (
        _("Scénario désactivé"),
        _("Réactivez le scénario dans la configuration, ou changez le profil du client."),
    ),
    Reason.LAST_STEP_DONE: (
        _("Dernière étape faite"),
        _("Le scénario est terminé : appelez le client, ou confiez le dossier au recouvrement."),
    ),
    Reason.WAITING: (
        _("Attend la prochaine étape"),
        _("Rien à faire : l’étape suivante viendra à la date indiquée."),
    ),
    Reason.NOT_DUE: (
        _("Pas encore à relancer"),
        _("Rien à faire : la première étape viendra à la date indiquée."),
    ),
    Reason.IN_PROGRESS: (
        _("Déjà en cours"),
        _(
            "Un message est en attente d’envoi, un courrier à poster ou un appel à faire : "
            "terminez-le d’abord."
        ),
    ),
    Reason.UNKNOWN_OUTCOME: (
        _("Envoi à vérifier"),
        _(
            "Vérifiez si le message est parti, puis dites-le dans Activités : il ne sera jamais "
            "renvoyé à l’aveugle."
        ),
    ),
    Reason.ALREADY_TODAY: (
        _("Déjà relancé aujourd’hui"),
        _("Un client reçoit un seul message par jour : le reste suivra un autre jour."),
    ),
    Reason.BELOW_ENTRY_MINIMUM: (
        _("Pièce sous le minimum"),
        _(
            "Son montant est sous le seuil par pièce du scénario : changez le seuil, ou attendez "
            "d’autres factures."
        ),
    ),
    Reason.BELOW_TOTAL_MINIMUM: (
        _("Total sous le minimum"),
        _(
            "Le total dû est sous le seuil du scénario : changez le seuil, ou attendez d’autres "
            "factures."
        ),
    ),
    Reason.ABOVE_TOTAL_MAXIMUM: (
        _("Total au-dessus du plafond"),
        _(
            "Un montant pareil se traite de personne à personne : appelez le client, ou relevez "
            "le plafond."
        ),
    ),
    Reason.TO_MATCH: (
        _("À lettrer"),
        _(
            "Ses avoirs et règlements couvrent ce qu’il doit : lettrez son compte dans la "
            "comptabilité."
        ),
    ),
    Reason.DATA_TOO_OLD: (
        _("Données trop anciennes"),
        _(
            "L’envoi automatique attend des données récentes : importez la comptabilité, ou "
            "envoyez vous-même."
        ),
    ),
}


def words_of(reason: Reason) -> Words:
    """The label of a reason and the advice that goes with it, in the language of the moment."""
    label, advice = _WORDS[reason]
    return Words(str(label), str(advice))
