"""Decisions about a customer, each a form of its own: STOP, dispute, promise, level, profile…"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from encaisse.collection.operations import disputes, followup, holds, promises
from encaisse.collection.queries.customers import (
    dispute_reasons,
    followed_up,
    get_profile,
    open_debits,
    open_debits_among,
    profiles,
)
from encaisse.core.dates import short_date
from encaisse.insights.account import Account
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.operations import contacts
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.dialogs import Dialog, Done, answer, posted
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.forms import (
    SOME,
    WHOLE,
    AddressForm,
    ContactForm,
    DisputeForm,
    HoldForm,
    LevelForm,
    ProfileForm,
    PromiseForm,
    amount_text,
)
from encaisse.web.app.customers.listspec import account_spec, criteria_of
from encaisse.web.lists import ListState, Selection

_shown_or_sent = require_http_methods(["GET", "POST"])
# What customers usually contest; those of the company come after.
_USUAL_REASONS = (
    gettext_lazy("Prix"), gettext_lazy("Quantité"), gettext_lazy("Qualité"),
    gettext_lazy("Livraison"), gettext_lazy("Facture non reçue"), gettext_lazy("Avoir attendu"),
    gettext_lazy("Déjà réglée"), gettext_lazy("Commande contestée"),
)  # fmt: skip


@_shown_or_sent
@member_can("hold.set")
def set_hold(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """STOP: on the whole customer, or on some of his entries."""
    customer = customer_of(request, customer_id)
    chosen = _chosen(request, customer)
    form = HoldForm(
        posted(request),
        initial={"target": SOME if chosen else WHOLE},
        **_entries(request, customer, chosen),
    )

    def act() -> Done:
        when = _when(request, form.cleaned_data["until"])
        with transaction.atomic():
            targets: list[LedgerEntry | None] = [*form.named] or [None]
            made = [
                holds.set_hold(customer, entry=entry, reason=form.cleaned_data["reason"], **when)
                for entry in targets
            ]
        undo = request.url("hold_lift", made[0].pk) if len(made) == 1 else ""
        return Done(_("STOP posé : les relances sont suspendues."), undo)

    dialog = Dialog(_("STOP aux relances"), _("Poser le STOP"), "customers/_hold.html", "until",
                    is_danger=True)  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


def _when(request: CompanyRequest, until: date | None) -> dict[str, Any]:
    return {**_done_by(request), "today": request.today, "until": until}


def _done_by(request: CompanyRequest) -> dict[str, Any]:
    return {"author": Author.of(request.user), "now": timezone.now()}


@_shown_or_sent
@member_can("dispute.open")
def open_dispute(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Open a dispute on the whole account or on entries."""
    customer = customer_of(request, customer_id)
    chosen = _chosen(request, customer)
    form = DisputeForm(
        posted(request),
        initial={"target": SOME if chosen else WHOLE},
        **_entries(request, customer, chosen),
    )

    def act() -> Done:
        typed = form.cleaned_data
        dispute = disputes.open_dispute(
            customer,
            reason=typed["reason"],
            comment=typed["comment"],
            suspends=typed["suspends"],
            entries=form.contested,
            today=request.today,
            **_done_by(request),
        )
        return Done(_("Litige ouvert."), request.url("dispute_close", dispute.pk))

    reasons = dict.fromkeys((*map(str, _USUAL_REASONS), *dispute_reasons(request.company)))
    dialog = Dialog(_("Ouvrir un litige"), _("Ouvrir le litige"), "customers/_dispute.html",
                    "amount", extra={"reasons": reasons})  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@_shown_or_sent
