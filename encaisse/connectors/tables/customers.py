"""Customers as rows of a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.connectors.currency import currency_code
from encaisse.connectors.refusal import SetAside
from encaisse.connectors.tables.cells import Cells, readable_rows
from encaisse.connectors.tables.source import Table
from encaisse.connectors.tables.values import (
    compact,
    is_siren,
    is_siret,
    is_vat_number,
    postal_code,
)
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.wording import told


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer; a text is "" when unknown, `warnings` are in French.

    A wrong SIREN, SIRET or VAT number is kept as written, with a warning.
    """

    line: int
    code: str
    name: str
    emails: tuple[str, ...]
    phone: str
    mobile: str
    contact_name: str
    address1: str
    address2: str
    address3: str
    postal_code: str
    city: str
    country: str
    siren: str
    siret: str
    vat_number: str
    payment_terms: str
    payment_method: str
    sales_rep: str
    category: str
    profile: str
    language: str
    currency: str
    credit_limit_minor: int | None
    warnings: tuple[str, ...]
    # The free fields, without the blank ones at the end.
    free: tuple[str, ...] = ()


def read_customers(
    table: Table, mapping: Mapping[str, int | None], *, base_currency: str = "EUR"
) -> Iterator[CustomerRow | SetAside]:
    """The customers of a table; rows of totals are left out, a row without a code set aside."""
    for cells in readable_rows(table, mapping):
        if isinstance(cells, SetAside):
            yield cells
            continue
        code, name = cells.get("code"), cells.get("name")
        if cells.is_summary() and not (code and name):
            continue
        if not code:
            yield SetAside(cells.line, _("Le code client est vide."))
            continue
        yield _customer(cells, base_currency)


def _customer(cells: Cells, base_currency: str) -> CustomerRow:
    siren, siret, vat_number = _identifiers(cells)
    country = cells.get("country")
    currency = currency_code(cells.get("currency"))
    name = cells.get("name")
    if not name:
        cells.warn(_("Le nom est vide : le code client le remplace."))
    return CustomerRow(
        line=cells.line,
        code=cells.get("code"),
        name=name or cells.get("code"),
        emails=cells.emails(),
        phone=cells.phone("phone"),
        mobile=cells.phone("mobile"),
        contact_name=cells.get("contact_name"),
        address1=cells.get("address1"),
        address2=cells.get("address2"),
        address3=cells.get("address3"),
        postal_code=postal_code(cells.get("postal_code"), country=country),
        city=cells.get("city"),
        country=country,
        siren=siren,
        siret=siret,
        vat_number=vat_number,
        payment_terms=cells.get("payment_terms"),
        payment_method=cells.get("payment_method"),
        sales_rep=cells.get("sales_rep"),
        category=cells.get("category"),
        profile=cells.get("profile"),
        language=cells.language(),
        currency=currency,
        credit_limit_minor=_credit_limit(cells, currency or base_currency),
        warnings=tuple(cells.warnings),
        free=cells.free(),
    )


def _identifiers(cells: Cells) -> tuple[str, str, str]:
    """SIREN, SIRET and VAT number: a SIREN left blank is read in the other two."""
    siren, siret = compact(cells.get("siren")), compact(cells.get("siret"))
    vat_number = compact(cells.get("vat_number"))
    if len(siren) == 14 and not siret:
        siren, siret = "", siren
    checks = ((siret, is_siret, "SIRET"), (siren, is_siren, "SIREN"))
    for value, is_right, name in (*checks, (vat_number, is_vat_number, _("numéro de TVA"))):
        if value and not is_right(value):
            cells.warn(
                _("« %(value)s » n’est pas un %(name)s valable.") % {"value": value, "name": name}
            )
    if not siren and is_siret(siret):
        siren = siret[:9]
    elif not siren and vat_number.startswith("FR") and is_siren(vat_number[4:]):
        siren = vat_number[4:]
    return siren, siret, vat_number


def _credit_limit(cells: Cells, currency: str) -> int | None:
    text = cells.get("credit_limit")
    if not text:
        return None
    try:
        return parse_minor(text, currency)
    except AmountError as error:
        cells.warn(told(error, _))
        return None
