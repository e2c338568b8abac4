"""What became of the reminders of a past day: sent, posted, called – or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from encaisse.collection.models import Reminder
from encaisse.collection.operations.deliver import sender_address
from encaisse.collection.operations.effects import fail_reminder, take_effects
from encaisse.collection.operations.print_letters import print_waiting_letters
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composed, Composer
from encaisse.collection.rules.plan import Action
from encaisse.demo.stage import Stage
from encaisse.ledger.models import Customer
from encaisse.ledger.operations.contacts import mark_invalid
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

Status = Reminder.Status
_EFFECT = {"email": Status.SENT, "letter": Status.POSTED, "registered_letter": Status.POSTED}
# The letters of the last days get their file; making one takes a while.
_PRINTED_DAYS = 10
_CALLS = (
    "Message laissé sur le répondeur.",
    "Le règlement partirait en fin de semaine.",
    "La comptable est absente, rappeler lundi.",
    "Facture non reçue d’après eux\u00a0: renvoyée par e-mail.",
    "Facture bonne à payer, en attente de signature.",
    "Standard fermé, à rappeler le matin.",
    "Demande un délai, sans date précise.",
)
_REFUSED = "550 5.1.1 Adresse inconnue sur ce serveur."
_BROKEN = (
    "La connexion a été coupée avant la réponse du serveur\u00a0: vérifiez si le message est parti."
)


@dataclass(frozen=True, slots=True)
class When:
    """A past day, its moment, and whose hands."""

    on: date
    now: datetime
    author: Author


@dataclass(slots=True)
class Outcomes:
    """Ends the reminders of one company, day after day."""

    company: Company
    customers: Mapping[int, Customer]
    stage: Stage
    rng: Random = field(default_factory=lambda: Random(7))  # noqa: S311 — a demonstration

    def take(self, reminders: Sequence[Reminder], when: When) -> None:
        """Write what each reminder said, and let it take effect on that day."""
        if not reminders:
            return
        drafts = [Draft.of(_action(reminder), when.author.user) for reminder in reminders]
        composer = Composer(self.company, when.on, drafts)
        for reminder, draft in zip(reminders, drafts, strict=True):
            reminder.customer = self.customers[reminder.customer_id]
            if reminder.medium in _EFFECT:
                self._write(reminder, composer.compose(draft))
        self._print(reminders, when)
        self._succeed([row for row in reminders if self._ending(row) is None], when)
        for reminder in reminders:
            self._end(reminder, when)

    def _write(self, reminder: Reminder, composed: Composed) -> None:
        by_mail = reminder.medium == "email"
        rendered = composed.rendered
        addresses = [email for _name, email in composed.recipients]
        reminder.recipients = addresses if by_mail else list(composed.address_lines)
        Reminder.objects.filter(pk=reminder.pk).update(
            sender=sender_address(self.company) if by_mail else "",
            recipients=reminder.recipients,
            subject=rendered.subject[:500],
            content_html=rendered.html,
            content_text=rendered.text,
            language=composed.language,
            template_version=composed.template_version,
            attempts=int(by_mail),
        )

    def _print(self, reminders: Sequence[Reminder], when: When) -> None:
        """The files of the day's letters, unless it is long ago."""
        letters = [row for row in reminders if row.medium in _EFFECT and row.medium != "email"]
        if not letters or (self.stage.today - when.on).days > _PRINTED_DAYS:
            return
        print_waiting_letters(self.company, clock=lambda: when.now)
        for reminder in letters:
            reminder.status = Status.PRINTED

    def _ending(self, reminder: Reminder) -> str | None:
        key = (reminder.customer.account_code, reminder.medium)
        return self.stage.endings.get(key) if reminder.kind == "reminder" else None

    def _end(self, reminder: Reminder, when: When) -> None:
        ending = self._ending(reminder)
        if ending == Status.FAILED:
            fail_reminder(
                reminder, why=_REFUSED, now=when.now, author=when.author, was=(reminder.status,)
            )
            mark_invalid(self.company, reminder.recipients, now=when.now)
        elif ending == Status.UNKNOWN:
            Reminder.objects.filter(pk=reminder.pk).update(
                status=ending, status_at=when.now, error=_BROKEN
            )

    def _succeed(self, reminders: Sequence[Reminder], when: When) -> None:
        by_status: dict[str, list[Reminder]] = {}
        for reminder in reminders:
            status = _EFFECT.get(reminder.medium, Status.NOTED)
            by_status.setdefault(status, []).append(reminder)
            if status == Status.NOTED:
                Reminder.objects.filter(pk=reminder.pk).update(comment=self.rng.choice(_CALLS))
        for reached, some in by_status.items():
            take_effects(some, status=reached, on=when.on, now=when.now, author=when.author)


def _action(reminder: Reminder) -> Action:
    """What a reminder that was just prepared was made of."""
    action: Action = reminder.planned  # type: ignore[attr-defined]
    return action
