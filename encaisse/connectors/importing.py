"""The way in for everyone who imports: which formats there are, and one function for all."""

from pathlib import Path

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from encaisse.collection.operations.profile_rules import apply_profile_rules
from encaisse.connectors.fec.importing import import_fec
from encaisse.connectors.fec.reader import FecFile
from encaisse.connectors.order import ImportOrder
from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.result import ImportResult, moved_words
from encaisse.connectors.tables.importing import FIELDS, import_table
from encaisse.connectors.tables.mapping import guess_mapping, missing_fields
from encaisse.connectors.tables.source import open_table
from encaisse.ledger.bulk import settle_statistics
from encaisse.ledger.operations.invoice_files import recognise_leftovers
from encaisse.ledger.operations.syncs import has_entries_of_others

__all__ = ["FORMATS", "ImportOrder", "recognise", "run_import"]

FORMATS = {
    "fec": _("FEC (fichier des écritures comptables)"),
    "customers": _("Clients"),
    "contacts": _("Contacts"),
    "entries": _("Écritures (avec échéances)"),
}


def recognise(path: Path) -> str:
    """The format of a file by its content; "" when it could be none or several.

    Raises FileRefused when it cannot be read at all.
    """
    try:
        FecFile(path)
    except FileRefused:
        headers = open_table(path).headers
    else:
        return "fec"
    scores = {
        name: sum(place is not None for place in guess_mapping(headers, fields).values())
        for name, fields in FIELDS.items()
        if not missing_fields(guess_mapping(headers, fields), fields)
    }
    best = sorted(scores, key=lambda name: scores[name], reverse=True)
    if not best or (len(best) > 1 and scores[best[0]] == scores[best[1]]):
        return ""
    return best[0]


def run_import(order: ImportOrder, *, write: bool) -> ImportResult:
    """Import a file, or only say what importing it would do. All or nothing.

    Raises FileRefused.
    """
    run = import_fec if order.format == "fec" else import_table
    result = run(order, write=write)
    if write:
        recognise_leftovers(order.company, author=order.author, now=order.now)
        moved = apply_profile_rules(order.company, author=order.author, now=order.now)
        result.warnings += moved_words(moved)
        settle_statistics(
            "ledger_customer", "ledger_ledgerentry", "ledger_allocation", "ledger_customerterm"
        )
    if order.format in ("fec", "entries") and has_entries_of_others(order.company, order.format):
        result.warnings.append(
            gettext(
                "La société a déjà des écritures venues d’un autre type de fichier : elles "
                "s’ajoutent à celles-ci. Si ce sont les mêmes factures, elles comptent deux fois."
            )
        )
    return result
