"""What can be done about a promise of the list: move it, or back; take a whole series back."""

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from encaisse.collection.operations import promises
from encaisse.collection.queries.customers import get_promise
from encaisse.core.dates import short_date
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.dialogs import (
    Dialog,
    Done,
    answer,
    leave,
    posted,
    shown_or_sent,
    tell,
)
from encaisse.web.app.customers.doors import found
from encaisse.web.app.customers.forms import day_field
from encaisse.web.language import shown_amount


class PostponeForm(forms.Form):
    """The new day of a promise."""

    promised_date = day_field(gettext_lazy("Nouvelle date"))


@shown_or_sent
@member_can("promise.record")
def postpone(request: CompanyRequest, promise_id: int) -> HttpResponseBase:
    """Move a promise to another day; the old one stays in the history."""
    promise = found(get_promise, request, promise_id)
    form = PostponeForm(posted(request))

    def act() -> Done:
        moved = promises.postpone_promise(
            promise,
            promised_date=form.cleaned_data["promised_date"],
            today=request.today,
            **done_by(request),
        )
        text = _("Promesse reportée : %(amount)s pour le %(day)s.")
        amount = shown_amount(moved.amount_minor, moved.currency)
        return Done(
            text % {"amount": amount, "day": short_date(moved.promised_date)},
            request.url("promise_put_back", moved.pk),
        )

    dialog = Dialog(_("Reporter la promesse"), _("Reporter"), "promises/_postpone.html",
                    "promised_date", extra={"promise": promise})  # fmt: skip
    return answer(request, dialog, form, customer=promise.customer, act=act)


@require_POST
@member_can("promise.record")
def put_back(request: CompanyRequest, promise_id: int) -> HttpResponse:
    """Give a postponed promise its former day back."""
    promise = found(get_promise, request, promise_id)
    undone = promises.undo_postponement(promise, today=request.today, **done_by(request))
    tell(request, _("La promesse a retrouvé sa date."), done=undone)
    return leave(request, promise.customer)


@require_POST
@member_can("promise.record")
def cancel_instalments(request: CompanyRequest, promise_id: int) -> HttpResponse:
    """Take back the instalments of a series that are still to come."""
    promise = found(get_promise, request, promise_id)
    count = promises.cancel_instalments(promise, today=request.today, **done_by(request))
    text = ngettext(
        "Échéancier annulé : %(count)d versement à venir.",
        "Échéancier annulé : %(count)d versements à venir.",
        count,
    )
    tell(request, text % {"count": count}, done=count > 0)
    return leave(request, promise.customer)
