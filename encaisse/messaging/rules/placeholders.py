"""The placeholders a template may use, and the older tags understood as synonyms.

Names are French on purpose: the people who write letters type them.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "block", "flag"]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name a template may print (text, block) or test (all, flags only test).

    A mandatory placeholder never prints nothing: without a value the message is refused.
    """

    name: str
    label_fr: str
    group: str
    kind: Kind = "text"
    mandatory: bool = True


# One line each: name | label | "?" when it may be empty, "block", "flag".
_CATALOGUE = """
# Client
client | Nom du client
client_code | Code du client
contact | Nom du contact | ?
formule_appel | Formule d’appel (« Bonjour Mme Legrand, »)
client_adresse | Adresse du client | ?
client_email | Adresse e-mail du client | ?
client_tel | Téléphone du client | ?
client_siret | SIRET du client | ?
client_profil | Profil du client | ?
client_champ1 | Champ libre 1 du client | ?
client_champ2 | Champ libre 2 du client | ?
b2b | Le client est un professionnel | flag
# Montants
total | Total réclamé (pièces du tableau)
total_en_retard | Total en retard
total_a_echoir | Total à échoir
solde | Solde du compte
devise | Devise
penalites | Pénalités de retard
taux_penalite | Taux annuel des pénalités
penalite_jour | Pénalités par jour de retard
date_arrete | Date d’arrêté du décompte
indemnites | Indemnités forfaitaires (40 € par facture)
total_general | Total avec pénalités et indemnités
taux_mensuel | Taux mensuel de surcharge
taux_annuel | Taux annuel de surcharge
frais_surcharge | Frais de surcharge
penalites_actives | Les pénalités sont réclamées | flag
# Pièces
tableau | Tableau des pièces | block
nb_factures | Nombre de pièces du tableau
liste_factures | Numéros des pièces, à la suite
prochaine_echeance | Prochaine échéance
piece_numero | Numéro de la pièce
piece_objet | Libellé de la pièce | ?
date_facture | Date de la pièce
date_echeance | Échéance de la pièce
jours_retard | Jours de retard de la pièce
piece_champ1 | Champ libre 1 de la pièce | ?
piece_champ2 | Champ libre 2 de la pièce | ?
piece_champ3 | Champ libre 3 de la pièce | ?
# Relance
niveau | Niveau de relance
date_jour | Date du jour
date_limite | Date limite de règlement
delai_reponse | Délai de réponse
date_relance_1 | Date de la première relance
date_derniere_relance | Date de la dernière relance
numero_recommande | Numéro de la lettre recommandée
reference_dossier | Référence du dossier
# Promesse et règlement
montant_promis | Montant promis
date_promise | Date promise
date_accord | Date de l’accord
montant_recu | Montant reçu
date_reception | Date de réception
compte_a_jour | Plus rien n’est échu | flag
# Paiement
lien_paiement | Lien de paiement en ligne
lien_portail | Lien vers l’espace client
lien_factures | Lien vers les factures
rib | Coordonnées bancaires | block ?
qr_virement | QR code de virement (courriers) | block ?
reference_virement | Référence à indiquer au virement
iban | IBAN
bic | BIC | ?
# Expéditeur
expediteur | Nom de l’expéditeur
fonction | Fonction de l’expéditeur | ?
telephone | Téléphone de l’expéditeur | ?
email_reponse | Adresse e-mail de réponse | ?
commercial | Commercial du client | ?
signature | Signature | ?
# Société
societe | Nom de la société
societe_adresse | Adresse de la société | ?
societe_siret | SIRET de la société | ?
societe_tva | Numéro de TVA de la société | ?
ville | Ville de la société
mentions_legales | Mentions légales | ?
# Transmission
agence | Agence de recouvrement
agence_coordonnees | Coordonnées de l’agence | ?
# Appel
numero | Numéro de la facture évoquée
montant | Montant évoqué
date | Date évoquée
mode | Mode de règlement évoqué | ?
retard | Nombre de jours de retard
"""

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


def _read_catalogue(lines: str) -> dict[str, Placeholder]:
    found: dict[str, Placeholder] = {}
    group = ""
    for line in lines.strip().splitlines():
        if line.startswith("# "):
            group = line[2:]
            continue
        name, label, *rest = (part.strip() for part in line.split("|"))
        option = rest[0] if rest else ""
        kind: Kind = "flag" if "flag" in option else "block" if "block" in option else "text"
        found[name] = Placeholder(name, label, group, kind, "?" not in option and kind != "flag")
    return found


CATALOGUE: dict[str, Placeholder] = _read_catalogue(_CATALOGUE)


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
