"""The rows of a table as customers, contacts or entries: the way in for those who import them."""

from encaisse.connectors.refusal import SetAside
from encaisse.connectors.tables.contacts import ContactRow, read_contacts
from encaisse.connectors.tables.customers import CustomerRow, read_customers
from encaisse.connectors.tables.entries import EntryRow, read_entries

__all__ = [
    "ContactRow",
    "CustomerRow",
    "EntryRow",
    "SetAside",
    "read_contacts",
    "read_customers",
    "read_entries",
]
