"""One mail that a customer wrote back, in full, and saying that it is dealt with."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from encaisse.collection.operations.incoming import AnswerRefused, handle_answer, reopen_answer
from encaisse.collection.queries.answers import get_answer
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.doors import found


@require_safe
@member_can("activity.view")
def answer(request: CompanyRequest, answer_id: int) -> HttpResponse:
    """One mail in full."""
    shown = found(get_answer, request, answer_id)
    return render(request, "answers/answer.html", {"answer": shown, "customer": shown.customer})


@require_POST
@member_can("note.write")
def handle(request: CompanyRequest, answer_id: int) -> HttpResponse:
    """Somebody dealt with it."""
    undo = request.url("answer_reopen", answer_id)
    return _decide(request, answer_id, handle_answer, _("Réponse traitée."), undo)


@require_POST
@member_can("note.write")
def reopen(request: CompanyRequest, answer_id: int) -> HttpResponse:
    """It is to be dealt with after all."""
    return _decide(request, answer_id, reopen_answer, _("Réponse remise à traiter."))


def _decide(
    request: CompanyRequest, answer_id: int, act: Callable[..., None], said: str, undo: str = ""
) -> HttpResponse:
    shown = found(get_answer, request, answer_id)
    try:
        act(shown, now=timezone.now(), author=Author.of(request.user))
    except AnswerRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, said, extra_tags=undo)
    return HttpResponseClientRefresh() if request.htmx else redirect(request.url("answers"))
