"""The people at a customer's: who they are, who receives reminders, whose address is wrong."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encaisse.collection.queries.customers import get_contact
from encaisse.ledger.models import Contact
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
    texts = (_("%(name)s recevra les relances."), _("%(name)s ne recevra plus les relances."))

    def act(contact: Contact, *, said: bool) -> bool:
        return contacts.choose_recipient(contact, receives=said, **done_by(request))

    return _decide(request, contact_id, "recoit", act, texts)


@require_POST
@member_can("followup.edit")
def judge_address(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Say that an address works again, or that it does not."""
    texts = (_("Adresse de nouveau utilisée."), _("Adresse notée invalide."))

    def act(contact: Contact, *, said: bool) -> bool:
        return contacts.judge_address(contact, is_valid=said, **done_by(request))

    return _decide(request, contact_id, "valide", act, texts)


@require_POST
@member_can("followup.edit")
def opt_out(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Note that someone asked not to be written to any more, or that he may be again."""
    texts = (
        _("On peut de nouveau écrire à %(name)s."),
        _("Plus aucun message ne sera adressé à %(name)s."),
    )

    def act(contact: Contact, *, said: bool) -> bool:
        return contacts.opt_out(contact, on=None if said else request.today, **done_by(request))

    return _decide(request, contact_id, "ecrire", act, texts)


@require_POST
@member_can("followup.edit")
def choose_main(request: CompanyRequest, contact_id: int) -> HttpResponse:
    """Make someone the customer's principal contact."""
    contact = found(get_contact, request, contact_id)
    chosen = contacts.choose_main(contact, **done_by(request))
    text = _("%(name)s est le contact principal.")
    tell(request, text % {"name": contact.known_as}, done=chosen)
    return leave(request, contact.customer)


def _decide(
    request: CompanyRequest,
    contact_id: int,
    field: str,
    act: Callable[..., bool],
    texts: tuple[str, str],
) -> HttpResponse:
    """Do what `field` says, yes or no; the texts tell the one and the other."""
    contact = found(get_contact, request, contact_id)
    said = {"oui": True, "non": False}.get(request.POST.get(field, ""))
    if said is None:
        return HttpResponseBadRequest()
    text = texts[0] if said else texts[1]
    tell(request, text % {"name": contact.known_as}, done=act(contact, said=said))
    return leave(request, contact.customer)
