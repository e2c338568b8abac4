"""Names, addresses and numbers of customers who do not exist.

Identifiers satisfy their check digits but start with 000, which the register never gave; telephone
numbers are those kept for fiction; every address ends in `.example`, which nobody can own.
"""

from random import Random
from typing import NamedTuple

from encaisse.core.text import fold


class Trade(NamedTuple):
    """A kind of customer: what stands before the family name, and how the sales team files him."""

    prefix: str
    category: str


class Town(NamedTuple):
    """A town, its postal code, and the start of the telephone numbers of its region."""

    name: str
    postal_code: str
    telephone: str


TRADES = (
    Trade("Hôtel", "Hôtellerie"),
    Trade("Résidence", "Hôtellerie"),
    Trade("Camping", "Hôtellerie"),
    Trade("Restaurant", "Restauration"),
    Trade("Brasserie", "Restauration"),
    Trade("Auberge", "Restauration"),
    Trade("Boulangerie", "Commerce"),
    Trade("Librairie", "Commerce"),
    Trade("Pharmacie", "Commerce"),
    Trade("Optique", "Commerce"),
    Trade("Clinique", "Santé"),
    Trade("Cabinet médical", "Santé"),
    Trade("Agence", "Architectes"),
    Trade("Atelier d’architecture", "Architectes"),
    Trade("Agencement", "Agenceurs"),
    Trade("Menuiserie", "Agenceurs"),
    Trade("Ébénisterie", "Agenceurs"),
    Trade("Cabinet comptable", "Bureaux"),
    Trade("Étude", "Bureaux"),
    Trade("Imprimerie", "Industrie"),
    Trade("Transports", "Industrie"),
    Trade("Mairie de", "Collectivités"),
    Trade("Collège", "Collectivités"),
)

FAMILIES = (
    "Aubertelle", "Balzoncourt", "Bardevel", "Beaufranc", "Belorgane", "Bertignac-Roy",
    "Blanvillois", "Bonnardel", "Bourdelan", "Brissandre", "Cassegrin", "Castelnoy",
    "Chabrival", "Chamberlin-Got", "Charvoisy", "Clavelan", "Combemorel", "Corvaisel",
    "Courtanvel", "Daguerral", "Delacombe", "Desfontel", "Dorgeval", "Duvernet-Lys", "Escoffal",
    "Estrabaud", "Fargevieille", "Ferrandol", "Fontanille", "Fromental", "Gardevaud",
    "Garrigol", "Gaudichet", "Girodelle", "Granvoinet", "Guillemard", "Hautefeuil", "Hennebicq",
    "Jacquenod", "Jourdeval", "Labarthide", "Lacquemant", "Lamontel", "Lanvallois", "Larzillac",
    "Lavergnolle", "Lestravel", "Lormenil", "Malbosquet", "Marchandel", "Marvoisin",
    "Mauvernay", "Mercadal", "Mézilhac", "Montagrier", "Montravel", "Narboux", "Noirclerc",
    "Orcevaux", "Paravisol", "Pelissonne", "Périgaud", "Plantevin", "Pontrevel", "Pradinaud",
    "Quincerot", "Rabastel", "Ravanel-Prat", "Recoulin", "Rivolard", "Rochebrande",
    "Roquemaule", "Rouvelet", "Sabarthes", "Sainsaulieu-Bé", "Sarrazel", "Sauvanet",
    "Sénéchaud", "Taillefond", "Terrasol", "Thévenaud", "Tourmagne", "Valcrose", "Vauquelard",
    "Verchaumont", "Vernoillet", "Vieillecaze", "Villaret-Sol", "Vindrinet", "Voisembert",
)  # fmt: skip

_FOREIGN = (
    "Ashdown Interiors Ltd", "Blackthorn Hotels Ltd", "Castlemere Design Ltd",
    "Dunvale Offices Ltd", "Elmsworth Living Ltd", "Fernleigh Contract Furniture Ltd",
    "Glenholm Estates Ltd", "Hartwell & Lowe Ltd", "Inverdale Homes Ltd",
    "Kestrel Workspaces Ltd", "Larkfield Studios Ltd", "Meadowgate Inns Ltd",
)  # fmt: skip

