"""A message that a person writes to one customer: checked, kept as an intent, then delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import EntryFollowUp, Reminder, ReminderLine, WrittenText
from encaisse.collection.operations.attachments import Attached, check_attached
from encaisse.collection.operations.effects import take_effect
from encaisse.collection.operations.prepare import Moment, line_of, message_id_of
from encaisse.collection.queries.obstacles import marks_of, obstacles
from encaisse.collection.rules.facts import LETTERS, SPOKEN, TOP_LEVEL, ScenarioRule
from encaisse.collection.rules.plan import Claim
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.queries.contacts import unwilling_among
from encaisse.messaging.mail import MailRefused, ascii_address
from encaisse.messaging.rules.rendering import check_template
from encaisse.tenancy.journal import Author, facts_changed, record_event

Kind = Reminder.Kind
Status = Reminder.Status


class MessageRefused(Exception):
    """The message cannot leave; `field` is what to correct, the text is for the user."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote.

    `entries` are those it is about, credits included, all in one currency. `token` names the form
    it was typed in: sent twice, it is one message. With `counts`, the entries move to the next
    active step of `scenario`, or to `to_level`. `done_on` is the day of a call made earlier.
    `sender_name` and `reply_to` are those of an e-mail when they are not the company's.
    """

    kind: str
    medium: str
    entries: Sequence[LedgerEntry] = ()
    subject: str = ""
    body: str = ""
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    template_code: str = ""
    comment: str = ""
    counts: bool = True
    to_level: int | None = None
    token: str = ""
    scenario: ScenarioRule | None = None
    done_on: date | None = None
    sender_name: str = ""
    reply_to: str = ""


@transaction.atomic
def write_message(
    customer: Customer, message: Message, moment: Moment, *, author: Author
) -> Reminder:
    """Keep the message as an intent: a mail or a letter leaves by its job, a call is done.

    Raises MessageRefused, naming the field to correct.
    """
    check_message(customer, message)
    if message.done_on is not None and message.done_on > moment.today:
        raise MessageRefused(_("Cette date n’est pas encore passée."), "done_on")
    if earlier := written_before(customer, message):
        return earlier
    reminder = _reminder(customer, message, moment, author)
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
            ReminderLine.objects.bulk_create(_lines(reminder, message))
    except IntegrityError as error:
        raise MessageRefused(
            _("Une relance de ce niveau est déjà faite ou en cours pour l’une de ces pièces."),
            "to_level",
        ) from error
    if message.medium in SPOKEN:
        take_effect(reminder, status=Status.NOTED, on=reminder.day, now=moment.now, author=author)
        return reminder
    WrittenText.objects.create(
        reminder=reminder,
        subject=message.subject,
        body=message.body,
        address="\n".join(message.address),
        sender_name=message.sender_name[:200],
        reply_to=message.reply_to,
        known=marks_of(
            obstacles(customer.company, moment.today),
            customer.pk,
            [entry.pk for entry in message.entries],
        ),
    )
    record_event(
        "message.written",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=moment.now,
        reminder=reminder.pk,
        medium=message.medium,
        about=message.kind,
        recipients=list(message.recipients),
        counts=message.counts,
    )
    facts_changed(customer.company_id)
    return reminder


def written_before(customer: Customer, message: Message) -> Reminder | None:
    """What came of the same form, if it was sent already. Inside the caller's transaction.

    One message to a customer is written at a time, so a form sent twice at once finds the first.
    """
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    sent = Reminder.objects.filter(key=key_of(customer, message))
    return sent.exclude(status__in=Reminder.DEAD).first()


def check_message(customer: Customer, message: Message) -> None:
    """Raises MessageRefused for what is missing or wrong in it, the first fault only."""
    entries = message.entries
    if any(entry.customer_id != customer.pk for entry in entries):
        raise MessageRefused(_("Ces pièces appartiennent à un autre client."), "entries")
    if len({entry.currency for entry in entries}) > 1:
        raise MessageRefused(_("Un message porte sur une seule devise."), "entries")
    if message.kind in Reminder.CLAIMING:
        if not any(entry.remaining_minor > 0 for entry in entries):
            raise MessageRefused(_("Choisissez au moins une pièce qui reste due."), "entries")
        if sum(entry.remaining_minor for entry in entries) <= 0:
            raise MessageRefused(
                _("Avec les avoirs choisis, le client ne doit rien sur ces pièces."), "entries"
            )
    if message.medium == "email":
        _check_mail(customer, message)
    if message.medium in LETTERS and not (message.address or customer.has_postal_address()):
        raise MessageRefused(_("Donnez l’adresse postale du destinataire."), "address")
    if message.medium not in SPOKEN:
        _check_text(message)


def _check_mail(customer: Customer, message: Message) -> None:
    if not message.recipients:
        raise MessageRefused(_("Donnez au moins un destinataire."), "recipients")
    for field, addresses in (("recipients", message.recipients), ("copies", message.copies)):
        for address in addresses:
            try:
                ascii_address(address)
            except MailRefused as refusal:
                raise MessageRefused(str(refusal), field) from refusal
        if refusing := unwilling_among(customer, addresses):
            raise MessageRefused(
                _("%(email)s a demandé qu’on ne lui écrive plus.") % {"email": refusing[0]}, field
            )
    check_attached(message.attachments)


def _check_text(message: Message) -> None:
    if not message.subject.strip():
        raise MessageRefused(_("Donnez un objet au message."), "subject")
    if not message.body.strip():
        raise MessageRefused(_("Le message est vide."), "body")
    faults = check_template(message.subject, message.body)
    if faults:
        raise MessageRefused(" ".join(fault.said(_) for fault in faults), "body")


def key_of(customer: Customer, message: Message) -> str:
    """What makes a message the same one: the form it was typed in."""
    token = message.token or uuid4().hex
    return sha256(f"written|{customer.company_id}|{customer.pk}|{token}".encode()).hexdigest()


def _reminder(customer: Customer, message: Message, moment: Moment, author: Author) -> Reminder:
    company = customer.company
    key = key_of(customer, message)
    amount = sum(claimed_on(entry, message.kind) for entry in message.entries)
    currency = message.entries[0].currency if message.entries else company.base_currency
    levels = reached_levels(message).values()
    return Reminder(
        company=company,
        customer=customer,
        key=key,
        kind=message.kind,
        level=max(levels, default=0) if message.kind == Kind.REMINDER else 0,
        medium=message.medium,
        currency=currency,
        amount_minor=amount,
        scenario_name=message.scenario.name if message.scenario and message.counts else "",
        scenario_version=message.scenario.version if message.scenario else 1,
        day=message.done_on or moment.today,
        since=message.done_on or moment.today,
        is_written=True,
        counts=message.counts,
        attachments=[file.as_json() for file in message.attachments],
        status=Status.TO_DO if message.medium in SPOKEN else Status.WAITING,
        status_at=moment.now,
        not_before=moment.not_before if message.medium == "email" else None,
        message_id=message_id_of(company, key),
        template_code=message.template_code,
        recipients=list(message.recipients or message.address),
        copies=list(message.copies),
        # Shown once it is filled: until then, a subject with placeholders says nothing.
        subject="" if "{" in message.subject or "%" in message.subject else message.subject[:500],
        comment=message.comment,
        created_at=moment.now,
        created_by=author.user,
        actor_name=author.name,
    )


def claimed_on(entry: LedgerEntry, kind: str) -> int:
    """What a message says of an entry: what remains due, or for thanks what was paid."""
    return entry.amount_minor if kind == Kind.THANKS else entry.remaining_minor


def reached_levels(message: Message) -> dict[int, int]:
    """The level that each debit reaches with this message, by entry; one query."""
    follow_ups = EntryFollowUp.objects.in_bulk([entry.pk for entry in message.entries])
    found = {}
    for entry in message.entries:
        if entry.remaining_minor > 0:
            follow_up = follow_ups.get(entry.pk)
            present = follow_up.level if follow_up else 0
            reached = _next_level(message, present)
            found[entry.pk] = min(TOP_LEVEL, max(present, reached))
    return found


def _next_level(message: Message, present: int) -> int:
    """The chosen level, else the scenario's next active step; beyond its last one, one more."""
    if message.to_level is not None:
        return message.to_level
    steps = message.scenario.reminders if message.scenario else ()
    above = [step.level for step in steps if step.is_active and step.level > present]
    return min(above, default=present + 1)


