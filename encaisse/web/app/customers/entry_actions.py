"""Decisions about entries: their level, the day they are expected, a note on them."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.operations import followup, notes
from encaisse.collection.queries.notes import as_people, colleagues
from encaisse.core.dates import short_date
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import (
    about_account,
    about_entries,
    chosen_entries,
    done_by,
)
from encaisse.web.app.customers.dialogs import Dialog, Done, answer, posted, shown_or_sent
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.entry_forms import EntryNoteForm, RepositionForm
from encaisse.web.app.customers.forms import LevelForm
from encaisse.web.app.customers.notes import page_address


@shown_or_sent
@member_can("level.set")
def set_level(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Change the level that entries have reached, without sending anything."""
    customer = customer_of(request, customer_id)
    chosen = chosen_entries(request, customer)
    form = LevelForm(posted(request), **about_entries(request, customer, chosen))

    def act() -> Done:
        level = form.cleaned_data["level"]
        followup.set_level(
            customer, form.chosen, to_level=level, on=request.today, **done_by(request)
        )
        count = len(form.chosen)
        text = ngettext(
            "Niveau changé sur %(count)d pièce.", "Niveau changé sur %(count)d pièces.", count
        )
        return Done(text % {"count": count})

    dialog = Dialog(_("Changer le niveau de relance"), _("Changer le niveau"),
                    "customers/_level.html", "entries")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
@member_can("followup.edit")
def reposition(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Move the day on which entries are expected to be paid; reminders are not touched."""
    customer = customer_of(request, customer_id)
    chosen = chosen_entries(request, customer)
    form = RepositionForm(posted(request), **about_entries(request, customer, chosen))

    def act() -> Done:
        day = form.cleaned_data["expected_date"]
        followup.reposition(customer, form.chosen, expected_date=day, **done_by(request))
        if day is None:
            return Done(_("Date de règlement attendue effacée."))
        return Done(_("Règlement attendu le %(day)s.") % {"day": short_date(day)})

    dialog = Dialog(_("Repositionner"), _("Changer la date attendue"),
                    "customers/_reposition.html", "expected_date")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)


@shown_or_sent
@member_can("note.write")
def note_entries(request: CompanyRequest, customer_id: int) -> HttpResponseBase:
    """Write a note about some entries, or about the whole account."""
    customer = customer_of(request, customer_id)
    people = as_people(colleagues(customer))
    form = EntryNoteForm(posted(request), people=people, **about_account(request, customer))

    def act() -> Done:
        notes.write_note(
            customer,
            text=form.cleaned_data["text"],
            entries=form.named,
            page=page_address(request, customer),
            **done_by(request),
        )
        return Done(_("Note enregistrée."))

    dialog = Dialog(_("Écrire une note"), _("Ajouter la note"), "customers/_entry_note.html",
                    "text")  # fmt: skip
    return answer(request, dialog, form, customer=customer, act=act)
