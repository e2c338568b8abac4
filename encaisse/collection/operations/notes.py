"""Notes: what people write about a customer or an entry, answer, and point out to colleagues."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Note, NoteMention
from encaisse.collection.queries.notes import as_people, colleagues
from encaisse.collection.rules.mentions import mentions_in
from encaisse.jobs.operations import start_job
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import User

# Said by its name: tasks call operations, never the other way.
_MAIL_MENTIONS = "encaisse.collection.tasks.mail_mentions"


class NoteRefused(Exception):
    """The note cannot be written so; the message is fit to show to the user."""


@transaction.atomic
def write_note(
    customer: Customer,
    *,
    text: str,
    author: Author,
    now: datetime,
    entries: Sequence[LedgerEntry] = (),
    parent: Note | None = None,
    page: str = "",
) -> Note:
    """Write a note about a customer, about each of some entries, or in answer to another note.

    Colleagues named in it (@…) find it on their home page, and get a mail with a link to `page`;
    an answer to an answer joins the same thread. Returns the (first) note. Raises NoteRefused.
    """
    if not text.strip():
        raise NoteRefused(_("La note est vide."))
    root = (parent.parent or parent) if parent is not None else None
    about = _about(customer, entries, root)
    notes = [
        Note.objects.create(
            company_id=customer.company_id,
            customer=customer,
            entry=entry,
            parent=root,
            text=text.strip(),
            author=author.user,
            author_name=author.name,
            at=now,
        )
        for entry in about
    ]
    named = _mention(notes[0], author)
    record_event(
        "note.answered" if root else "note.written",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        note=notes[0].pk,
        entries=[entry.pk for entry in about if entry],
        mentions=[user.pk for user in named],
    )
    if named:
        _tell(notes[0], author, page)
    return notes[0]


def _about(
    customer: Customer, entries: Sequence[LedgerEntry], root: Note | None
) -> list[LedgerEntry | None]:
    """The entries that the note is about; None for the customer as a whole."""
    if any(entry.customer_id != customer.pk for entry in entries):
        raise NoteRefused(_("Ces pièces appartiennent à un autre client."))
    if root is None:
        return [*entries] or [None]
    if root.customer_id != customer.pk:
        raise NoteRefused(_("Cette note appartient à un autre client."))
    return [root.entry]


def _mention(note: Note, author: Author) -> list[User]:
    """The colleagues that the note names, its author left out."""
    if "@" not in note.text:
        return []
    known = {user.pk: user for user in colleagues(note.customer)}
    found = mentions_in(note.text, as_people([*known.values()]))
    named = dict.fromkeys(mention.key for mention in found)
    named.pop(author.user.pk if author.user else 0, None)
    NoteMention.objects.bulk_create(NoteMention(note=note, user_id=key) for key in named)
    return [known[key] for key in named]


def _tell(note: Note, author: Author, page: str) -> None:
    company = note.customer.company
    if company.can_send_mail():
        start_job(
            _MAIL_MENTIONS,
            company=company,
            label=_("Avertir les collègues nommés"),
            actor=author.user,
            payload={"note": note.pk, "page": page},
        )


@transaction.atomic
def see_mentions(customer: Customer, *, author: Author, now: datetime) -> int:
    """Note that a user has seen what names him on a customer's page; how many there were."""
    unseen = NoteMention.objects.filter(note__customer=customer, user=author.user, seen_at=None)
    ids = list(unseen.values_list("pk", flat=True))
    seen = NoteMention.objects.filter(pk__in=ids, seen_at=None).update(seen_at=now)
    if seen:
        record_event("mentions.seen", company=customer.company, author=author, at=now, mentions=ids)
    return seen
