"""The lists of reminders that wait for a person: searched by customer, sorted, cut into pages."""

from django.db.models import QuerySet

from encaisse.collection.models import Reminder
from encaisse.core.text import fold
from encaisse.web.lists import ListState

_SORTS = {
    "name": "customer__search_text",
    "medium": "medium",
    "level": "level",
    "since": "since",
    "printed": "status_at",
    "amount": "amount_minor",
}


def matching(reminders: QuerySet[Reminder], search: str) -> QuerySet[Reminder]:
    """Those of the customers whose name or code has every word."""
    for word in fold(search).split():
        reminders = reminders.filter(customer__search_text__contains=word)
    return reminders


def page_of(reminders: QuerySet[Reminder], state: ListState) -> QuerySet[Reminder]:
    """One page of them, in the order that the address asks for."""
    field = _SORTS[state.sort.removeprefix("-")]
    order = f"-{field}" if state.sort.startswith("-") else field
    return reminders.order_by(order, "id")[state.offset : state.offset + state.size]
