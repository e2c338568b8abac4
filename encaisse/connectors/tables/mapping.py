"""Which column of a table holds which field, guessed from the names French software gives them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from encaisse.core.text import fold
from encaisse.ledger.rules.free_fields import CUSTOMER_FIELDS, ENTRY_FIELDS

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

    @property
    def label(self) -> str:
        """What the screens call it; `label_fr` is also a column name to look for."""
        return _(self.label_fr)


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
    """Labels of the required fields that have no column.

    Entries need an amount: one signed column, or debit and credit, or what remains due.
    """
    missing = [
        field.label for field in fields if field.required and mapping.get(field.name) is None
    ]
    amounts = ("amount", "debit", "credit", "remaining")
    if fields is FIELDS_ENTRIES and all(mapping.get(name) is None for name in amounts):
        missing.append(_("Montant, ou débit et crédit"))
    return missing


def is_known_header(cell: str) -> bool:
    """Whether a cell is the usual name of a column."""
    return normalised(cell) in _KNOWN


def _required(name: str, label_fr: str, synonyms: str) -> Field:
    return Field(name, label_fr, required=True, synonyms=tuple(synonyms.split(" | ")))


def _optional(name: str, label_fr: str, synonyms: str) -> Field:
    return Field(name, label_fr, required=False, synonyms=tuple(synonyms.split(" | ")))


_FREE_LABELS = (
    gettext_noop("Champ libre 1"), gettext_noop("Champ libre 2"), gettext_noop("Champ libre 3"),
    gettext_noop("Champ libre 4"), gettext_noop("Champ libre 5"), gettext_noop("Champ libre 6"),
)  # fmt: skip


def _free_fields(count: int) -> Iterator[Field]:
    for number, label in enumerate(_FREE_LABELS[:count], start=1):
        names = f"libre {number} | zone libre {number} | info libre {number}"
        yield _optional(f"free{number}", label, names)


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
    _required("code", gettext_noop("Code client"), _CODE),
    _required(
        "name",
        gettext_noop("Nom"),
        "raison sociale | nom client | intitule | intitule client | societe | nom societe | "
        "denomination | nom tiers | libelle compte | libelle | client | compauxlib | "
        "ct intitule | name | company",
    ),
    _optional("email", gettext_noop("E-mail"), _EMAIL),
    _optional("phone", gettext_noop("Téléphone"), _PHONE),
    _optional("mobile", gettext_noop("Mobile"), _MOBILE),
    _optional(
        "contact_name",
        gettext_noop("Contact"),
        "nom contact | interlocuteur | contact principal | nom interlocuteur",
    ),
    _optional(
        "address1",
        gettext_noop("Adresse 1"),
        "adresse | adresse ligne 1 | rue | adresse postale | adresse facturation | voie | address",
    ),
    _optional(
        "address2",
        gettext_noop("Adresse 2"),
        "complement adresse | complement | adresse ligne 2 | adresse complement",
    ),
    _optional("address3", gettext_noop("Adresse 3"), "adresse ligne 3 | complement 2 | lieu dit"),
    _optional("postal_code", gettext_noop("Code postal"), "cp | code post | zip | postal code"),
    _optional("city", gettext_noop("Ville"), "commune | localite | city | bureau distributeur"),
    _optional("country", gettext_noop("Pays"), "code pays | country"),
    _optional("siren", gettext_noop("SIREN"), "n siren | numero siren"),
    _optional("siret", gettext_noop("SIRET"), "n siret | numero siret"),
    _optional(
        "vat_number",
        gettext_noop("N° TVA"),
        "tva intracommunautaire | n tva intracommunautaire | tva intra | n tva intra | "
        "n identification tva | identifiant tva | tva | vat number | vat",
    ),
    _optional(
        "payment_terms",
        gettext_noop("Conditions de règlement"),
        "conditions | condition | condition de reglement | conditions de paiement | "
        "condition de paiement | "
        "delai de reglement | delai de paiement | delai | echeance | modele de reglement | "
        "payment terms",
    ),
    _optional("payment_method", gettext_noop("Mode de règlement"), _PAYMENT_METHOD),
    _optional(
        "sales_rep",
        gettext_noop("Commercial"),
        "nom commercial | code commercial | representant | vendeur | code representant | "
        "charge affaires | sales rep",
    ),
    _optional(
        "category",
        gettext_noop("Catégorie"),
        "famille | categorie client | famille client | groupe | type client | segment",
    ),
    _optional("profile", gettext_noop("Profil"), "profil de relance | scenario | profil client"),
    _optional("language", gettext_noop("Langue"), _LANGUAGE),
    _optional("currency", gettext_noop("Devise"), _CURRENCY),
    _optional(
        "credit_limit",
        gettext_noop("Plafond d’encours"),
        "plafond | encours autorise | encours maximum | encours max | limite de credit | "
        "plafond de credit | autorisation encours | credit limit",
    ),
    *_free_fields(CUSTOMER_FIELDS),
)

FIELDS_CONTACTS: tuple[Field, ...] = (
    _required("customer_code", gettext_noop("Code client"), _CODE),
    _optional(
        "name",
        gettext_noop("Nom"),
        "nom contact | contact | interlocuteur | nom prenom | prenom nom | nom complet | "
        "nom interlocuteur | name",
    ),
    _optional("role", gettext_noop("Fonction"), "role | service | poste | type contact | qualite"),
    _optional("email", gettext_noop("E-mail"), _EMAIL),
    _optional("phone", gettext_noop("Téléphone"), _PHONE),
    _optional("mobile", gettext_noop("Mobile"), _MOBILE),
    _optional("language", gettext_noop("Langue"), _LANGUAGE),
)

FIELDS_ENTRIES: tuple[Field, ...] = (
    _required("customer_code", gettext_noop("Code client"), _CODE),
    _optional(
        "customer_name",
        gettext_noop("Nom du client"),
        "raison sociale | nom client | nom | intitule | intitule client | client | "
        "intitule tiers | nom tiers | libelle compte | societe | compauxlib",
    ),
    _required(
        "document_number",
        gettext_noop("N° de pièce"),
        "n facture | facture | n piece | piece | ref piece | reference piece | n document | "
        "document | n doc | piece ref | pieceref | reference | ref | invoice number",
    ),
    _required(
        "document_date",
        gettext_noop("Date de pièce"),
        "date facture | date document | date emission | date ecriture | date comptable | "
        "date piece | piecedate | ecrituredate | date | invoice date",
    ),
    _optional(
        "due_date",
        gettext_noop("Date d’échéance"),
        "echeance | date ech | ech | date limite | date limite de reglement | "
        "date limite paiement | a payer le | due date",
    ),
    _optional(
        "label",
        gettext_noop("Libellé"),
        "libelle ecriture | intitule ecriture | designation | description | objet | ecriturelib | "
        "commentaire",
    ),
    _optional("debit", gettext_noop("Débit"), "montant debit | debit ttc"),
    _optional("credit", gettext_noop("Crédit"), "montant credit | credit ttc"),
    _optional(
        "amount",
        gettext_noop("Montant"),
        "montant ttc | total ttc | montant total | ttc | montant facture | montant initial | "
        "total | amount",
    ),
    _optional("direction", gettext_noop("Sens"), "sens ecriture | debit credit | d c | dc"),
    _optional(
        "remaining",
        gettext_noop("Reste dû"),
        "restant du | reste a payer | reste a regler | solde du | montant restant | montant du | "
        "restant | reste | solde | balance",
    ),
    _optional("currency", gettext_noop("Devise"), _CURRENCY),
    _optional("letter", gettext_noop("Lettrage"), "lettre | code lettrage | let | l | ecriturelet"),
    _optional("letter_date", gettext_noop("Date de lettrage"), "date lettre | date let | datelet"),
    _optional("payment_method", gettext_noop("Mode de règlement"), _PAYMENT_METHOD),
    _optional(
        "journal",
        gettext_noop("Journal"),
        "code journal | jal | journal code | cj | journalcode | jnl",
    ),
    _optional(
        "source_id",
        gettext_noop("Identifiant"),
        "id ecriture | identifiant ecriture | n ecriture | ecriture | id | ecriturenum | cle | "
        "cbmarq | ec no",
    ),
    _optional("kind", gettext_noop("Type de pièce"), "type piece | nature | type | type document"),
    *_free_fields(ENTRY_FIELDS),
)

_KNOWN = frozenset(
    normalised(synonym)
    for fields in (FIELDS_CUSTOMERS, FIELDS_CONTACTS, FIELDS_ENTRIES)
    for field in fields
    for synonym in (field.label_fr, *field.synonyms)
)
