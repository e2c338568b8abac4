"""Who is known here."""

from collections.abc import Sequence

from encaisse.tenancy.models import Company, Membership, User


def has_account(email: str) -> bool:
    """True when someone already logs in with this address."""
    return User.objects.filter(email=email.strip().lower()).exists()


def account_of(email: str) -> User | None:
    """Who logs in with an address."""
    return User.objects.filter(email=email.strip().lower()).first()


def company_of_events(token: str) -> Company | None:
    """The company whose e-mail service reports under a token; None for an unknown one."""
    return Company.objects.filter(events_token=token).first() if token else None


def outside_addresses(company: Company, addresses: Sequence[str]) -> list[str]:
    """The addresses that belong to nobody of the company."""
    members = Membership.objects.active().filter(company=company)
    emails = members.values_list("user__email", flat=True)
    known = {email.casefold() for email in emails}
    return [address for address in addresses if address.casefold() not in known]


def companies_of_address(email: str, companies: Sequence[Company]) -> list[Company]:
    """Those of some companies that know an address, as a member or as one who left."""
    rows = Membership.objects.filter(user__email=email.strip().lower(), company__in=companies)
    known = set(rows.values_list("company_id", flat=True))
    return [company for company in companies if company.pk in known]
