"""Notes as they are read: threads, the colleagues they may name, what one has not seen yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max

from encaisse.collection.models import Note, NoteMention
from encaisse.collection.rules.mentions import Person
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company, Membership, User
from encaisse.tenancy.scope import Scope

# Beyond, nobody reads: the history of the customer has them all.
MOST_THREADS = 50


@dataclass(frozen=True, slots=True)
class Thread:
    """A note with what was answered to it, the oldest answer first."""

    note: Note
    answers: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class EntryNotes:
    """What an entry's line shows of its notes: how many, and the last one."""

    count: int
    last: Note


def threads_of(customer: Customer, *, entry: LedgerEntry | None = None) -> list[Thread]:
    """The customer's notes (those about one entry, if given), the newest first; two queries."""
    notes = Note.objects.filter(customer=customer, parent=None).select_related("entry")
    if entry is not None:
        notes = notes.filter(entry=entry)
    latest = list(notes.order_by("-at", "-id")[:MOST_THREADS])
    answers: dict[int, list[Note]] = {}
    for answer in Note.objects.filter(parent__in=latest).order_by("at", "id"):
        answers.setdefault(answer.parent_id or 0, []).append(answer)
    return [Thread(note, tuple(answers.get(note.pk, ()))) for note in latest]


def entry_notes(entry_ids: Collection[int]) -> dict[int, EntryNotes]:
    """Of each entry that has notes, how many and the last one; two queries."""
    counted = Note.objects.filter(entry_id__in=entry_ids).values("entry_id")
    rows = list(counted.annotate(number=Count("id"), last=Max("id")))
    notes = Note.objects.in_bulk([row["last"] for row in rows])
    return {row["entry_id"]: EntryNotes(row["number"], notes[row["last"]]) for row in rows}


def get_note(scope: Scope, note_id: int) -> Note:
    """A note on a customer in sight. Raises Note.DoesNotExist."""
    notes = Note.objects.select_related("company", "customer", "entry")
    return notes.get(scope.customers("customer__"), pk=note_id)


def colleagues(customer: Customer) -> list[User]:
    """Those who may see the customer, by name: whom a note about him may name; one query."""
    members = Membership.objects.active().filter(company_id=customer.company_id)
    seeing = [
        membership.user
        for membership in members.select_related("user")
        if _sees(membership, customer)
    ]
    return sorted(seeing, key=lambda user: (user.first_name, user.last_name, user.email))


def as_people(users: Sequence[User]) -> list[Person]:
    """Users as the rules on mentions read them."""
    return [Person(user.pk, user.first_name, user.last_name, user.email) for user in users]


def _sees(membership: Membership, customer: Customer) -> bool:
    reps = membership.sales_reps()
    return reps is None or customer.sales_rep in reps


def unseen_mentions(company: Company, user: User) -> list[NoteMention]:
    """The notes that name a user and that he has not seen, the newest first; two queries.

    Those on customers who have left his portfolio since are not among them.
    """
    membership = Membership.objects.active().filter(company=company, user=user).first()
    if membership is None:
        return []
    mentions = NoteMention.objects.filter(
        Scope(company, membership.sales_reps()).customers("note__customer__"),
        user=user,
        seen_at=None,
    )
    return list(
        mentions.select_related("note__customer", "note__entry").order_by("-note__at", "-id")
    )


def unseen_notes(customer: Customer, user: User) -> frozenset[int]:
    """The notes about a customer that name a user and that he has not seen; one query."""
    mentions = NoteMention.objects.filter(note__customer=customer, user=user, seen_at=None)
    return frozenset(mentions.values_list("note_id", flat=True))
