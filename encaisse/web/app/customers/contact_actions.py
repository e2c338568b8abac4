"""The people at a customer's: who they are, who receives reminders, whose address is wrong."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.queries.customers import get_contact
from encaisse.ledger.operations import contacts
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.contact_forms import ContactForm
from encaisse.web.app.customers.dialogs import Dialog, Done, answer, leave, posted
from encaisse.web.app.customers.doors import customer_of, found

_shown_or_sent = require_http_methods(["GET", "POST"])


@_shown_or_sent
@member_can("followup.edit")
def add_contact(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down an e-mail address that reminders may be sent to."""
    customer = customer_of(request, customer_id)
    form = ContactForm(posted(request))

    def act() -> Done:
        contact = contacts.add_contact(customer, **form.cleaned_data, **done_by(request))
        return Done(_("Adresse ajoutée : %(email)s.") % {"email": contact.email})

    dialog = Dialog(_("Ajouter un contact"), _("Ajouter le contact"),
                    "customers/_contact.html", "email", extra={"is_new": True})  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@_shown_or_sent
@member_can("followup.edit")
def edit_contact(request: CompanyRequest, contact_id: int) -> HttpResponseBase:
    """Correct who someone is and how to reach him."""
    contact = found(get_contact, request, contact_id)
    form = ContactForm(posted(request), contact=contact)

    def act() -> Done:
        contacts.edit_contact(contact, **form.cleaned_data, **done_by(request))
        return Done(_("Contact enregistré."))

    dialog = Dialog(_("Modifier le contact"), _("Enregistrer le contact"),
                    "customers/_contact.html", extra={"contact": contact})  # fmt: skip
    return answer(request, dialog, form, customer=contact.customer, act=act)


@require_POST
@member_can("followup.edit")
def choose_recipient(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Say whether someone receives reminders."""
    contact = found(get_contact, request, contact_id)
    receives = _said(request, "recoit")
    if receives is None:
        return HttpResponseBadRequest()
    if contacts.choose_recipient(contact, receives=receives, **done_by(request)):
        told = {"name": contact.name or contact.email}
        text = (
            _("%(name)s recevra les relances.")
            if receives
            else _("%(name)s ne recevra plus les relances.")
        )
        messages.success(request, text % told)
    return leave(request, contact.customer)


@require_POST
@member_can("followup.edit")
def judge_address(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Say that an address works again, or that it does not."""
    contact = found(get_contact, request, contact_id)
    is_valid = _said(request, "valide")
    if is_valid is None:
        return HttpResponseBadRequest()
    if contacts.judge_address(contact, is_valid=is_valid, **done_by(request)):
        text = _("Adresse de nouveau utilisée.") if is_valid else _("Adresse notée invalide.")
        messages.success(request, text)
    return leave(request, contact.customer)


def _said(request: CompanyRequest, field: str) -> bool | None:
    return {"oui": True, "non": False}.get(request.POST.get(field, ""))
