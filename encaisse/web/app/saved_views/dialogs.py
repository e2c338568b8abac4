"""What the dialogs about a list share: the list itself, and where one goes afterwards."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRefresh

from encaisse.web.access import CompanyRequest, capability_of


def list_url(request: CompanyRequest, screen: str) -> str:
    """The address of a list that the user may open. Raises Http404."""
    try:
        url = request.url(screen)
        capability = capability_of(resolve(url).func)
    except (NoReverseMatch, Resolver404):
        raise Http404 from None
    if capability is None or not request.can(capability):
        raise Http404
    return url


def asked_query(request: CompanyRequest) -> str:
    """The query string of the list that the dialog was opened from."""
    return request.GET.get("requete", "").removeprefix("?")


def with_query(url: str, query: str) -> str:
    """An address with a query string, which may be empty."""
    return f"{url}?{query}" if query else url


def show(
    request: CompanyRequest, name: str, form: forms.Form, context: Mapping[str, Any]
) -> HttpResponse:
    """The form in a dialog, or as a page without JavaScript; 422 once something is wrong in it.

    The template of its fields is `saved_views/_<name>.html`.
    """
    page = "saved_views/_dialog.html" if request.htmx else "saved_views/form.html"
    body = {"form": form, "fields": f"saved_views/_{name}.html", **context}
    response = render(request, page, body, status=422 if form.is_bound else 200)
    patch_vary_headers(response, ("HX-Request",))
    return response


def leave(request: CompanyRequest, url: str) -> HttpResponse:
    """Back to where the dialog was opened, which shows what was done."""
    return HttpResponseClientRefresh() if request.htmx else redirect(url)
