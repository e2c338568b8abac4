"""What can be done about a promise of the list: move it, take a whole series back."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.operations import promises
from encaisse.collection.queries.customers import get_promise
from encaisse.core.dates import short_date
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.dialogs import Dialog, Done, answer, leave, posted
from encaisse.web.app.customers.doors import found
from encaisse.web.app.customers.forms import day_field
from encaisse.web.language import shown_amount


class PostponeForm(forms.Form):
    """The new day of a promise."""

    promised_date = day_field(gettext_lazy("Nouvelle date"))


@require_http_methods(["GET", "POST"])
@member_can("promise.record")
def postpone(request: CompanyRequest, promise_id: int) -> HttpResponseBase:
    """Move a promise to another day; the old one stays in the history."""
    promise = found(get_promise, request, promise_id)
    form = PostponeForm(posted(request))

    def act() -> Done:
        moved = promises.postpone_promise(
            promise,
            promised_date=form.cleaned_data["promised_date"],
            author=Author.of(request.user),
            today=request.today,
            now=timezone.now(),
        )
        text = _("Promesse reportée : %(amount)s pour le %(day)s.")
        amount = shown_amount(moved.amount_minor, moved.currency)
        return Done(text % {"amount": amount, "day": short_date(moved.promised_date)})

    dialog = Dialog(_("Reporter la promesse"), _("Reporter"), "promises/_postpone.html",
                    "promised_date", extra={"promise": promise})  # fmt: skip
    return answer(request, dialog, form, customer=promise.customer, act=act)


@require_POST
@member_can("promise.record")
def cancel_instalments(request: CompanyRequest, promise_id: int) -> HttpResponse:
    """Take back the instalments of a series that are still to come."""
    promise = found(get_promise, request, promise_id)
    count = promises.cancel_instalments(
        promise, author=Author.of(request.user), today=request.today, now=timezone.now()
    )
    if count:
        text = ngettext(
            "Échéancier annulé : %(count)d versement à venir.",
            "Échéancier annulé : %(count)d versements à venir.",
            count,
        )
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("C’était déjà fait."))
    return leave(request, promise.customer)
