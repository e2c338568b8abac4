"""The placeholders a template may use, and the older tags understood as synonyms.

Names are French on purpose: the people who write letters type them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from encaisse.core.wording import Sentence, sentence
from encaisse.ledger.rules.free_fields import CUSTOMER_FIELDS, ENTRY_FIELDS

Kind = Literal["text", "block", "flag"]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name a template may print (text, block) or test (all, flags only test).

    A mandatory placeholder never prints nothing: without a value the message is refused.
    """

    name: str
    label: Sentence
    group: str
    kind: Kind = "text"
    mandatory: bool = True


# By group: name, label, "?" when it may be empty, "block", "flag".
_CATALOGUE = {
    "Client": (
        ("client", sentence("Nom du client"), ""),
        ("client_code", sentence("Code du client"), ""),
        ("contact", sentence("Nom du contact"), "?"),
        ("formule_appel", sentence("Formule d’appel (« Bonjour Mme Legrand, »)"), ""),
        ("client_adresse", sentence("Adresse du client"), "?"),
        ("client_email", sentence("Adresse e-mail du client"), "?"),
        ("client_tel", sentence("Téléphone du client"), "?"),
        ("client_siret", sentence("SIRET du client"), "?"),
        ("client_profil", sentence("Profil du client"), "?"),
        *(
            (f"client_champ{n}", sentence("Champ libre %(number)d du client", number=n), "?")
            for n in range(1, CUSTOMER_FIELDS + 1)
        ),
        ("b2b", sentence("Le client est un professionnel"), "flag"),
    ),
    "Montants": (
        ("total", sentence("Total réclamé (pièces du tableau)"), ""),
        ("total_en_retard", sentence("Total en retard"), ""),
        ("total_a_echoir", sentence("Total à échoir"), ""),
        ("solde", sentence("Solde du compte"), ""),
        ("devise", sentence("Devise"), ""),
        ("penalites", sentence("Pénalités de retard"), ""),
        ("taux_penalite", sentence("Taux annuel des pénalités"), ""),
        ("penalite_jour", sentence("Pénalités par jour de retard"), ""),
        ("date_arrete", sentence("Date d’arrêté du décompte"), ""),
        ("indemnites", sentence("Indemnités forfaitaires (40 € par facture)"), ""),
        ("total_general", sentence("Total avec pénalités et indemnités"), ""),
        ("taux_mensuel", sentence("Taux mensuel de surcharge"), ""),
        ("taux_annuel", sentence("Taux annuel de surcharge"), ""),
        ("frais_surcharge", sentence("Frais de surcharge"), ""),
        ("penalites_actives", sentence("Les pénalités sont réclamées"), "flag"),
    ),
    "Pièces": (
        ("tableau", sentence("Tableau des pièces"), "block"),
        ("nb_factures", sentence("Nombre de pièces du tableau"), ""),
        ("plusieurs_factures", sentence("Le tableau a plusieurs pièces"), "flag"),
        ("liste_factures", sentence("Numéros des pièces, à la suite"), ""),
        ("prochaine_echeance", sentence("Prochaine échéance"), ""),
        ("piece_numero", sentence("Numéro de la pièce"), ""),
        ("piece_objet", sentence("Libellé de la pièce"), "?"),
        ("date_facture", sentence("Date de la pièce"), ""),
        ("date_echeance", sentence("Échéance de la pièce"), ""),
        ("jours_retard", sentence("Jours de retard de la pièce"), ""),
        *(
            (f"piece_champ{n}", sentence("Champ libre %(number)d de la pièce", number=n), "?")
            for n in range(1, ENTRY_FIELDS + 1)
        ),
    ),
    "Relance": (
        ("niveau", sentence("Niveau de relance"), ""),
        ("date_jour", sentence("Date du jour"), ""),
        ("date_limite", sentence("Date limite de règlement"), ""),
        ("delai_reponse", sentence("Délai de réponse"), ""),
        ("date_relance_1", sentence("Date de la première relance"), ""),
        ("date_derniere_relance", sentence("Date de la dernière relance"), ""),
        ("numero_recommande", sentence("Numéro de la lettre recommandée"), ""),
        ("reference_dossier", sentence("Référence du dossier"), ""),
    ),
    "Promesse et règlement": (
        ("montant_promis", sentence("Montant promis"), ""),
        ("date_promise", sentence("Date promise"), ""),
        ("date_accord", sentence("Date de l’accord"), ""),
        ("montant_recu", sentence("Montant reçu"), ""),
        ("date_reception", sentence("Date de réception"), ""),
        ("compte_a_jour", sentence("Plus rien n’est échu"), "flag"),
    ),
    "Paiement": (
        ("lien_paiement", sentence("Lien de paiement en ligne"), ""),
        ("lien_portail", sentence("Lien vers la page « Votre compte » du client"), ""),
        ("lien_factures", sentence("Lien pour télécharger les factures du message"), ""),
        ("rib", sentence("Coordonnées bancaires"), "block ?"),
        ("qr_virement", sentence("QR code de virement (courriers)"), "block ?"),
        ("reference_virement", sentence("Référence à indiquer au virement"), ""),
        ("iban", sentence("IBAN"), ""),
        ("bic", sentence("BIC"), "?"),
    ),
    "Expéditeur": (
        ("expediteur", sentence("Nom de l’expéditeur"), ""),
        ("fonction", sentence("Fonction de l’expéditeur"), "?"),
        ("telephone", sentence("Téléphone de l’expéditeur"), "?"),
        ("email_reponse", sentence("Adresse e-mail de réponse"), "?"),
        ("commercial", sentence("Commercial du client"), "?"),
        ("signature", sentence("Signature"), "?"),
    ),
    "Société": (
        ("societe", sentence("Nom de la société"), ""),
        ("logo", sentence("Logo de la société"), "block"),
        ("societe_adresse", sentence("Adresse de la société"), "?"),
        ("societe_siret", sentence("SIRET de la société"), "?"),
        ("societe_tva", sentence("Numéro de TVA de la société"), "?"),
        ("ville", sentence("Ville de la société"), ""),
        ("mentions_legales", sentence("Mentions légales"), "?"),
    ),
    "Transmission": (
        ("agence", sentence("Agence de recouvrement"), ""),
        ("agence_coordonnees", sentence("Coordonnées de l’agence"), "?"),
    ),
    "Appel": (
        ("numero", sentence("Numéro de la facture, quand il n’y en a qu’une"), "?"),
        ("montant", sentence("Son montant, quand il n’y en a qu’une"), "?"),
        ("date", sentence("Son échéance, quand il n’y en a qu’une"), "?"),
        ("mode", sentence("Mode de règlement évoqué"), "?"),
        ("retard", sentence("Nombre de jours de retard"), ""),
    ),
}

