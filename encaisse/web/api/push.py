"""Sending customers, contacts and entries to the ledger."""

from collections.abc import Callable
from http import HTTPStatus

from django.utils.translation import gettext as _

from encaisse.connectors.push.entries import push_entries
from encaisse.connectors.push.order import PushOrder, PushRefused, PushResult
from encaisse.connectors.push.people import push_contacts, push_customers
from encaisse.web.api.gate import ApiRequest, Right, needs
from encaisse.web.api.ledger import router
from encaisse.web.api.once import HEADER, once
from encaisse.web.api.operations import WRITE
from encaisse.web.api.problems import ItemProblem, Problem
from encaisse.web.api.push_schemas import ContactsIn, CustomersIn, EntriesIn, PushOut

_WRITER = needs(Right.LEDGER_WRITE)


@router.post(
    "/customers",
    response={200: PushOut, **WRITE},
    auth=_WRITER,
    summary="Send customers",
    openapi_extra=HEADER,
)
@once
def send_customers(request: ApiRequest, body: CustomersIn) -> PushOut:
    """Create or update customers by their code. All or nothing."""
    details = [one.details() for one in body.customers]
    profiles = {one.code: one.profile for one in body.customers if one.profile.strip()}
    return _told(lambda: push_customers(_order(request), details, profiles=profiles))


@router.post(
    "/contacts",
    response={200: PushOut, **WRITE},
    auth=_WRITER,
    summary="Send contacts",
    openapi_extra=HEADER,
)
@once
def send_contacts(request: ApiRequest, body: ContactsIn) -> PushOut:
    """Add or update contacts of known customers. All or nothing."""
    people = [one.person() for one in body.contacts]
    return _told(lambda: push_contacts(_order(request), people))


@router.post(
    "/entries",
    response={200: PushOut, **WRITE},
    auth=_WRITER,
    summary="Send entries",
    openapi_extra=HEADER,
)
@once
def send_entries(request: ApiRequest, body: EntriesIn) -> PushOut:
    """Create, update or remove entries by their id, then settle the accounts that they touch.

    All or nothing. An empty batch says that the ledger is up to date.
    """
    entries = [one.pushed() for one in body.entries]
    return _told(lambda: push_entries(_order(request), entries, removed=body.removed_ids))


def _order(request: ApiRequest) -> PushOrder:
    caller = request.auth
    return PushOrder(caller.company, caller.author, caller.now, caller.token.name)


def _told(push: Callable[[], PushResult]) -> PushOut:
    try:
        return PushOut.told(push())
    except PushRefused as refused:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            _("Des éléments sont refusés : rien n’est enregistré."),
            errors=[
                ItemProblem(index=one.index, field=one.field, message=one.why)
                for one in refused.refusals
            ],
        ) from None
