"""One entry in full: where it stands, why it is or is not reminded, and what happened to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from encaisse.collection.models import DisputeEntry, Hold, LevelChange, PromiseEntry, ReminderLine
from encaisse.collection.queries.commitments import commitments_of
from encaisse.collection.queries.customers import followed_up
from encaisse.collection.queries.entry_story import EntryStory, get_entry, story_of
from encaisse.collection.queries.situation import Situation, situation_of
from encaisse.core.dates import short_date
from encaisse.insights.account import Account, AccountCriteria
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.queries.free_fields import free_fields, shown_fields
from encaisse.ledger.queries.open_items import Matching
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.journal import told
from encaisse.web.app.customers.lines import AccountLine, LineMaker
from encaisse.web.app.customers.notes import NotesPanel
from encaisse.web.language import shown_amount


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an entry. `reminder_id`: the message to open."""

    on: date
    text: str
    actor: str = ""
    reminder_id: int | None = None


@dataclass(frozen=True)
class EntryPage:
    """One entry on one day, as one user sees it."""

    scope: Scope
    customer: Customer
    entry: LedgerEntry
    on: date
    reader: User

    @cached_property
    def free(self) -> list[tuple[str, str]]:
        """Its free fields that are shown here, by name."""
        return shown_fields(free_fields(self.customer.company).entry, self.entry)

    @cached_property
    def situation(self) -> Situation:
        """Where the customer stands in his scenario."""
        profile = followed_up(self.customer).profile
        return situation_of(self.scope, self.customer, profile, on=self.on)

    @cached_property
    def line(self) -> AccountLine:
        """The entry as the account situation shows it."""
        criteria = AccountCriteria(matching=Matching.ALL, entry_id=self.entry.pk)
        items = Account(self.customer, self.on).page(criteria)
        if not items:
            raise Http404
        commitments = commitments_of(self.customer, on=self.on)
        return LineMaker(self.situation, commitments, self.on, self.customer).lines(items)[0]

    @cached_property
    def notes(self) -> NotesPanel:
        """What was written about it."""
        return NotesPanel(self.customer, self.reader, self.entry)

    @cached_property
    def steps(self) -> list[Step]:
        """What happened to it, the latest first."""
        found = [*steps_of(self.entry, story_of(self.entry))]
        return sorted(found, key=lambda step: step.on, reverse=True)


@require_safe
@member_can("ledger.view")
def entry(request: CompanyRequest, customer_id: int, entry_id: int) -> HttpResponse:
    """The entry: a page, or a dialog for htmx."""
    customer = customer_of(request, customer_id)
    try:
        found = get_entry(customer, entry_id)
    except LedgerEntry.DoesNotExist:
        raise Http404 from None
    page = EntryPage(request.scope, customer, found, request.today, request.user)
    template = "customers/_entry_dialog.html" if request.htmx else "customers/entry.html"
    context = {"page": page, "line": page.line, "entry": found, "customer": customer}
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


# -- the story in words --------------------------------------------------------------------------


def steps_of(entry: LedgerEntry, story: EntryStory) -> Iterable[Step]:
    """Each thing that happened, in no order."""
    yield Step(entry.posting_date, _("Enregistrée en comptabilité"))
    yield from map(_reminder, story.reminders)
    yield from map(_level, story.levels)
    for hold in story.holds:
        yield from _hold(hold)
    for line in story.disputes:
        yield from _dispute(line)
    for promised in story.promises:
        yield from _promise(promised)
    for event in story.repositioned:
        yield Step(entry.company.local_day(event.at), told(event).text, event.actor_name)
    for payment in story.payments:
        amount = shown_amount(payment.amount_minor, entry.currency)
        text = _("Règlement partiel : %(amount)s (%(document)s)")
        yield Step(payment.on, text % {"amount": amount, "document": payment.credit})
    if entry.settled_date is not None:
        letter = entry.match_code
        text = _("Soldée, lettre %(letter)s") % {"letter": letter} if letter else _("Soldée")
        yield Step(entry.settled_date, text)


def _reminder(line: ReminderLine) -> Step:
    reminder = line.reminder
    name = str(reminder.get_kind_display())
    if reminder.level:
        name = f"{name} {reminder.level}"
    words = {
        "name": name,
        "medium": str(reminder.get_medium_display()).lower(),
        "status": str(reminder.get_status_display()).lower(),
    }
    text = _("%(name)s, %(medium)s : %(status)s") % words
    on = reminder.effective_on or reminder.day
    return Step(on, text, reminder.actor_name, reminder.pk)


def _level(change: LevelChange) -> Step:
    level = f"R{change.level}" if change.level else _("aucun")
    if change.actor is None:
        text = _("Litige clôturé : les délais repartent au niveau %(level)s")
    else:
        text = _("Niveau de relance mis à %(level)s")
    return Step(change.on, text % {"level": level}, _name(change.actor))


def _hold(hold: Hold) -> Iterable[Step]:
    text = _("STOP")
    if hold.until is not None:
        text = _("STOP jusqu’au %(day)s") % {"day": short_date(hold.until)}
    yield Step(hold.set_on, f"{text} – {hold.reason}" if hold.reason else text, _name(hold.set_by))
    if hold.lifted_on is not None:
        yield Step(hold.lifted_on, _("STOP levé"))


def _dispute(line: DisputeEntry) -> Iterable[Step]:
    dispute = line.dispute
    opened = _("Litige ouvert : %(reason)s") % {"reason": dispute.reason}
    yield Step(dispute.opened_on, opened, _name(dispute.opened_by))
    if dispute.closed_on is not None:
        text = _("Litige clôturé")
        yield Step(dispute.closed_on, f"{text} – {dispute.outcome}" if dispute.outcome else text)


def _promise(line: PromiseEntry) -> Iterable[Step]:
    promise = line.promise
    words = {
        "amount": shown_amount(line.amount_minor, promise.currency),
        "day": short_date(promise.promised_date),
    }
    text = _("Promesse de %(amount)s pour le %(day)s") % words
    yield Step(promise.made_on, text, _name(promise.made_by))
    if promise.cancelled_on is not None:
        yield Step(promise.cancelled_on, _("Promesse annulée"))


def _name(user: User | None) -> str:
    return user.full_name if user else ""
