"""One customer's facts, as the sender would settle them."""

from datetime import date

from encaisse.messaging.rules.content import BankDetails, EntryRow, EntryTable, MessageData

BANK = BankDetails(
    holder="ATELIERS MOREL",
    iban="FR1420041010050500013M02606",
    bic="PSSTFRPPLYO",
    bank_name="La Banque Postale",
)

VALUES = {
    "client": "Dupont & Fils",
    "client_code": "CLI00117",
    "contact": "Mme Legrand",
    "formule_appel": "Madame, Monsieur,",
    "expediteur": "Jeanne Morel",
    "fonction": "Comptable",
    "societe": "Ateliers Morel",
    "telephone": "04 78 00 00 00",
    "email_reponse": "compta@morel.example",
    "total": "1\u202f200,00\u00a0€",
    "total_general": "1\u202f200,00\u00a0€",
    "total_en_retard": "1\u202f200,00\u00a0€",
    "solde": "1\u202f200,00\u00a0€",
    "nb_factures": "2",
    "plusieurs_factures": True,
    "prochaine_echeance": "1er décembre 2026",
    "date_limite": "8 décembre 2026",
    "date_arrete": "30 novembre 2026",
    "date_promise": "4 décembre 2026",
    "montant_promis": "500,00\u00a0€",
    "lien_paiement": "https://payer.example/f/12?a=1&b=2",
}


def row(document: str = "FA-101", **changes: object) -> EntryRow:
    """An invoice of 1 000 € due on 31 October 2026, thirty days late."""
    facts: dict[str, object] = {
        "document": document,
        "document_date": date(2026, 10, 1),
        "due_date": date(2026, 10, 31),
        "amount_minor": 100_000,
        "paid_minor": 0,
        "remaining_minor": 100_000,
        "days_late": 30,
        "level": 1,
    }
    return EntryRow(**{**facts, **changes})  # type: ignore[arg-type]


ROWS = (row("FA-101"), row("FA-102", amount_minor=30_000, paid_minor=5_000, remaining_minor=25_000))
CREDIT = row(
    "AV-7", due_date=None, amount_minor=-5_000, remaining_minor=-5_000, days_late=0, label="Avoir"
)
NOT_YET_DUE = row("FA-140", due_date=date(2026, 12, 31), days_late=0)


def table(
    rows: tuple[EntryRow, ...] = ROWS, *, credits: tuple[EntryRow, ...] = (CREDIT,), others=()
) -> EntryTable:
    """Two invoices, one of them partly paid, and a credit note: 1 200 € are claimed."""
    return EntryTable("EUR", rows, credits, others)


def facts(language: str = "fr", *, entries=None, bank=BANK, **changes) -> MessageData:
    """The facts of a first reminder; `changes` replaces placeholders, None empties one."""
    entries = entries or table()
    return MessageData(
        language=language,
        currency="EUR",
        values={**VALUES, **changes},
        table=entries,
        bank=bank,
        amount_minor=entries.total_minor,
        reference="CLI00117",
    )
