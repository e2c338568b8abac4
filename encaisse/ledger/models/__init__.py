from encaisse.ledger.models.customer import Contact, Customer, PaymentMethod
from encaisse.ledger.models.document import InvoiceFile
from encaisse.ledger.models.entry import Allocation, LedgerEntry
from encaisse.ledger.models.finding import CustomerTerm, KnownWord
from encaisse.ledger.models.sync import ColumnMapping, ImportFile, LedgerSync

__all__ = [
    "Allocation",
    "ColumnMapping",
    "Contact",
    "Customer",
    "CustomerTerm",
    "ImportFile",
    "InvoiceFile",
    "KnownWord",
    "LedgerEntry",
    "LedgerSync",
    "PaymentMethod",
]