@member_can("promise.record")
def record_promise(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down what the customer promised to pay."""
    customer = customer_of(request, customer_id)
    chosen = _chosen(request, customer)
    entries = _entries(request, customer, chosen)
    if not chosen:
        chosen = _overdue(entries["offered"], request.today)
        entries["ticked"] = [entry.pk for entry in chosen]
    form = PromiseForm(posted(request), initial={"amount": amount_text(chosen)}, **entries)

    def act() -> Done:
        typed = form.cleaned_data
        promise = promises.record_promise(
            customer,
            form.chosen,
            amount_minor=typed["amount_minor"],
            promised_date=typed["promised_date"],
            comment=typed["comment"],
            today=request.today,
            **_done_by(request),
        )
        text = _("Promesse enregistrée : relances suspendues jusqu’au %(day)s sur ces pièces.")
        return Done(
            text % {"day": short_date(promise.promised_date)},
            request.url("promise_cancel", promise.pk),
        )

    dialog = Dialog(_("Promesse de règlement"), _("Enregistrer la promesse"),
                    "customers/_promise.html", "amount")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@_shown_or_sent
@member_can("level.set")
def set_level(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Change the level that entries have reached, without sending anything."""
    customer = customer_of(request, customer_id)
    chosen = _chosen(request, customer)
    form = LevelForm(posted(request), **_entries(request, customer, chosen))

    def act() -> Done:
        level = form.cleaned_data["level"]
        followup.set_level(
            customer, form.chosen, to_level=level, on=request.today, **_done_by(request)
        )
        count = len(form.chosen)
        text = ngettext(
            "Niveau changé sur %(count)d pièce.", "Niveau changé sur %(count)d pièces.", count
        )
        return Done(text % {"count": count})

    dialog = Dialog(_("Changer le niveau de relance"), _("Changer le niveau"),
                    "customers/_level.html", "entries")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@_shown_or_sent
@member_can("followup.edit")
def set_profile(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Move the customer to another profile."""
    customer = customer_of(request, customer_id)
    current = followed_up(customer).profile
    form = ProfileForm(
        posted(request),
        profiles=profiles(request.company),
        initial={"profile": current.pk if current else None},
    )

    def act() -> Done:
        profile = get_profile(request.company, form.cleaned_data["profile"])
        followup.set_profile(customer, profile, **_done_by(request))
        return Done(_("Profil changé : « %(name)s ».") % {"name": profile.name})

    dialog = Dialog(_("Changer de profil"), _("Changer le profil"), "customers/_profile.html",
                    "profile")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@_shown_or_sent
@member_can("followup.edit")
def add_contact(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down an e-mail address that reminders may be sent to."""
    customer = customer_of(request, customer_id)
    form = ContactForm(posted(request))

    def act() -> Done:
        contact = contacts.add_contact(customer, **form.cleaned_data, **_done_by(request))
        return Done(_("Adresse ajoutée : %(email)s.") % {"email": contact.email})

    dialog = Dialog(_("Ajouter une adresse e-mail"), _("Ajouter l’adresse"),
                    "customers/_contact.html", "email")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@_shown_or_sent
@member_can("followup.edit")
def set_address(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down a postal address, where the accounting has none."""
    customer = customer_of(request, customer_id)
    if customer.has_postal_address():
        raise Http404
    form = AddressForm(posted(request), initial={"address": followed_up(customer).address})

    def act() -> Done:
        followup.set_address(customer, **form.cleaned_data, **_done_by(request))
        return Done(_("Adresse postale enregistrée."))

    dialog = Dialog(_("Adresse postale"), _("Enregistrer l’adresse"), "customers/_address.html",
                    "address")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


# -- the entries of a form -----------------------------------------------------------------------


def _chosen(request: CompanyRequest, customer: Customer) -> list[LedgerEntry]:
    """The entries ticked in the account situation, as the address carries them."""
    selection = Selection.read(request.GET)
    if not selection.everything:
        return open_debits_among(customer, selection.ids) if selection.ids else []
    state = ListState.read(account_spec(), request)
    listed = Account(customer, request.today).page(criteria_of(state))
    ids = [line.entry.pk for line in listed if selection.includes(line.entry.pk)]
    return open_debits_among(customer, ids)


def _overdue(offered: Sequence[LedgerEntry], today: date) -> list[LedgerEntry]:
    """What a promise usually covers: all that is late, in the currency of the oldest."""
    late = [entry for entry in offered if entry.days_late(today)]
    return [entry for entry in late if entry.currency == late[0].currency]


def _entries(
    request: CompanyRequest, customer: Customer, chosen: list[LedgerEntry]
) -> dict[str, Any]:
    """What a form about entries needs: those it offers, and those that are ticked at first."""
    offered = open_debits(customer)
    known = {entry.pk for entry in offered}
    typed = [int(word) for word in request.POST.getlist("entries") if word.isdecimal()]
    further = open_debits_among(customer, [pk for pk in typed if pk not in known])
    return {
        "offered": [
            *offered,
            *(entry for entry in (*chosen, *further) if entry.pk not in known),
        ],
        "ticked": [entry.pk for entry in chosen],
        "today": request.today,
    }
