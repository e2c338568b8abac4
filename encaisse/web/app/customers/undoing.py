"""Ending what was decided: a STOP is lifted, a dispute closed, a promise taken back."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from encaisse.collection.operations import disputes, holds, promises
from encaisse.collection.queries.customers import get_dispute, get_hold, get_promise
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.dialogs import (
    Dialog,
    Done,
    already_done,
    answer,
    leave,
    posted,
    shown_or_sent,
    tell,
)
from encaisse.web.app.customers.doors import found
from encaisse.web.app.customers.forms import OutcomeForm

_OUTCOMES = (
    gettext_lazy("Avoir accordé"), gettext_lazy("Règlement obtenu"),
    gettext_lazy("Réclamation non fondée"), gettext_lazy("Erreur de saisie"),
)  # fmt: skip


@require_POST
@member_can("hold.set")
def lift_hold(request: CompanyRequest, hold_id: int) -> HttpResponse:
    """Let reminders go again."""
    hold = found(get_hold, request, hold_id)
    lifted = holds.lift_hold(hold, today=request.today, **done_by(request))
    tell(request, _("STOP levé : les relances reprennent."), done=lifted)
    return leave(request, hold.customer)


@shown_or_sent
@member_can("dispute.open")
def close_dispute(request: CompanyRequest, dispute_id: int) -> HttpResponseBase:
    """Close a dispute, with its outcome if one is given."""
    dispute = found(get_dispute, request, dispute_id)
    form = OutcomeForm(posted(request))

    def act() -> Done:
        closed = disputes.close_dispute(
            dispute,
            outcome=form.cleaned_data["outcome"],
            today=request.today,
            **done_by(request),
        )
        return Done(_("Litige clôturé.") if closed else already_done())

    dialog = Dialog(_("Clôturer le litige"), _("Clôturer"), "customers/_outcome.html",
                    extra={"dispute": dispute, "outcomes": _OUTCOMES})  # fmt: skip
    return answer(request, dialog, form, customer=dispute.customer, act=act)


@require_POST
@member_can("promise.record")
def cancel_promise(request: CompanyRequest, promise_id: int) -> HttpResponse:
    """Take a promise back."""
    promise = found(get_promise, request, promise_id)
    cancelled = promises.cancel_promise(promise, today=request.today, **done_by(request))
    tell(request, _("Promesse annulée."), done=cancelled)
    return leave(request, promise.customer)
