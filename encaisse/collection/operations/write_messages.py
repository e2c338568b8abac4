"""One text to many customers, chosen by a person: each message an intent, like one by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import IntegrityError, transaction

from encaisse.collection.models import Reminder, ReminderLine, WrittenText
from encaisse.collection.operations.effects import cancel_reminders
from encaisse.collection.operations.joined_invoices import InvoiceJoiner
from encaisse.collection.operations.prepare import Moment, message_id_of
from encaisse.collection.operations.write_message import (
    Message,
    key_of,
    written_lines,
)
from encaisse.collection.queries.at_once import Texts, plan_at_once
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.obstacles import marks_of, obstacles
from encaisse.collection.queries.orders import reminders_of
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.queries.step_copies import StepCopies
from encaisse.collection.rules.at_once import Wish
from encaisse.collection.rules.facts import SPOKEN
from encaisse.collection.rules.plan import Action
from encaisse.ledger.models import Contact, Customer
from encaisse.ledger.rules.contact_roles import recipients_among
from encaisse.tenancy.journal import Author, facts_changed
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

Status = Reminder.Status


@dataclass(frozen=True, slots=True)
class MassOrder:
    """What a person ordered: how, with which text, and whether it counts in the scenarios.

    `token` names the form: sent twice, it is one order. All its messages carry `at`.
    """

    medium: str
    template_code: str
    counts: bool
    to_level: int | None
    token: str
    at: datetime

    @property
    def wish(self) -> Wish:
        """How the rules read it."""
        return Wish(self.medium, self.to_level)

    @property
    def is_spoken(self) -> bool:
        """True for calls: they are put on the list of what is to be done."""
        return self.medium in SPOKEN

    def as_json(self) -> dict[str, Any]:
        """For the job that carries it out."""
        return {
            "medium": self.medium,
            "template_code": self.template_code,
            "counts": self.counts,
            "to_level": self.to_level,
            "token": self.token,
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        fields = {key: data[key] for key in cls.__slots__ if key != "at"}
        return cls(**fields, at=datetime.fromisoformat(data["at"]))


@transaction.atomic
def write_messages(
    scope: Scope,
    order: MassOrder,
    customer_ids: Collection[int],
    moment: Moment,
    *,
    author: Author,
) -> list[Reminder]:
    """Write the intents of an order for some customers: one per customer and currency.

    Whoever is stopped, contests, has promised… is left out, as the facts are now. A constant number
    of queries for up to five hundred customers. The order itself stands in the journal
    (`collection.ordering.order_messages`); each message gets its line as it leaves.
    """
    company = Company.objects.select_for_update(no_key=True).get(pk=scope.company.pk)
    plan = plan_at_once(scope, moment.today, order.wish, customer_ids=customer_ids)
    writer = _Writer(company, order, moment, author, plan.actions)
    written = writer.insert([one for action in plan.actions if (one := writer.draft(action))])
    if written:
        facts_changed(company.pk)
    return written


def stop_writing(scope: Scope, order: MassOrder, *, now: datetime, author: Author) -> int:
    """Take back what was written of an order before it was stopped; returns how many."""
    ids = reminders_of(scope, order.at, (Status.WAITING, Status.TO_DO))
    return cancel_reminders(scope, ids, now=now, author=author) if ids else 0


@dataclass(frozen=True, slots=True)
class _Draft:
    reminder: Reminder
    action: Action
    text: tuple[str, str]


class _Writer:
    """Turns actions into rows, with what they need fetched once."""

    def __init__(
        self,
        company: Company,
        order: MassOrder,
        moment: Moment,
        author: Author,
        actions: Sequence[Action],
    ) -> None:
        self._company = company
        self._order = order
        self._moment = moment
        self._author = author
        self._texts = Texts(company, order.template_code, order.medium)
        self._book: ScenarioBook = scenario_book(company)
        ids = {action.customer_id for action in actions}
        self._customers = Customer.objects.of(company).in_bulk(ids)
        self._copies = StepCopies(company)
        self._held = obstacles(company, moment.today)
        self._contacts: dict[int, list[Contact]] = {}
        for contact in Contact.objects.filter(customer_id__in=ids).writable().order_by("id"):
            self._contacts.setdefault(contact.customer_id, []).append(contact)
        # The steps that these messages stand for may take the invoices along.
        joining = [action for action in actions if self._joins(action)]
        self._invoices = InvoiceJoiner(company, map(Draft.of, joining))

    def draft(self, action: Action) -> _Draft | None:
        """One message about to be written; None when it has no address or no text."""
        order, customer = self._order, self._customers[action.customer_id]
        recipients = self._recipients(action, customer) if order.medium == "email" else []
        subject, body = self._texts.of(action.step, customer.language)
        if (order.medium == "email" and not recipients) or not (body or order.is_spoken):
            return None
        return _Draft(self._reminder(action, customer, recipients), action, (subject, body))

    def _recipients(self, action: Action, customer: Customer) -> list[str]:
        """The addresses of those who receive the step that the message stands for."""
        chosen = recipients_among(
            self._contacts.get(customer.pk, []),
            roles=action.step.recipient_roles,
            customer_emails=customer.email,
        )
        return [contact.email for contact in chosen]

    def _joins(self, action: Action) -> bool:
        return self._order.medium == "email" and action.step.attach_invoices

    def insert(self, drafts: list[_Draft]) -> list[Reminder]:
        """Write the rows; nothing for those that someone else has just written."""
        if not drafts:
            return []
        try:
            with transaction.atomic():
                return self._insert(drafts)
        except IntegrityError:
            if len(drafts) == 1:
                return []
        for one in drafts:
            one.reminder.pk = None
        return [kept for one in drafts for kept in self.insert([one])]

    def _insert(self, drafts: list[_Draft]) -> list[Reminder]:
        reminders = Reminder.objects.bulk_create([one.reminder for one in drafts])
        lines = [line for one in drafts for line in self._lines(one.reminder, one.action)]
        ReminderLine.objects.bulk_create(lines)
        if not self._order.is_spoken:
            WrittenText.objects.bulk_create(
                WrittenText(
                    reminder_id=one.reminder.pk,
                    subject=one.text[0],
                    body=one.text[1],
                    known=self._known(one.action),
                )
                for one in drafts
            )
        return reminders

    def _known(self, action: Action) -> list[str]:
        """A part of an entry may be promised or contested: that part is not claimed."""
        ids = [claim.entry_id for claim in action.claims]
        return marks_of(self._held, action.customer_id, ids)

    def _reminder(self, action: Action, customer: Customer, recipients: list[str]) -> Reminder:
        company, order, moment = self._company, self._order, self._moment
        token = f"{order.token}|{action.currency}"
        key = key_of(customer, Message(Reminder.Kind.REMINDER, order.medium, token=token))
        scenario = self._book.rules[action.scenario_id]
        reminder = Reminder(
            company=company,
            customer=customer,
            key=key,
            kind=Reminder.Kind.REMINDER,
            level=action.step.level,
            medium=order.medium,
            currency=action.currency,
            amount_minor=action.amount,
            scenario_name=scenario.name if order.counts else "",
            scenario_version=scenario.version,
            day=moment.today,
            since=moment.today,
            is_written=True,
            counts=order.counts,
            status=Status.TO_DO if order.is_spoken else Status.WAITING,
            status_at=moment.now,
            not_before=moment.not_before if order.medium == "email" else None,
            message_id=message_id_of(company, key),
            template_code=self._texts.code_for(action.step),
            recipients=recipients,
            copies=self._copied(action, customer),
            created_at=order.at,
            created_by=self._author.user,
            actor_name=self._author.name,
        )
        if self._joins(action):
            self._invoices.of(Draft.of(action)).go_along(reminder)
        return reminder

    def _copied(self, action: Action, customer: Customer) -> list[str]:
        if self._order.medium != "email":
            return []
        return [email for _name, email in self._copies.of(action.step.copies, customer)]

    def _lines(self, reminder: Reminder, action: Action) -> list[ReminderLine]:
        return written_lines(reminder, action.claims, counts=self._order.counts)
