"""Decisions about a customer, each a form of its own: STOP, dispute, promise, profile, address."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from encaisse.collection.operations import disputes, followup, holds, promises
from encaisse.collection.queries.customer_links import LINK_DAYS, own_address
from encaisse.collection.queries.customers import (
    followed_up,
    get_profile,
    profiles,
)
from encaisse.collection.queries.motives import offered_dispute_reasons
from encaisse.core.dates import short_date
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import (
    about_account,
    about_entries,
    chosen_entries,
    done_by,
    overdue_among,
)
from encaisse.web.app.customers.dialogs import Dialog, Done, answer, posted, shown_or_sent
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.forms import (
    AUTOMATIC_PROFILE,
    AddressForm,
    DisputeForm,
    HoldForm,
    LinksForm,
    ProfileForm,
    amount_text,
)
from encaisse.web.app.customers.promise_form import PromiseForm
from encaisse.web.language import shown_amount


@shown_or_sent
@member_can("hold.set")
def set_hold(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """STOP: on the whole customer, or on some of his entries."""
    customer = customer_of(request, customer_id)
    form = HoldForm(posted(request), **about_account(request, customer))

    def act() -> Done:
        asked = {key: form.cleaned_data[key] for key in ("reason", "until")}
        with transaction.atomic():
            targets: list[LedgerEntry | None] = [*form.named] or [None]
            made = [
                holds.set_hold(
                    customer, entry=entry, today=request.today, **asked, **done_by(request)
                )
                for entry in targets
            ]
        undo = request.url("hold_lift", made[0].pk) if len(made) == 1 else ""
        return Done(_("STOP posé : les relances sont suspendues."), undo)

    dialog = Dialog(_("STOP aux relances"), _("Poser le STOP"), "customers/_hold.html", "until",
                    is_danger=True)  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
@member_can("dispute.open")
def open_dispute(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Open a dispute on the whole account or on entries."""
    customer = customer_of(request, customer_id)
    about = about_account(request, customer)
    about["initial"]["suspends"] = request.company.disputes_suspend
    form = DisputeForm(posted(request), **about)

    def act() -> Done:
        typed = form.cleaned_data
        dispute = disputes.open_dispute(
            customer,
            reason=typed["reason"],
            comment=typed["comment"],
            suspends=typed["suspends"],
            entries=form.contested,
            today=request.today,
            **done_by(request),
        )
        return Done(_("Litige ouvert."), request.url("dispute_close", dispute.pk))

    reasons = offered_dispute_reasons(request.company)
    dialog = Dialog(_("Ouvrir un litige"), _("Ouvrir le litige"), "customers/_dispute.html",
                    "amount", extra={"reasons": reasons})  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
@member_can("promise.record")
def record_promise(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down what the customer promised to pay."""
    customer = customer_of(request, customer_id)
    chosen = chosen_entries(request, customer)
    entries = about_entries(request, customer, chosen)
    if not chosen:
        chosen = overdue_among(entries["offered"], request.today)
        entries["ticked"] = [entry.pk for entry in chosen]
    form = PromiseForm(posted(request), initial={"amount": amount_text(chosen)}, **entries)

    def act() -> Done:
        return _promise(request, customer, form)

    dialog = Dialog(_("Promesse de règlement"), _("Enregistrer la promesse"),
                    "customers/_promise.html", "amount")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


def _promise(request: CompanyRequest, customer: Customer, form: PromiseForm) -> Done:
    """One promise, or a series of instalments."""
    doing: dict[str, Any] = {
        "comment": form.cleaned_data["comment"],
        "today": request.today,
        **done_by(request),
    }
    series = form.instalments
    last_day = short_date(series[-1].promised_date)
    if len(series) == 1:
        day, minor = series[0]
        promise = promises.record_promise(
            customer, form.chosen, amount_minor=minor, promised_date=day, **doing
        )
        text = _("Promesse enregistrée : relances suspendues jusqu’au %(day)s sur ces pièces.")
        if not request.company.promises_suspend:
            text = _("Promesse enregistrée pour le %(day)s : les relances continuent.")
        return Done(text % {"day": last_day}, request.url("promise_cancel", promise.pk))
    made = promises.record_instalments(customer, form.chosen, instalments=series, **doing)
    total = sum(one.amount_minor for one in made)
    text = _("Échéancier enregistré : %(count)d versements, %(total)s, jusqu’au %(day)s.")
    told = {"count": len(made), "total": shown_amount(total, made[0].currency), "day": last_day}
    return Done(text % told, request.url("instalments_cancel", made[0].pk))


@shown_or_sent
@member_can("followup.edit")
def set_profile(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Move the customer to another profile."""
    customer = customer_of(request, customer_id)
    current = followed_up(customer)
    chosen = current.profile if current.is_profile_given else None
    form = ProfileForm(
        posted(request),
        profiles=profiles(request.company),
        initial={"profile": chosen.pk if chosen else AUTOMATIC_PROFILE},
    )

    def act() -> Done:
        wanted = form.cleaned_data["profile"]
        profile = get_profile(request.company, wanted) if wanted else None
        followup.set_profile(customer, profile, **done_by(request))
        now = profile or followed_up(customer).profile
        return Done(_("Profil changé : « %(name)s ».") % {"name": now.name if now else ""})

    dialog = Dialog(_("Changer de profil"), _("Changer le profil"), "customers/_profile.html",
                    "profile")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
@member_can("followup.edit")
def renew_links(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """The page that the customer can open, and the end of the addresses that he was given."""
    customer = customer_of(request, customer_id)
    form = LinksForm(posted(request))

    def act() -> Done:
        followup.renew_links(customer, **done_by(request))
        return Done(_("Adresses renouvelées : les anciennes ne s’ouvrent plus."))

    address = own_address(customer, on=request.today) if request.company.customer_pages else ""
    dialog = Dialog(_("Page du client"), _("Renouveler l’adresse"), "customers/_links.html",
                    is_danger=True,
                    extra={"address": address, "days": LINK_DAYS})  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
@member_can("followup.edit")
def set_address(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write down a postal address, where the accounting has none."""
    customer = customer_of(request, customer_id)
    if customer.has_postal_address():
        raise Http404
    form = AddressForm(posted(request), initial={"address": followed_up(customer).address})

    def act() -> Done:
        followup.set_address(customer, **form.cleaned_data, **done_by(request))
        return Done(_("Adresse postale enregistrée."))

    dialog = Dialog(_("Adresse postale"), _("Enregistrer l’adresse"), "customers/_address.html",
                    "address")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)
