"""What only a few texts ask for: the links of the customer and the company's logo.

A text that names none of them costs nothing. The others cost a few queries for all the messages
that are written together.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from encaisse.collection.models import CustomerFollowUp
from encaisse.collection.queries.customer_links import (
    gives_addresses,
    invoices_address,
    page_address,
)
from encaisse.collection.queries.drafts import Draft
from encaisse.ledger.queries.invoice_files import files_of
from encaisse.messaging.queries.logo import company_logo
from encaisse.messaging.rules.content import Logo, MessageData
from encaisse.tenancy.models import Company

_NAMES = ("lien_portail", "lien_factures", "logo")
_CHUNK = 400


class Extras:
    """The links and the logo of some drafts of one company, as of a day."""

    def __init__(self, company: Company, on: date, drafts: Sequence[Draft]) -> None:
        self._company = company
        self._on = on
        self._drafts = drafts

    def added(self, data: MessageData, draft: Draft, *texts: str) -> MessageData:
        """The data with those that the texts name; with all of them when no text is given."""
        asked = [name for name in _NAMES if not texts or any(name in text for text in texts)]
        if not asked:
            return data
        values = {**data.values}
        if "lien_portail" in asked:
            values["lien_portail"] = self._page(draft)
        if "lien_factures" in asked:
            values["lien_factures"] = self._invoices(draft)
        return replace(data, values=values, logo=self._logo if "logo" in asked else None)

    def _page(self, draft: Draft) -> str | None:
        """The address of the customer's page, where the company has such pages."""
        if not (self._company.customer_pages and self._gives_addresses):
            return None
        renewed = self._renewed.get(draft.customer_id, 0)
        return page_address(draft.customer_id, renewed=renewed, on=self._on)

    def _invoices(self, draft: Draft) -> str | None:
        """The address of the invoices that the message is about, when a file is known of one."""
        if not self._gives_addresses or self._with_file.isdisjoint(draft.entry_ids):
            return None
        renewed = self._renewed.get(draft.customer_id, 0)
        return invoices_address(draft.reminder_id, renewed=renewed, on=self._on)

    @cached_property
    def _gives_addresses(self) -> bool:
        return gives_addresses(self._company)

    @cached_property
    def _logo(self) -> Logo | None:
        return company_logo(self._company)

    @cached_property
    def _with_file(self) -> frozenset[int]:
        ids = {entry_id for draft in self._drafts for entry_id in draft.entry_ids}
        return frozenset(files_of(self._company, ids))

    @cached_property
    def _renewed(self) -> dict[int, int]:
        ids = sorted({draft.customer_id for draft in self._drafts})
        found: dict[int, int] = {}
        for start in range(0, len(ids), _CHUNK):
            known = CustomerFollowUp.objects.filter(customer_id__in=ids[start : start + _CHUNK])
            found |= dict(known.values_list("customer_id", "links_renewed"))
        return found
