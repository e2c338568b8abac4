"""Which column of a table holds which field, guessed from the names French software gives them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from encaisse.core.text import fold

_NUMBER_WORDS = re.compile(r"\b(?:numero|num|no|nr|nro)\b")
_SMALL_WORDS = re.compile(r"\b(?:d|de|du|des|l|le|la|les|en|a)\b")
_UNITS = re.compile(r"\b(?:eur|euro|euros|ht eur)$")


@dataclass(frozen=True, slots=True)
class Field:
    """A value a table can bring; `synonyms` from the surest column name to the vaguest."""

    name: str
    label_fr: str
    required: bool
    synonyms: tuple[str, ...]


def normalised(header: str) -> str:
    """A column name without accents, punctuation, small words: « N° de compte » → `n compte`."""
    words = _NUMBER_WORDS.sub("n", fold(header.replace("°", " ").replace("º", " ")))
    without = " ".join(_SMALL_WORDS.sub(" ", words).split())
    return without or words


def guess_mapping(headers: Sequence[str], fields: Sequence[Field]) -> dict[str, int | None]:
    """The column of each field, None when no name is known; a column serves one field only."""
    keys = [normalised(header) for header in headers]
    mapping: dict[str, int | None] = {field.name: None for field in fields}
    taken: set[int] = set()
    # Whole names first, so that « Montant TTC » never loses its column to « Montant (€) ».
    for candidates in (keys, [_UNITS.sub("", key).strip() for key in keys]):
        for field in fields:
            if mapping[field.name] is None:
                place = _place(field, candidates, taken)
                if place is not None:
                    mapping[field.name] = place
                    taken.add(place)
    return mapping


def _place(field: Field, keys: Sequence[str], taken: Iterable[int]) -> int | None:
    for synonym in (field.label_fr, *field.synonyms):
        wanted = normalised(synonym)
        for place, key in enumerate(keys):
            if key == wanted and place not in taken:
                return place
    return None


def missing_fields(mapping: Mapping[str, int | None], fields: Sequence[Field]) -> list[str]:
    """French labels of the required fields that have no column.

    Entries need an amount: one signed column, or debit and credit, or what remains due.
    """
    missing = [
        field.label_fr for field in fields if field.required and mapping.get(field.name) is None
    ]
    amounts = ("amount", "debit", "credit", "remaining")
    if fields is FIELDS_ENTRIES and all(mapping.get(name) is None for name in amounts):
        missing.append("Montant, ou débit et crédit")
    return missing


def is_known_header(cell: str) -> bool:
    """Whether a cell is the usual name of a column."""
    return normalised(cell) in _KNOWN


def _required(name: str, label_fr: str, synonyms: str) -> Field:
    return Field(name, label_fr, required=True, synonyms=tuple(synonyms.split(" | ")))


def _optional(name: str, label_fr: str, synonyms: str) -> Field:
    return Field(name, label_fr, required=False, synonyms=tuple(synonyms.split(" | ")))


_CODE = (
    "code client | compte client | n client | code tiers | compte tiers | n tiers | id client | "
    "identifiant client | ref client | reference client | compte auxiliaire | auxiliaire | "
    "code auxiliaire | comp aux num | compauxnum | ct num | tiers | n compte | compte | code | "
    "identifiant | customer code | customer id | account"
)
_EMAIL = (
    "email | e mail | mail | courriel | adresse email | adresse e mail | adresse mail | "
    "adresse electronique | email contact | email facturation | mail facturation | "
    "email comptabilite | email relance | ct email"
)
_PHONE = "telephone | tel | telephone fixe | tel fixe | n telephone | fixe | phone"
_MOBILE = "mobile | portable | telephone portable | tel portable | telephone mobile | gsm"
_LANGUAGE = "langue | code langue | language"
_PAYMENT_METHOD = (
    "mode de reglement | mode de paiement | moyen de paiement | mode | reglement | "
    "type de reglement | mode rglt | payment method"
)
_CURRENCY = "devise | code devise | monnaie | currency | idevise"

FIELDS_CUSTOMERS: tuple[Field, ...] = (
    _required("code", "Code client", _CODE),
    _required(
        "name",
        "Nom",
        "raison sociale | nom client | intitule | intitule client | societe | nom societe | "
        "denomination | nom tiers | libelle compte | libelle | client | compauxlib | "
        "ct intitule | name | company",
    ),
    _optional("email", "E-mail", _EMAIL),
    _optional("phone", "Téléphone", _PHONE),
    _optional("mobile", "Mobile", _MOBILE),
    _optional(
        "contact_name",
        "Contact",
        "nom contact | interlocuteur | contact principal | nom interlocuteur",
    ),
    _optional(
        "address1",
        "Adresse 1",
        "adresse | adresse ligne 1 | rue | adresse postale | adresse facturation | voie | address",
    ),
    _optional(
        "address2",
        "Adresse 2",
        "complement adresse | complement | adresse ligne 2 | adresse complement",
    ),
    _optional("address3", "Adresse 3", "adresse ligne 3 | complement 2 | lieu dit"),
    _optional("postal_code", "Code postal", "cp | code post | zip | postal code"),
    _optional("city", "Ville", "commune | localite | city | bureau distributeur"),
    _optional("country", "Pays", "code pays | country"),
    _optional("siren", "SIREN", "n siren | numero siren"),
    _optional("siret", "SIRET", "n siret | numero siret"),
    _optional(
        "vat_number",
        "N° TVA",
        "tva intracommunautaire | n tva intracommunautaire | tva intra | n tva intra | "
        "n identification tva | identifiant tva | tva | vat number | vat",
    ),
    _optional(
        "payment_terms",
        "Conditions de règlement",
        "condition de reglement | conditions de paiement | condition de paiement | "
        "delai de reglement | delai de paiement | delai | echeance | modele de reglement | "
        "payment terms",
    ),
    _optional("payment_method", "Mode de règlement", _PAYMENT_METHOD),
    _optional(
        "sales_rep",
        "Commercial",
        "nom commercial | code commercial | representant | vendeur | code representant | "
        "charge affaires | sales rep",
    ),
    _optional(
        "category",
        "Catégorie",
        "famille | categorie client | famille client | groupe | type client | segment",
    ),
    _optional("profile", "Profil", "profil de relance | scenario | profil client"),
    _optional("language", "Langue", _LANGUAGE),
    _optional("currency", "Devise", _CURRENCY),
    _optional(
        "credit_limit",
        "Plafond d’encours",
        "plafond | encours autorise | encours maximum | encours max | limite de credit | "
        "plafond de credit | autorisation encours | credit limit",
    ),
    _optional("free1", "Champ libre 1", "libre 1 | zone libre 1 | info libre 1"),
    _optional("free2", "Champ libre 2", "libre 2 | zone libre 2 | info libre 2"),
)

FIELDS_CONTACTS: tuple[Field, ...] = (
    _required("customer_code", "Code client", _CODE),
    _optional(
        "name",
        "Nom",
        "nom contact | contact | interlocuteur | nom prenom | prenom nom | nom complet | "
        "nom interlocuteur | name",
    ),
    _optional("role", "Fonction", "role | service | poste | type contact | qualite"),
    _optional("email", "E-mail", _EMAIL),
    _optional("phone", "Téléphone", _PHONE),
    _optional("mobile", "Mobile", _MOBILE),
    _optional("language", "Langue", _LANGUAGE),
)

FIELDS_ENTRIES: tuple[Field, ...] = (
    _required("customer_code", "Code client", _CODE),
    _optional(
        "customer_name",
        "Nom du client",
        "raison sociale | nom client | nom | intitule | intitule client | client | "
        "intitule tiers | nom tiers | libelle compte | societe | compauxlib",
    ),
    _required(
        "document_number",
        "N° de pièce",
        "n facture | facture | n piece | piece | ref piece | reference piece | n document | "
        "document | n doc | piece ref | pieceref | reference | ref | invoice number",
    ),
    _required(
        "document_date",
        "Date de pièce",
        "date facture | date document | date emission | date ecriture | date comptable | "
        "date piece | piecedate | ecrituredate | date | invoice date",
    ),
    _optional(
        "due_date",
        "Date d’échéance",
        "echeance | date ech | ech | date limite | date limite de reglement | "
        "date limite paiement | a payer le | due date",
    ),
    _optional(
        "label",
        "Libellé",
        "libelle ecriture | intitule ecriture | designation | description | objet | ecriturelib | "
        "commentaire",
    ),
    _optional("debit", "Débit", "montant debit | debit ttc"),
    _optional("credit", "Crédit", "montant credit | credit ttc"),
    _optional(
        "amount",
        "Montant",
        "montant ttc | total ttc | montant total | ttc | montant facture | montant initial | "
        "total | amount",
    ),
    _optional("direction", "Sens", "sens ecriture | debit credit | d c | dc"),
    _optional(
        "remaining",
        "Reste dû",
        "restant du | reste a payer | reste a regler | solde du | montant restant | montant du | "
        "restant | reste | solde | balance",
    ),
    _optional("currency", "Devise", _CURRENCY),
    _optional("letter", "Lettrage", "lettre | code lettrage | let | l | ecriturelet"),
    _optional("letter_date", "Date de lettrage", "date lettre | date let | datelet"),
    _optional("payment_method", "Mode de règlement", _PAYMENT_METHOD),
    _optional("journal", "Journal", "code journal | jal | journal code | cj | journalcode | jnl"),
    _optional(
        "source_id",
        "Identifiant",
        "id ecriture | identifiant ecriture | n ecriture | ecriture | id | ecriturenum | cle | "
        "cbmarq | ec no",
    ),
    _optional("kind", "Type de pièce", "type piece | nature | type | type document"),
    _optional("free1", "Champ libre 1", "libre 1 | zone libre 1 | info libre 1"),
    _optional("free2", "Champ libre 2", "libre 2 | zone libre 2 | info libre 2"),
    _optional("free3", "Champ libre 3", "libre 3 | zone libre 3 | info libre 3"),
)

_KNOWN = frozenset(
    normalised(synonym)
    for fields in (FIELDS_CUSTOMERS, FIELDS_CONTACTS, FIELDS_ENTRIES)
    for field in fields
    for synonym in (field.label_fr, *field.synonyms)
)