def _lines(reminder: Reminder, message: Message) -> list[ReminderLine]:
    follow_ups = EntryFollowUp.objects.in_bulk([entry.pk for entry in message.entries])
    reached = reached_levels(message) if message.kind == Kind.REMINDER else {}
    claims = []
    for entry in message.entries:
        follow_up = follow_ups.get(entry.pk)
        present, cycle = (follow_up.level, follow_up.cycle) if follow_up else (0, 0)
        after = reached.get(entry.pk, present)
        amount, is_credit = claimed_on(entry, message.kind), entry.remaining_minor < 0
        claims.append(Claim(entry.pk, amount, present, after, cycle, is_credit))
    counts = message.counts and message.kind != Kind.STATEMENT
    return written_lines(reminder, claims, counts=counts)


def written_lines(
    reminder: Reminder, claims: Sequence[Claim], *, counts: bool
) -> list[ReminderLine]:
    """The rows of what a person claims; where it counts, what moves no level takes no step."""
    if not counts:
        stays = [claim._replace(level_after=claim.level_before) for claim in claims]
        return [line_of(reminder, claim, reminder.kind, is_live=False) for claim in stays]
    moves = reminder.kind == Kind.REMINDER
    return [
        line_of(
            reminder,
            claim,
            reminder.kind,
            is_live=not moves or claim.is_credit or claim.level_after > claim.level_before,
        )
        for claim in claims
    ]
