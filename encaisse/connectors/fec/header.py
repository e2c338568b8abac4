"""The first line of a FEC: which column holds what."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.connectors.refusal import FileRefused
from encaisse.core.text import fold

MAX_HEADER = 64 * 1024
SEPARATORS = ("\t", "|", ";", ",")

# Official name → how software writes it, once folded and without spaces.
_NAMES: dict[str, tuple[str, ...]] = {
    "JournalCode": ("codejournal", "codejal", "journal", "jal"),
    "JournalLib": ("libellejournal", "journallibelle", "libjournal"),
    "EcritureNum": ("numecriture", "numeroecriture", "ecriturenumero", "necriture"),
    "EcritureDate": ("dateecriture", "datecomptable"),
    "CompteNum": ("numcompte", "numerocompte", "comptenumero", "ncompte", "comptegeneral"),
    "CompteLib": ("libellecompte", "comptelibelle", "libcompte", "intitulecompte"),
    "CompAuxNum": ("compteauxnum", "compauxnumero", "compteauxiliaire", "numcompteaux", "compaux"),
    "CompAuxLib": ("compteauxlib", "libellecompteauxiliaire", "libcompteaux", "compauxlibelle"),
    "PieceRef": ("referencepiece", "refpiece", "piecereference", "piece"),
    "PieceDate": ("datepiece",),
    "EcritureLib": ("libelleecriture", "ecriturelibelle", "libelle", "ecrlib"),
    "Debit": ("montantdebit",),
    "Credit": ("montantcredit",),
    "Montant": (),
    "Sens": (),
    "EcritureLet": ("ecrturelet", "lettrage", "lettre", "ecriturelettrage", "codelettrage"),
    "DateLet": ("datelettrage", "datelettre"),
    "ValidDate": ("datevalid", "datevalidation", "validationdate"),
    "Montantdevise": ("mntdevise", "devisemontant"),
    "Idevise": ("iddevise", "devise", "codedevise"),
    "DateEcheance": ("datelimitreglmt", "datelimitereglement", "echeance", "dateech", "datelimite"),
    "NumFacture": ("numerofacture", "nfacture", "nofacture", "facture"),
    "ModeRglt": ("modereglement", "modepaiement", "modereglt", "moderegelement"),
}
_BY_KEY = {key: name for name, others in _NAMES.items() for key in (fold(name), *others)}
_REQUIRED = (
    "JournalCode",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "PieceRef",
    "EcritureLib",
)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file: their names as written, and the place of those that are known.

    `signed` tells that amounts are in Montant and Sens rather than Debit and Credit.
    """

    text: str
    separator: str
    names: list[str]
    places: dict[str, int]
    signed: bool

    @property
    def width(self) -> int:
        """Number of cells of a line, a last empty one included when lines end in a separator."""
        return len(self.names)

    @property
    def ready_width(self) -> int:
        """Number of cells of a line that can be read at once; none can when amounts are signed."""
        return -1 if self.signed else self.width

    @property
    def entry_places(self) -> tuple[int, int, int, int, int, int]:
        """Places of journal, entry number, posting date, account, debit and credit."""
        places = self.places
        return (
            places["JournalCode"],
            places["EcritureNum"],
            places["EcritureDate"],
            places["CompteNum"],
            self.debit,
            self.credit,
        )

    @property
    def debit(self) -> int:
        """Place of the debit, or of the amount."""
        return self.places["Montant" if self.signed else "Debit"]

    @property
    def credit(self) -> int:
        """Place of the credit, or of the direction."""
        return self.places["Sens" if self.signed else "Credit"]

    def place(self, name: str) -> int:
        """Place of a column; one past the last cell when the file has no such column."""
        return self.places.get(name, self.width)


def read_header(text: str) -> Header:
    """The columns named on the first line; FileRefused when they are not those of a FEC.

    An empty text stands for a line too long to be kept.
    """
    if not text or len(text) > MAX_HEADER:
        raise FileRefused(
            _("La première ligne est démesurée : ce fichier n’est pas un FEC. Refaites l’export.")
        )
    separator = max(SEPARATORS, key=text.count)
    names = [cell.strip().strip('"').strip() for cell in text.split(separator)]
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        known = _BY_KEY.get(fold(name).replace(" ", ""))
        if known:
            places.setdefault(known, place)
    signed = "Montant" in places and "Sens" in places and "Debit" not in places
    _check(places, signed=signed)
    return Header(text, separator, names, places, signed)


def _check(places: dict[str, int], *, signed: bool) -> None:
    required = (*_REQUIRED, *(("Montant", "Sens") if signed else ("Debit", "Credit")))
    missing = [name for name in required if name not in places]
    if len(missing) == len(required):
        raise FileRefused(
            _(
                "Ce fichier n’est pas un FEC : sa première ligne ne nomme aucune des colonnes "
                "attendues. Exportez le « fichier des écritures comptables » de votre logiciel."
            )
        )
    if missing:
        raise FileRefused(
            _(
                "Ce fichier n’est pas un FEC complet, il lui manque : %(columns)s. "
                "Refaites l’export du fichier des écritures comptables avec toutes ses colonnes."
            )
            % {"columns": ", ".join(missing)}
        )
