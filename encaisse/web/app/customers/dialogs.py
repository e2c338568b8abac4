"""One decision, one small form: in a dialog with htmx, on a page of its own without JavaScript."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from encaisse.collection.operations.disputes import DisputeRefused
from encaisse.collection.operations.followup import FollowUpRefused
from encaisse.collection.operations.holds import HoldRefused
from encaisse.collection.operations.notes import NoteRefused
from encaisse.collection.operations.promises import PromiseRefused
from encaisse.ledger.models import Customer
from encaisse.ledger.operations.contacts import ContactRefused
from encaisse.web.access import CompanyRequest

# The form is shown, then sent back filled.
shown_or_sent = require_http_methods(["GET", "HEAD", "POST"])

REFUSALS = (
    ContactRefused,
    DisputeRefused,
    FollowUpRefused,
    HoldRefused,
    NoteRefused,
    PromiseRefused,
)


@dataclass(frozen=True, slots=True)
class Dialog:
    """What surrounds a form: its title, its button, and the template of its fields.

    A refusal of the operation is shown beside `refused`, a field of the form.
    """

    title: str | Promise
    submit: str | Promise
    fields: str
    refused: str | None = None
    is_danger: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What to tell once it is done, and the address that undoes it."""

    text: str
    undo: str = ""


def answer(
    request: CompanyRequest,
    dialog: Dialog,
    form: forms.Form,
    *,
    customer: Customer,
    act: Callable[[], Done],
) -> HttpResponseBase:
    """Show the form, or do what it asks; 422 with the form again when it cannot be done."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except REFUSALS as refusal:
            form.add_error(dialog.refused, str(refusal))
        else:
            tell(request, done.text, undo=done.undo)
            return leave(request, customer)
    template = "customers/_dialog.html" if request.htmx else "customers/action.html"
    context = {"dialog": dialog, "form": form, "customer": customer, **dialog.extra}
    response = render(request, template, context, status=422 if form.is_bound else 200)
    patch_vary_headers(response, ("HX-Request",))
    return response


def tell(request: CompanyRequest, text: str, *, done: bool = True, undo: str = "") -> None:
    """Say what was done, with the address that undoes it; or that somebody else just did it."""
    if done:
        messages.success(request, text, extra_tags=undo)
    else:
        messages.info(request, already_done())


def already_done() -> str:
    """What to say when there is nothing left to do."""
    return _("C’était déjà fait.")


def leave(request: CompanyRequest, customer: Customer) -> HttpResponse:
    """Back to where the decision was taken, which shows it."""
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect(request.url("customer", customer.pk))


def posted(request: CompanyRequest) -> Any:
    """The data of a form; None while it is only shown."""
    return request.POST if request.method == "POST" else None
