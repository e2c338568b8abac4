"""What « Activités » shows, one reminder in full, and the export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from encaisse.collection.models import IncomingMail, Reminder, ReminderLine, Step
from encaisse.collection.operations.attachments import Attached, attachments_of
from encaisse.collection.queries.answers import answers_to
from encaisse.collection.queries.rehearsal import Rehearsals, Way, way_of
from encaisse.collection.queries.reminders import (
    MOST_UNKNOWN,
    actors,
    all_reminders,
    lines_of,
    reminders_page,
    unknown_reminders,
)
from encaisse.collection.queries.templates import text_name
from encaisse.insights.activities import reminder_totals
from encaisse.insights.milestones import journal_of_reminder
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.activities.listspec import activities_spec, criteria_of
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.journal import Told, told
from encaisse.web.exports import Line, Money
from encaisse.web.lists import Listing, ListState

Status = Reminder.Status
_BY_POST = (Step.Medium.LETTER, Step.Medium.REGISTERED_LETTER)


@dataclass(frozen=True)
class ActivitiesPage:
    """The list on a day, as one scope sees it; `customer` when it is about one customer."""

    scope: Scope
    on: date
    state: ListState
    customer: Customer | None = None

    @cached_property
    def rehearsals(self) -> Rehearsals:
        """When the company rehearsed."""
        return Rehearsals.of(self.scope.company)

    @cached_property
    def unknown(self) -> list[Reminder]:
        """Messages that a person must verify, the oldest first."""
        return unknown_reminders(self.scope, self.customer.pk if self.customer else None)

    @property
    def unknown_is_cut(self) -> bool:
        """True when there are more to verify than are listed."""
        return len(self.unknown) == MOST_UNKNOWN

    @cached_property
    def listing(self) -> Listing:
        """One page of the list; a constant number of queries."""
        state, criteria = self.state, criteria_of(self.state)
        totals = reminder_totals(self.scope, criteria, on=self.on)
        rows = reminders_page(
            self.scope,
            criteria,
            newest_first=state.sort != "created",
            offset=state.offset,
            limit=state.size,
        )
        return Listing(
            state,
            rows=[ActivityLine(row, self.rehearsals) for row in rows],
            count=sum(total.count for total in totals),
            totals=totals,
        )

    def exported(self) -> Iterator[Line]:
        """Every reminder of the list, streamed."""
        newest_first = self.state.sort != "created"
        reminders = all_reminders(self.scope, criteria_of(self.state), newest_first=newest_first)
        zone, rehearsals = self.scope.company.zone, self.rehearsals
        return (_cells(reminder, zone, reminder in rehearsals) for reminder in reminders)


def activities_page(request: CompanyRequest) -> ActivitiesPage:
    """The list that a request asks for. Raises Http404 for a customer out of sight."""
    state = ListState.read(activities_spec(actors(request.scope)), request)
    customer_id = state.kept.get("client", "")
    customer = customer_of(request, int(customer_id)) if customer_id.isdecimal() else None
    return ActivitiesPage(request.scope, request.today, state, customer)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One reminder as lists show it."""

    reminder: Reminder
    rehearsals: Rehearsals

    @property
    def advice(self) -> str:
        """What to do about a message that did not arrive."""
        return advice_on(self.reminder)

    @property
    def recipients(self) -> str:
        """The addresses, or the lines of the envelope."""
        return recipients_of(self.reminder)


@dataclass(frozen=True)
class ReminderPage:
    """One reminder in full: what was said, to whom, about which entries, and what followed."""

    reminder: Reminder

    @cached_property
    def lines(self) -> list[ReminderLine]:
        """The entries with what was claimed on them at that moment."""
        return lines_of(self.reminder)

    @cached_property
    def journal(self) -> list[Told]:
        """What became of it, from the moment it was prepared."""
        reminder = self.reminder
        prepared = Told(_("Préparé"), reminder.created_at, reminder.actor_name)
        return [prepared, *(told(event) for event in journal_of_reminder(reminder))]

    @cached_property
    def attachments(self) -> list[Attached]:
        """The files that went along."""
        return attachments_of(self.reminder)

    @property
    def text_name(self) -> str:
        """What people call the text that it was written with; its code once it is gone."""
        code = self.reminder.template_code
        return text_name(self.reminder.company, code) or code

    @cached_property
    def rehearsal(self) -> Way | None:
        """How it left when it did not reach the customer; None for a message that did."""
        way = way_of(self.reminder)
        return None if way is None or way.reaches_customers else way

    @property
    def advice(self) -> str:
        """What to do about a message that did not arrive."""
        return advice_on(self.reminder)

    @property
    def recipients(self) -> str:
        """The addresses, or the lines of the envelope."""
        return recipients_of(self.reminder)

    @cached_property
    def answers(self) -> list[IncomingMail]:
        """What came back of it: answers, absences, returns."""
        return answers_to(self.reminder)

    @property
    def is_by_post(self) -> bool:
        """True for letters."""
        return self.reminder.medium in _BY_POST

    @property
    def is_unknown(self) -> bool:
        """True when somebody must say whether it left."""
        return self.reminder.status == Status.UNKNOWN

    @property
    def is_under_way(self) -> bool:
        """True while a job is about to change what it says."""
        return self.reminder.status in Reminder.LEAVING

    @property
    def can_be_cancelled(self) -> bool:
        """True while it has not left."""
        return self.reminder.status in (Status.WAITING, Status.PRINTED, Status.TO_DO)


def recipients_of(reminder: Reminder) -> str:
    """Addresses and copies with commas; the lines of an envelope with dots."""
    if reminder.medium in _BY_POST:
        return " · ".join(reminder.recipients)
    return ", ".join((*reminder.recipients, *reminder.copies))


def advice_on(reminder: Reminder) -> str:
    """What to do about a message that did not arrive; empty for the others."""
    if reminder.status not in (Status.FAILED, Status.BOUNCED):
        return ""
    if reminder.medium in _BY_POST:
        return _("Corrigez l’adresse postale du client : le courrier sera de nouveau proposé.")
    return _(
        "Corrigez l’adresse ou ajoutez-en une sur la fiche du client, ou choisissez un autre "
        "média : la relance sera de nouveau proposée."
    )


def _cells(reminder: Reminder, zone: ZoneInfo, is_rehearsal: bool) -> Line:  # noqa: FBT001 -- private
    status = str(reminder.get_status_display())
    return {
        "created": (
            _("%(status)s (répétition)") % {"status": status} if is_rehearsal else status,
            f"{reminder.created_at.astimezone(zone):%d/%m/%Y %H:%M}",
            f"{reminder.status_at.astimezone(zone):%d/%m/%Y %H:%M}",
            reminder.error,
        ),
        "customer": (
            reminder.customer.legal_name,
            reminder.customer.account_code,
            recipients_of(reminder),
        ),
        "kind": (
            str(reminder.get_kind_display()),
            reminder.level or None,
            str(reminder.get_medium_display()),
        ),
        "actor": (reminder.actor_name, reminder.sender),
        "amount": (Money(reminder.amount_minor, reminder.currency), reminder.currency),
    }
