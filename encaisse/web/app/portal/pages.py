"""What the pages of customers show."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from encaisse.collection.queries.customer_links import LINK_DAYS
from encaisse.collection.queries.customer_page import CustomerAccount, MessageInvoices
from encaisse.collection.queries.letterhead import company_address, legal_mentions
from encaisse.core.money import NO_BREAK
from encaisse.messaging.queries.logo import data_address
from encaisse.messaging.rules.blocks import bank_node
from encaisse.messaging.rules.content import Logo
from encaisse.tenancy.models import Company


@dataclass(frozen=True)
class Sender:
    """Who the page speaks for, and how to reach him."""

    company: Company
    logo: Logo | None

    @property
    def name(self) -> str:
        """The company."""
        return self.company.name

    @property
    def picture(self) -> str:
        """The logo as an address; empty without one."""
        return data_address(self.logo) if self.logo else ""

    @property
    def email(self) -> str:
        """Where to write."""
        return self.company.reply_to or self.company.sender_email

    @property
    def phone(self) -> str:
        """Where to call."""
        return self.company.phone

    @property
    def address_lines(self) -> list[str]:
        """Where it is, its name left out."""
        return company_address(self.company)[1:]

    @property
    def mentions(self) -> str:
        """What all its correspondence bears."""
        return legal_mentions(self.company)


@dataclass(frozen=True)
class _Page:
    """What an address opens, `token` being what it holds."""

    token: str

    @property
    def days(self) -> int:
        """How long it opens it."""
        return LINK_DAYS


@dataclass(frozen=True)
class AccountPage(_Page):
    """A customer's own page."""

    account: CustomerAccount

    @cached_property
    def sender(self) -> Sender:
        """Whom he owes."""
        return Sender(self.account.company, self.account.logo)

    @cached_property
    def bank(self) -> dict[str, Any] | None:
        """Where to transfer what he owes; None when nothing is owed, or it is not known."""
        account = self.account
        if account.bank is None or not account.is_owing:
            return None
        node = bank_node(account.bank, account.language, account.reference)
        # Plain spaces: an IBAN may wrap on a telephone, between its groups.
        lines = [(label, value.replace(NO_BREAK, " ")) for label, value in node["lines"]]
        return {**node, "lines": lines}

    @property
    def statement_url(self) -> str:
        """The account as a PDF."""
        return reverse("web:portal_statement", args=(self.token,))


@dataclass(frozen=True)
class InvoicesPage(_Page):
    """The documents of a message."""

    found: MessageInvoices

    @cached_property
    def sender(self) -> Sender:
        """Who wrote the message."""
        return Sender(self.found.company, self.found.logo)

    @property
    def zip_url(self) -> str:
        """All of them at once; empty for one alone."""
        several = len(self.found.documents) > 1
        return reverse("web:portal_zip", args=(self.token,)) if several else ""
