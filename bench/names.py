"""Names of customers who do not exist, as many as a measure wants: legal form, trade, family."""

_FORMS = ("SARL", "SAS", "", "Ets", "SA", "EURL", "SCI", "")
_TRADES = (
    "Transports", "Garage", "Menuiserie", "Boulangerie", "Pharmacie", "Hôtel", "Imprimerie",
    "Maçonnerie", "Électricité", "Plomberie", "Librairie", "Optique", "Cabinet", "Mairie de",
    "Clinique", "Restaurant", "Négoce", "Ateliers", "Laboratoire", "Conserverie", "", "", "", "",
)  # fmt: skip
_STARTS = (
    "Aub", "Bal", "Bert", "Bois", "Bour", "Cas", "Cham", "Char", "Clav", "Com", "Cor", "Dela",
    "Des", "Du", "Esc", "Far", "Ferr", "Font", "Gar", "Gau", "Gir", "Gran", "Guil", "Haut", "Jac",
    "Lac", "Lam", "Lav", "Lor", "Mal", "Mar", "Mau", "Mer", "Mont", "Nar", "Noir", "Par", "Pel",
    "Plan", "Pont", "Prad", "Quin", "Rab", "Rec", "Riv", "Roch", "Roq", "Sab", "Sar", "Sau", "Tail",
    "Ter", "Thé", "Tour", "Val", "Vau", "Ver", "Viel", "Vil", "Vois",
)  # fmt: skip
_MIDDLES = ("e", "o", "i", "a", "ade", "ine", "ouve", "il", "er", "an", "ol", "ign", "ét", "us")
_ENDS = (
    "bert", "card", "court", "del", "din", "fort", "gnac", "lard", "leux", "lin", "mand", "met",
    "nard", "nel", "nier", "quet", "rac", "ral", "ré", "rand", "rou", "set", "sier", "ton", "trac",
    "vaux", "vel", "vin", "voix", "zac",
)  # fmt: skip


def family_name(number: int) -> str:
    """One of 25,200 family names; the same number gives the same one."""
    mixed = number * 7919
    start = _STARTS[mixed % len(_STARTS)]
    middle = _MIDDLES[mixed // len(_STARTS) % len(_MIDDLES)]
    return start + middle + _ENDS[mixed // (len(_STARTS) * len(_MIDDLES)) % len(_ENDS)]


def customer_name(number: int) -> str:
    """The name of the customer of that number: « SARL Transports Aubecourt »."""
    form, trade = _FORMS[number * 31 % len(_FORMS)], _TRADES[number * 17 % len(_TRADES)]
    return " ".join(part for part in (form, trade, family_name(number)) if part)
