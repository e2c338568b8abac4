"""Previews: the dialog, and what it shows in a frame of its own."""

from csp.decorators import csp
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.plan_lines import customers_of
from encaisse.messaging.letters.press import LetterRefused
from encaisse.messaging.queries.logo import as_shown_here
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.plan.batches import narrowed
from encaisse.web.app.plan.choice import Choice
from encaisse.web.app.plan.previewing import letter_pdf, preview_of
from encaisse.web.app.plan.views import find_row, open_batch

# What a message may do in its frame: have a style. No script, no request, no form.
MESSAGE_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
    "sandbox": [],
}
PDF_POLICY = {"default-src": ["'none'"], "frame-ancestors": ["'self'"]}


@require_safe
@never_cache
@member_can("ledger.view")
def preview(request: CompanyRequest, code: str, key: str) -> HttpResponse:
    """The messages of a line, as they would leave; a dialog, or a page without JavaScript."""
    drafts = _drafts(request, code, key)
    customer = customers_of(request.scope, [drafts[0].customer_id])[drafts[0].customer_id]
    context = {
        "code": code,
        "key": key,
        "customer": customer,
        "previews": [preview_of(request.scope, request.today, draft) for draft in drafts],
        "without": request.GET.get("sans", ""),
    }
    template = "plan/_preview.html" if request.htmx else "plan/preview.html"
    return render(request, template, context)


@require_safe
@never_cache
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("ledger.view")
def content(request: CompanyRequest, code: str, key: str, number: int) -> HttpResponse:
    """The HTML of a message, for a frame that can do nothing."""
    found = preview_of(request.scope, request.today, _draft(request, code, key, number))
    if found.composed is None:
        raise Http404
    return HttpResponse(as_shown_here(found.composed.rendered.html, request.company))


@require_safe
@never_cache
@csp(PDF_POLICY)  # type: ignore[arg-type]
@member_can("ledger.view")
def letter(request: CompanyRequest, code: str, key: str, number: int) -> HttpResponse:
    """The PDF of a letter that is not printed yet."""
    draft = _draft(request, code, key, number)
    try:
        pdf = letter_pdf(request.scope, request.today, draft)
    except (TemplateRefused, LetterRefused):
        raise Http404 from None
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="apercu-{key}.pdf"'
    return response


def _draft(request: CompanyRequest, code: str, key: str, number: int) -> Draft:
    drafts = _drafts(request, code, key)
    if number >= len(drafts):
        raise Http404
    return drafts[number]


def _drafts(request: CompanyRequest, code: str, key: str) -> list[Draft]:
    """The messages of a line, or its whole messages when every entry was taken out."""
    day, batch = open_batch(request, code)
    row = find_row(day, batch, key)
    actions = narrowed(row, Choice.read(request.GET)) or row.actions
    return [Draft.of(action, request.user) for action in actions]
