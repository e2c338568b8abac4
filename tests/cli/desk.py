"""The command line as a person or a program meets it."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from encaisse.cli import main
from tests.connectors.fec_files import text_of


def encaisse(*arguments: object, **options: Any) -> Result:
    """Run a command; a traceback is never an answer."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], **options)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answered(*arguments: object) -> dict[str, Any]:
    """What a command answers to a program: JSON on stdout, and nothing else there."""
    result = encaisse(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(*arguments: object) -> str:
    """The sentence of a refusal: status 1, nothing on stdout."""
    result = encaisse(*arguments)
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    return plain(result.stderr.strip())


def misused(*arguments: object) -> str:
    """The sentence of a wrong usage: status 2, nothing on stdout."""
    result = encaisse(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    return plain(result.stderr.strip())


def plain(text: str) -> str:
    """A French sentence with ordinary spaces, as tests write them."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


_JOURNALS = {"VE": ("Ventes", "707000"), "BQ": ("Banque", "512000")}


def write_fec(path: Path, lines: list[tuple[str, str, str, date, str]]) -> Path:
    """A FEC of customers' lines (journal, customer, document, day, euros), each with its other
    side; a negative amount is a credit. A document that ends with `*` is lettered.
    """
    rows = []
    for journal, customer, document, day, euros in lines:
        label, account = _JOURNALS[journal]
        letter = "A" if document.endswith("*") else ""
        amount = euros.lstrip("-").replace(".", ",")
        sides = {"Debit": amount, "Credit": "0,00"}
        if euros.startswith("-"):
            sides = {"Debit": "0,00", "Credit": amount}
        line = {
            "JournalCode": journal, "JournalLib": label, "EcritureNum": document.rstrip("*"),
            "EcritureDate": f"{day:%Y%m%d}", "CompteNum": "411000", "CompteLib": "Clients",
            "CompAuxNum": customer, "CompAuxLib": customer.title(),
            "PieceRef": document.rstrip("*"), "PieceDate": f"{day:%Y%m%d}",
            "EcritureLib": f"{label} {document}", "EcritureLet": letter,
            "DateLet": f"{day:%Y%m%d}" if letter else "", "ValidDate": f"{day:%Y%m%d}", **sides,
        }  # fmt: skip
        other = line | {
            "CompteNum": account, "CompteLib": label, "CompAuxNum": "", "CompAuxLib": "",
            "Debit": sides["Credit"], "Credit": sides["Debit"], "EcritureLet": "", "DateLet": "",
        }  # fmt: skip
        rows += [line, other]
    path.write_text(text_of(rows), encoding="utf-8")
    return path


def books(path: Path, today: date) -> Path:
    """The books that the tests know by heart: invoices are due thirty days after their date.

    Late by 30, 45 and 70 days; one of today; one paid; one credit that pays nothing yet.
    """

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    return write_fec(
        path,
        [
            ("VE", "DUPONT", "F1", ago(60), "1200.00"),
            ("VE", "DUPONT", "F2", ago(75), "300.10"),
            ("BQ", "DUPONT", "V1", ago(10), "-100.00"),
            ("VE", "MARTIN", "F3", ago(100), "450.00"),
            ("VE", "LEROY", "F4", ago(75), "80.00"),
            ("VE", "PETIT", "F5", today, "60.00"),
            ("VE", "SOLDE", "F6*", ago(90), "500.00"),
            ("BQ", "SOLDE", "V2*", ago(50), "-500.00"),
        ],
    )


def customers_file(path: Path) -> Path:
    """Where the customers of the books can be reached; Leroy only by post."""
    path.write_text(
        "Code client;Nom;E-mail;Adresse;Code postal;Ville\n"
        "DUPONT;Dupont SARL;compta@dupont.example;1 rue Foch;75001;Paris\n"
        "MARTIN;Martin SA;a@martin.example, b@martin.example;2 rue Foch;75001;Paris\n"
        "LEROY;Leroy;;3 rue Foch;75001;Paris\n"
        "PETIT;Petit;p@petit.example;;;\n",
        encoding="utf-8",
    )
    return path
