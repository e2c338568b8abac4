"""The notes of a customer's page: threads, the colleagues they name, what one has not seen yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encaisse.collection.models import Note
from encaisse.collection.operations import notes
from encaisse.collection.queries.notes import (
    as_people,
    colleagues,
    get_note,
    threads_of,
    unseen_notes,
)
from encaisse.collection.rules.mentions import Person, mentions_in
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import User
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.doors import customer_of, found
from encaisse.web.app.customers.forms import NoteForm


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a note's text; `is_mention` where it names a colleague."""

    text: str
    is_mention: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as it is shown; `is_new` to the reader whom it names and who has not seen it."""

    note: Note
    pieces: tuple[Piece, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A note and its answers."""

    first: NoteLine
    answers: tuple[NoteLine, ...]


@dataclass(frozen=True)
class NotesPanel:
    """The notes about a customer, or about one of his entries, as one user reads them."""

    customer: Customer
    reader: User
    entry: LedgerEntry | None = None

    @cached_property
    def threads(self) -> list[ThreadLine]:
        """The threads, the newest first; four queries."""
        people = as_people(self.colleagues)
        return [
            ThreadLine(
                self._line(thread.note, people),
                tuple(self._line(answer, people) for answer in thread.answers),
            )
            for thread in threads_of(self.customer, entry=self.entry)
        ]

    @cached_property
    def colleagues(self) -> list[User]:
        """Whom a note may name."""
        return colleagues(self.customer)

    @cached_property
    def unseen(self) -> frozenset[int]:
        """The notes that name the reader and that he has not seen."""
        return unseen_notes(self.customer, self.reader)

    def _line(self, note: Note, people: Sequence[Person]) -> NoteLine:
        return NoteLine(note, pieces_of(note.text, people), note.pk in self.unseen)


def pieces_of(text: str, people: Sequence[Person]) -> tuple[Piece, ...]:
    """A text cut where it names colleagues."""
    pieces, at = [], 0
    for mention in mentions_in(text, people) if "@" in text else ():
        pieces.append(Piece(text[at : mention.start], is_mention=False))
        pieces.append(Piece(text[mention.start : mention.end], is_mention=True))
        at = mention.end
    pieces.append(Piece(text[at:], is_mention=False))
    return tuple(piece for piece in pieces if piece.text)


def page_address(request: CompanyRequest, customer: Customer) -> str:
    """The customer's page as a mail may link to it."""
    return f"{settings.SITE_URL}{request.url('customer', customer.pk)}#notes"


@require_POST
@member_can("note.write")
def write_note(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """Write a note about a customer."""
    return _write(request, customer_of(request, customer_id), None)


@require_POST
@member_can("note.write")
def answer_note(request: CompanyRequest, note_id: int) -> HttpResponse:
    """Answer a note."""
    parent = found(get_note, request, note_id)
    return _write(request, parent.customer, parent)


def _write(request: CompanyRequest, customer: Customer, parent: Note | None) -> HttpResponse:
    """Write it; the panel of notes comes back, with what is wrong if it could not be."""
    form = NoteForm(request.POST, people=as_people(colleagues(customer)))
    if form.is_valid():
        notes.write_note(
            customer,
            text=form.cleaned_data["text"],
            parent=parent,
            page=page_address(request, customer),
            **done_by(request),
        )
        messages.success(request, _("Réponse enregistrée.") if parent else _("Note enregistrée."))
        if not request.htmx:
            return redirect(f"{request.url('customer', customer.pk)}#notes")
    refused = form if form.errors else None
    context = {
        "panel": NotesPanel(customer, request.user),
        "customer": customer,
        "note_form": None if parent else refused,
        "answered": parent if refused else None,
        "answer_form": refused,
    }
    template = "customers/_notes.html" if request.htmx else "customers/notes.html"
    return render(request, template, context, status=422 if refused else 200)


@require_POST
@member_can("ledger.view")
def see_mentions(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The user has seen what names him here; the page asks by itself once it is open."""
    customer = customer_of(request, customer_id)
    notes.see_mentions(customer, **done_by(request))
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(f"{request.url('customer', customer.pk)}#notes")
