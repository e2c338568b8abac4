"""What a page of the company is about; the 404 page where the user's portfolio ends."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from encaisse.collection.queries.customers import get_customer
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest

T = TypeVar("T")


def found(load: Callable[[Scope, int], T], request: CompanyRequest, object_id: int) -> T:
    """What `load` finds in the user's scope. Raises Http404."""
    try:
        return load(request.scope, object_id)
    except ObjectDoesNotExist:
        raise Http404 from None


def customer_of(request: CompanyRequest, customer_id: int) -> Customer:
    """The customer of a page. Raises Http404."""
    return found(get_customer, request, customer_id)
