"""Reading the ledger: the company, customers, contacts, entries, payment methods."""

from typing import Literal

from ninja import Query, Router

from encaisse.collection.queries.customers import contacts_of
from encaisse.insights.freshness import last_sync_at
from encaisse.insights.records import (
    EntryFilter,
    customer_of_code,
    customers_after,
    entries_after,
    entry_of_id,
    methods_of,
)
from encaisse.ledger.models import Customer
from encaisse.web.api.gate import ApiRequest, Right, needs
from encaisse.web.api.operations import FOUND, READ
from encaisse.web.api.paging import Page, PageQuery, page_of
from encaisse.web.api.problems import not_found
from encaisse.web.api.records import (
    CompanyOut,
    ContactOut,
    CustomerOut,
    EntryOut,
    PaymentMethodOut,
)
from encaisse.web.api.types import Code, Day, RowId, SourceId, Text80

# What is sent goes to the same addresses (push.py): operations of one address share a router.
router = Router(tags=["ledger"])
_READER = needs(Right.LEDGER_READ)


class CustomersQuery(PageQuery):
    """Which customers. `search` looks for words in names and codes."""

    search: Text80 = ""
    sales_rep: Text80 = ""


class EntriesQuery(PageQuery):
    """Which entries. `state` is `open` (not fully matched) unless `all` is asked for."""

    state: Literal["open", "all"] = "open"
    customer: Text80 = ""
    document: Text80 = ""
    source_id: SourceId | None = None
    due_from: Day | None = None
    due_to: Day | None = None


@router.get("/company", response={200: CompanyOut, **READ}, auth=needs(), summary="The company")
def company(request: ApiRequest) -> CompanyOut:
    """The company of the token, its day and how fresh its ledger is. Any token reads it."""
    caller = request.auth
    return CompanyOut(
        slug=caller.company.slug,
        name=caller.company.name,
        currency=caller.company.base_currency,
        country=caller.company.country,
        timezone=caller.company.timezone,
        language=caller.company.language,
        today=caller.today,
        last_synchronised_at=last_sync_at(caller.company),
    )


@router.get(
    "/customers", response={200: Page[CustomerOut], **READ}, auth=_READER, summary="Customers"
)
def customers(request: ApiRequest, query: Query[CustomersQuery]) -> Page[CustomerOut]:
    """The customers, in the order in which they became known."""
    (after,) = query.after((0,))
    rows = customers_after(
        request.auth.scope,
        after,
        limit=query.limit + 1,
        search=query.search,
        sales_rep=query.sales_rep,
    )
    return page_of(rows, query.limit, lambda row: (row.pk,), CustomerOut.told)


@router.get(
    "/customers/{path:code}/contacts",
    response={200: list[ContactOut], **FOUND},
    auth=_READER,
    summary="A customer's contacts",
)
def contacts(request: ApiRequest, code: Code) -> list[ContactOut]:
    """The people at a customer's."""
    return [ContactOut.told(one) for one in contacts_of(known_customer(request, code))]


@router.get("/entries", response={200: Page[EntryOut], **READ}, auth=_READER, summary="Entries")
def entries(request: ApiRequest, query: Query[EntriesQuery]) -> Page[EntryOut]:
    """The entries, in the order of their source and of its ids."""
    scope = request.auth.scope
    customer_id = None
    if query.customer:
        customer = customer_of_code(scope, query.customer)
        if customer is None:
            return Page(data=[], next_cursor=None)
        customer_id = customer.pk
    wanted = EntryFilter(
        customer_id=customer_id,
        document=query.document,
        source_id=query.source_id or "",
        first_due=query.due_from,
        last_due=query.due_to,
        is_open=query.state == "open",
    )
    rows = entries_after(scope, query.after(("", "")), wanted, limit=query.limit + 1)
    return page_of(rows, query.limit, lambda row: (row.source, row.source_id), EntryOut.told)


@router.get(
    "/entries/{int:entry_id}", response={200: EntryOut, **FOUND}, auth=_READER, summary="An entry"
)
def entry(request: ApiRequest, entry_id: RowId) -> EntryOut:
    """One entry by its id."""
    found = entry_of_id(request.auth.scope, entry_id)
    if found is None:
        raise not_found()
    return EntryOut.told(found)


@router.get(
    "/payment-methods",
    response={200: list[PaymentMethodOut], **READ},
    auth=_READER,
    summary="Payment methods",
)
def methods(request: ApiRequest) -> list[PaymentMethodOut]:
    """How customers pay."""
    return [PaymentMethodOut.told(one) for one in methods_of(request.auth.company)]


@router.get(
    "/customers/{path:code}",
    response={200: CustomerOut, **FOUND},
    auth=_READER,
    summary="A customer",
)
def customer(request: ApiRequest, code: Code) -> CustomerOut:
    """One customer by his code."""
    return CustomerOut.told(known_customer(request, code))


def known_customer(request: ApiRequest, code: str) -> Customer:
    """The customer of a code. Raises Problem (404)."""
    found = customer_of_code(request.auth.scope, code)
    if found is None:
        raise not_found()
    return found
