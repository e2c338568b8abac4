from encaisse.ledger.models.customer import Contact, Customer, PaymentMethod
from encaisse.ledger.models.document import InvoiceFile
from encaisse.ledger.models.entry import Allocation, LedgerEntry
from encaisse.ledger.models.fields import FreeField
from encaisse.ledger.models.finding import CustomerTerm, KnownWord
from encaisse.ledger.models.rate import ExchangeRate, RateFeed
from encaisse.ledger.models.sync import ColumnMapping, ImportFile, LedgerSync

__all__ = [
    "Allocation",
    "ColumnMapping",
    "Contact",
    "Customer",
    "CustomerTerm",
    "ExchangeRate",
    "FreeField",
    "ImportFile",
    "InvoiceFile",
    "KnownWord",
    "LedgerEntry",
    "LedgerSync",
    "PaymentMethod",
    "RateFeed",
]