_TOWNS = (
    Town("Lyon", "69003", "04 65 71"),
    Town("Villeurbanne", "69100", "04 65 71"),
    Town("Saint-Étienne", "42000", "04 65 71"),
    Town("Grenoble", "38000", "04 65 71"),
    Town("Annecy", "74000", "04 65 71"),
    Town("Chambéry", "73000", "04 65 71"),
    Town("Valence", "26000", "04 65 71"),
    Town("Clermont-Ferrand", "63000", "04 65 71"),
    Town("Marseille", "13006", "04 65 71"),
    Town("Dijon", "21000", "03 53 01"),
    Town("Strasbourg", "67000", "03 53 01"),
    Town("Nancy", "54000", "03 53 01"),
    Town("Paris", "75011", "01 99 00"),
    Town("Versailles", "78000", "01 99 00"),
    Town("Nantes", "44000", "02 61 91"),
    Town("Rennes", "35000", "02 61 91"),
    Town("Bordeaux", "33000", "05 36 49"),
    Town("Toulouse", "31000", "05 36 49"),
)
_FOREIGN_TOWNS = {
    "Royaume-Uni": (
        Town("London", "EC1V 9NR", "+44 20 7946"),
        Town("Bristol", "BS1 4ND", "+44 117 496"),
        Town("Leeds", "LS1 5PL", "+44 113 496"),
    ),
    "États-Unis": (Town("Boston MA", "02110", "+1 617 555"),),
}
_STREETS = (
    "rue des Tilleuls", "avenue de la Gare", "rue du Four-Banal", "place du Marché",
    "quai des Bateliers", "rue Haute", "boulevard des Platanes", "chemin des Vignes",
    "rue de la Fontaine", "cours des Arts", "impasse du Moulin", "rue des Trois-Rois",
    "allée des Érables", "rue du Puits-Neuf",
)  # fmt: skip
_FIRST_NAMES = (
    "Agnès", "Alain", "Amandine", "Bruno", "Camille", "Cécile", "Damien", "Delphine", "Emmanuel",
    "Estelle", "Fabrice", "Florence", "Gaëlle", "Guillaume", "Hélène", "Isabelle", "Jérôme",
    "Laurence", "Magali", "Mehdi", "Nadège", "Olivier", "Pascale", "Rachid", "Sandrine", "Thierry",
    "Valérie", "Yann",
)  # fmt: skip
_ENGLISH_FIRST_NAMES = ("Alison", "Duncan", "Fiona", "Graham", "Harriet", "Nigel", "Ruth", "Simon")
_ENGLISH_FAMILIES = (
    "Ainsley",
    "Brackwell",
    "Coldridge",
    "Fenwood",
    "Marlowe",
    "Stanmore",
    "Tolland",
)


_TRADE_WORDS = frozenset(
    word
    for prefix in (*(trade.prefix for trade in TRADES), "Groupe", "Ltd", "Café", "Lycée")
    for word in fold(prefix).split()
)


def customer_names(rng: Random, count: int) -> list[tuple[str, Trade]]:
    """As many different names of French customers, each with his trade; at most 180."""
    trades = list(TRADES)
    rng.shuffle(trades)
    pairs = [
        (trades[(rank + rank // len(FAMILIES)) % len(trades)], family)
        for rank, family in enumerate((*FAMILIES, *FAMILIES))
    ]
    rng.shuffle(pairs)
    return [(_named(trade, family), trade) for trade, family in pairs[:count]]


def foreign_names(rng: Random, count: int) -> list[str]:
    """As many different names of English customers; at most twelve."""
    return rng.sample(_FOREIGN, count)


def _named(trade: Trade, family: str) -> str:
    if trade.prefix.startswith("Mairie"):
        return f"{trade.prefix} Saint-{family.partition('-')[0]}"
    return f"{trade.prefix} {family}"


def account_code(name: str, taken: set[str]) -> str:
    """411 and the longest word of the name that is not a trade's; numbered when it is taken."""
    own = [word for word in fold(name).split() if word not in _TRADE_WORDS]
    stem = "411" + max(own, key=len)[:12].upper()
    code, number = stem, 1
    while code in taken:
        number += 1
        code = f"{stem}{number}"
    taken.add(code)
    return code


def mail_domain(name: str) -> str:
    """A domain made of the name, under the top level that is kept for examples (RFC 2606)."""
    return f"{fold(name).replace(' ', '-')}.example"


def person(rng: Random, language: str) -> str:
    """First and family name of somebody who works there."""
    if language == "en":
        return f"{rng.choice(_ENGLISH_FIRST_NAMES)} {rng.choice(_ENGLISH_FAMILIES)}"
    return f"{rng.choice(_FIRST_NAMES)} {rng.choice(FAMILIES).partition('-')[0]}"


def town(rng: Random, country: str) -> Town:
    """A town of the country."""
    return rng.choice(_FOREIGN_TOWNS.get(country, _TOWNS))


def street(rng: Random, country: str) -> str:
    """A number and a street."""
    if country in _FOREIGN_TOWNS:
        return f"{rng.randint(2, 180)} {rng.choice(('Station Road', 'High Street', 'Mill Lane'))}"
    return f"{rng.randint(1, 140)} {rng.choice(_STREETS)}"


# The five regions of the French telephone plan.
_REGIONS = {"01": "Île-de-France", "02": "Nord-Ouest", "03": "Nord-Est", "04": "Sud-Est"}


def region(town: Town, country: str) -> str:
    """The sales region of a town."""
    return _REGIONS.get(town.telephone[:2], "Sud-Ouest") if country == "France" else "Export"


def telephone(rng: Random, prefix: str) -> str:
    """A number of the ranges kept for fiction (Arcep, Ofcom, the American 555-01)."""
    if prefix.startswith("+44"):
        return f"{prefix} 0{rng.randint(0, 999):03d}"
    if prefix.startswith("+1"):
        return f"{prefix} 01{rng.randint(0, 99):02d}"
    return f"{prefix} {rng.randint(0, 99):02d} {rng.randint(0, 99):02d}"


def siren(rng: Random) -> str:
    """Nine digits with their check digit, in a range that was never given to anybody."""
    stem = f"000{rng.randint(10_000, 99_999)}"
    return stem + _check_digit(stem)


def siret(siren_number: str) -> str:
    """The head office's number."""
    stem = f"{siren_number}0001"
    return stem + _check_digit(stem)


def vat_number(siren_number: str) -> str:
    """The French VAT number of a SIREN."""
    return f"FR{(12 + 3 * (int(siren_number) % 97)) % 97:02d}{siren_number}"


def _check_digit(stem: str) -> str:
    """Luhn's digit."""
    total = 0
    for rank, digit in enumerate(reversed(stem)):
        doubled = int(digit) * (2 - rank % 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)
