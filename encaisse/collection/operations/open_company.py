"""A new company, ready to be configured: its profiles, scenarios, texts and first administrator."""

from typing import Any

from django.db import transaction

from encaisse.collection.operations.setup import install_defaults
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company, Membership, User
from encaisse.tenancy.operations import add_member, create_company


@transaction.atomic
def open_company(*, name: str, slug: str, founder: User, **fields: Any) -> Company:
    """The company, whose founder is its administrator. Raises CompanyRefused."""
    author = Author.of(founder)
    company = create_company(name=name, slug=slug, author=author, **fields)
    install_defaults(company)
    add_member(company, email=founder.email, role=Membership.Role.ADMINISTRATOR, author=author)
    return company
