"""What can be done about a dispute of the list: its reminders, its reason, its comment."""

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from encaisse.collection.operations import disputes
from encaisse.collection.queries.customers import get_dispute
from encaisse.collection.queries.motives import offered_dispute_reasons
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.dialogs import Dialog, Done, answer, posted, shown_or_sent, tell
from encaisse.web.app.customers.doors import found


class ReasonForm(forms.Form):
    """Why a customer contests, and what was said about it."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "dispute-reasons", "autocomplete": "off"}),
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


@shown_or_sent
@member_can("dispute.open")
def edit(request: CompanyRequest, dispute_id: int) -> HttpResponseBase:
    """Change the reason and the comment."""
    dispute = found(get_dispute, request, dispute_id)
    initial = {"reason": dispute.reason, "comment": dispute.comment}
    form = ReasonForm(posted(request), initial=initial)

    def act() -> Done:
        disputes.edit_dispute(dispute, **form.cleaned_data, **done_by(request))
        return Done(_("Litige modifié."))

    extra = {"reasons": offered_dispute_reasons(request.company)}
    dialog = Dialog(_("Modifier le litige"), _("Enregistrer"), "disputes/_edit.html", "reason",
                    extra=extra)  # fmt: skip
    return answer(request, dialog, form, customer=dispute.customer, act=act)


@require_POST
@member_can("dispute.open")
def suspend(request: CompanyRequest, dispute_id: int) -> HttpResponse:
    """Suspend the reminders of what is contested."""
    return _set(request, dispute_id, suspends=True)


@require_POST
@member_can("dispute.open")
def resume(request: CompanyRequest, dispute_id: int) -> HttpResponse:
    """Let the reminders of what is contested go again."""
    return _set(request, dispute_id, suspends=False)


def _set(request: CompanyRequest, dispute_id: int, *, suspends: bool) -> HttpResponse:
    dispute = found(get_dispute, request, dispute_id)
    done = disputes.set_suspension(
        dispute, suspends=suspends, today=request.today, **done_by(request)
    )
    if suspends:
        text, undo = _("Relances suspendues pour ce litige."), "dispute_resume"
    else:
        text, undo = _("Les relances reprennent, à compter d’aujourd’hui."), "dispute_suspend"
    tell(request, text, done=done, undo=request.url(undo, dispute.pk))
    return HttpResponseClientRefresh() if request.htmx else redirect(request.url("disputes"))
