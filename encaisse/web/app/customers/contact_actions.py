"""The people at a customer's: who they are, who receives reminders, whose address is wrong."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encaisse.collection.queries.customers import get_contact
from encaisse.ledger.operations import contacts
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.contact_forms import ContactForm
from encaisse.web.app.customers.dialogs import (
    Dialog,
    Done,
    answer,
    leave,
    posted,
    shown_or_sent,
    tell,
)
from encaisse.web.app.customers.doors import customer_of, found


@shown_or_sent
@member_can("followup.edit")
def add_contact(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down an e-mail address that reminders may be sent to."""
    customer = customer_of(request, customer_id)
    form = ContactForm(posted(request))

    def act() -> Done:
        contact = contacts.add_contact(customer, **form.cleaned_data, **done_by(request))
        return Done(_("Adresse ajoutée : %(email)s.") % {"email": contact.email})

    dialog = Dialog(_("Ajouter un contact"), _("Ajouter le contact"),
                    "customers/_contact.html", "email", extra={"is_new": True})  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
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
    chosen = contacts.choose_recipient(contact, receives=receives, **done_by(request))
    text = _("%(name)s ne recevra plus les relances.")
    if receives:
        text = _("%(name)s recevra les relances.")
    tell(request, text % {"name": contact.name or contact.email}, done=chosen)
    return leave(request, contact.customer)


@require_POST
@member_can("followup.edit")
def judge_address(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Say that an address works again, or that it does not."""
    contact = found(get_contact, request, contact_id)
    is_valid = _said(request, "valide")
    if is_valid is None:
        return HttpResponseBadRequest()
    judged = contacts.judge_address(contact, is_valid=is_valid, **done_by(request))
    text = _("Adresse de nouveau utilisée.") if is_valid else _("Adresse notée invalide.")
    tell(request, text, done=judged)
    return leave(request, contact.customer)


@require_POST
@member_can("followup.edit")
def opt_out(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Note that someone asked not to be written to any more, or that he may be again."""
    contact = found(get_contact, request, contact_id)
    may_write = _said(request, "ecrire")
    if may_write is None:
        return HttpResponseBadRequest()
    on = None if may_write else request.today
    noted = contacts.opt_out(contact, on=on, **done_by(request))
    text = _("Plus aucun message ne sera adressé à %(name)s.")
    if may_write:
        text = _("On peut de nouveau écrire à %(name)s.")
    tell(request, text % {"name": contact.name or contact.email}, done=noted)
    return leave(request, contact.customer)


@require_POST
@member_can("followup.edit")
def choose_main(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Make someone the customer's principal contact."""
    contact = found(get_contact, request, contact_id)
    chosen = contacts.choose_main(contact, **done_by(request))
    text = _("%(name)s est le contact principal.")
    tell(request, text % {"name": contact.name or contact.email}, done=chosen)
    return leave(request, contact.customer)


def _said(request: CompanyRequest, field: str) -> bool | None:
    return {"oui": True, "non": False}.get(request.POST.get(field, ""))
