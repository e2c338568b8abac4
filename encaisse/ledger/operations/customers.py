"""Customers as sources name them: found or made by their account code."""

from collections.abc import Mapping

from encaisse.core.text import fold
from encaisse.ledger.bulk import insert_rows, update_rows
from encaisse.ledger.models import Customer
from encaisse.ledger.operations.finding import TermIndex
from encaisse.ledger.operations.synchronise import customer_ids
from encaisse.ledger.rules.finding import Card
from encaisse.ledger.rules.terms import PaymentTerms, TermsError, parse_terms
from encaisse.tenancy.models import Company

_TABLE = Customer._meta.db_table
_TEXTS = (
    "email", "phone", "mobile", "contact_name", "address", "postal_code", "city", "country",
    "siren", "siret", "vat_number", "sales_rep", "category", "payment_terms", "free1", "free2",
)  # fmt: skip
_INSERTED = (
    "company_id", "account_code", "legal_name", "search_text", "language", "has_email",
    "is_detailed", *_TEXTS,
)  # fmt: skip


class CustomerDirectory:
    """The customers of a company during one import; new ones get negative ids when not written."""

    def __init__(self, company: Company, *, write: bool) -> None:
        self.company = company
        self.created = 0
        self._write = write
        self._index = TermIndex(company)
        named = Customer.objects.of(company).exclude(payment_terms="")
        self._terms = _parsed(dict(named.values_list("account_code", "payment_terms")))

    def ids(self, names: Mapping[str, str]) -> dict[str, int]:
        """The ids of these customers by code; unknown ones are created, new names are taken over
        for those that no customers' file has described.
        """
        found = customer_ids(self.company, names)
        absent = [code for code in names if code not in found]
        if self._write:
            self._rename(names, found)
            self._insert(absent, names)
            fresh = customer_ids(self.company, absent)
            self._index.add_new({pk: Card(names[code] or code, code) for code, pk in fresh.items()})
            found.update(fresh)
        else:
            found.update((code, -1 - self.created - rank) for rank, code in enumerate(absent))
        self.created += len(absent)
        return found

    def terms(self, code: str, default: PaymentTerms) -> PaymentTerms:
        """The customer's own payment terms, else the default."""
        return self._terms.get(code, default)

    def own_terms(self) -> Mapping[str, PaymentTerms]:
        """The payment terms of the customers who have their own, by account code."""
        return self._terms

    def _insert(self, codes: list[str], names: Mapping[str, str]) -> None:
        blank = ("",) * len(_TEXTS)
        insert_rows(
            _TABLE,
            _INSERTED,
            (
                (
                    self.company.pk,
                    code[:80],
                    (names[code] or code)[:160],
                    search_text(names[code] or code, code),
                    "fr",
                    False,
                    False,
                    *blank,
                )
                for code in codes
            ),
        )

    def _rename(self, names: Mapping[str, str], ids: Mapping[str, int]) -> None:
        if not ids:
            return
        rough = Customer.objects.of(self.company).filter(is_detailed=False)
        known: dict[str, str] = {}
        codes = list(ids)
        for start in range(0, len(codes), 400):
            some = rough.filter(account_code__in=codes[start : start + 400])
            known.update(some.values_list("account_code", "legal_name"))
        renamed = [
            (names[code][:160], search_text(names[code], code), ids[code])
            for code, name in known.items()
            if names[code] and names[code][:160] != name
        ]
        update_rows(_TABLE, ("legal_name", "search_text"), renamed)
        self._index.refresh(pk for _name, _text, pk in renamed)


def search_text(name: str, code: str) -> str:
    """What a search compares a customer with."""
    return fold(f"{name} {code}")[:260]


def _parsed(texts: Mapping[str, str]) -> dict[str, PaymentTerms]:
    parsed = {}
    for code, text in texts.items():
        try:
            parsed[code] = parse_terms(text)
        except TermsError:  # the customers' import has warned; the default applies
            continue
    return parsed