# Those that the texts proposed may test, and that nothing tells yet.
_WITHOUT_SOURCE = frozenset(
    (
        "taux_mensuel", "taux_annuel", "frais_surcharge", "numero_recommande",
        "reference_dossier", "agence", "agence_coordonnees", "mode",
    )
)  # fmt: skip

# Tags of the older product and of templates brought from it.
_SYNONYMS = {
    "client_nom": "client",
    "client_contact": "contact",
    "tableau_comptable": "tableau",
    "tableau_comptable2": "tableau",
    "total_a_venir": "total_a_echoir",
    "indemnite": "indemnites",
    "total_avec_penalites": "total_general",
    "nb_pieces": "nb_factures",
    "promesse_date": "date_promise",
    "promesse_montant": "montant_promis",
    "utilisateur_nom": "expediteur",
    "utilisateur_email": "email_reponse",
    "utilisateur_tel": "telephone",
}

# A whole web address, whose percent-encoded bytes look like tags, or a tag.
_TAG = re.compile(r"(?P<url>https?://[^\s\"'<>]+)|(?<!\{)%(?P<name>[a-z][a-z0-9_]*)%(?!\})")
_TAG_IN_URL = re.compile(r"%([a-z][a-z0-9_]*)%")


def _read_catalogue() -> Iterator[Placeholder]:
    for group, rows in _CATALOGUE.items():
        for name, label, options in rows:
            kind: Kind = "flag" if "flag" in options else "block" if "block" in options else "text"
            yield Placeholder(name, label, group, kind, "?" not in options and kind != "flag")


CATALOGUE: dict[str, Placeholder] = {one.name: one for one in _read_catalogue()}


def offered() -> list[Placeholder]:
    """Those that have something to say, by group."""
    return [one for one in CATALOGUE.values() if one.name not in _WITHOUT_SOURCE]


def modern(source: str) -> str:
    """The template with `%client_code%` written `{{ client_code }}`, synonyms resolved.

    An unknown tag becomes an unknown placeholder, so that it is refused rather than sent as is;
    inside a web address only known tags are replaced.
    """
    return _TAG.sub(_modern_tag, source) if "%" in source else source


def _modern_tag(match: re.Match[str]) -> str:
    url = match["url"]
    if url is None:
        return _braces(match["name"])
    return _TAG_IN_URL.sub(lambda tag: _braces(tag[1]) if is_known(tag[1]) else tag[0], url)


def is_known(name: str) -> bool:
    """True for a placeholder or one of its synonyms."""
    return name in CATALOGUE or name in _SYNONYMS


def _braces(name: str) -> str:
    return "{{ " + _SYNONYMS.get(name, name) + " }}"
