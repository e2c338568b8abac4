"""What stands around the text of any paper: who writes, to whom, where to pay."""

from encaisse.ledger.models import Customer
from encaisse.messaging.rules.content import BankDetails
from encaisse.tenancy.models import Company


def customer_address(customer: Customer, typed: str) -> tuple[str, ...]:
    """The lines of an envelope: the accounting's address, else the one typed here, with his name.

    Of a customer without any, what the accounting knows: his name at least.
    """
    if typed and not customer.has_postal_address():
        return (customer.legal_name, *typed.splitlines())
    return tuple(customer.address_lines())


def bank_details(company: Company) -> BankDetails | None:
    """Where the company wants to be paid; None while it has not said."""
    if not company.iban:
        return None
    holder = company.bank_holder or company.name
    return BankDetails(holder, company.iban, company.bic, company.bank_name)


def signature_of(company: Company, signed_by: str = "") -> str:
    """What a message ends with: the sender's name, and the service below.

    `signed_by`: the person who signs instead of the company.
    """
    return "\n".join(filter(None, (signed_by or company.sender_name, company.service_name)))


def company_address(company: Company) -> list[str]:
    """The company's name and address as a letter's sender block prints them."""
    town = f"{company.postal_code} {company.city}".strip()
    lines = [company.name, *company.address.splitlines(), town]
    return [line for line in lines if line.strip()]


def legal_mentions(company: Company) -> str:
    """The mentions that all correspondence must bear (C. com. R123-237 and R123-238)."""
    name = f"{company.name} {company.legal_form}".strip()
    if company.capital:
        name += f" au capital de {company.capital}"
    town = f"{company.postal_code} {company.city}".strip()
    seat = ", ".join([*company.address.splitlines(), town]).strip(", ")
    siren = company.siren
    grouped = f"{siren[:3]} {siren[3:6]} {siren[6:]}" if siren else ""
    town_of_registry = f" RCS {company.registry_city}" if company.registry_city else ""
    registry = f"{grouped}{town_of_registry}" if town_of_registry else f"SIREN {grouped}"
    registry = registry if siren else ""
    vat = f"TVA {company.vat_number}" if company.vat_number else ""
    return " – ".join(part for part in (name, seat, registry, vat) if part)
