"""What the forms show around what is typed: warnings, what was joined, the placeholders."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import (
    MOST_FILES,
    Attached,
    attached_to,
    is_token,
)
from encaisse.collection.operations.deliver import sender_address
from encaisse.collection.operations.joined_invoices import JoinedInvoices, joined_invoices
from encaisse.collection.queries.commitments import Commitments, commitments_of
from encaisse.collection.queries.motives import offered_dispute_reasons
from encaisse.collection.queries.plan_lines import phones_of
from encaisse.collection.queries.reminders import actors
from encaisse.collection.queries.writing import written_today
from encaisse.core.dates import short_date
from encaisse.ledger.models import Contact, Customer
from encaisse.messaging.rules.placeholders import CATALOGUE
from encaisse.tenancy.models import Company
from encaisse.web.app.plan.forms import CallForm
from encaisse.web.app.write.forms import NEXT, NO, WriteForm, addresses_in
from encaisse.web.app.write.people import Person, colleagues, others
from encaisse.web.app.write.ways import WAYS, Way
from encaisse.web.app.write.writing import Writing
from encaisse.web.language import shown_amount, shown_number

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before one goes on."""

    icon: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """The files of a form."""

    files: Sequence[Attached]
    token: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Each file: its name and its size."""
        return [(file.name, size_of(file.size)) for file in self.files]

    @property
    def is_full(self) -> bool:
        """True when no other file can be joined."""
        return len(self.files) >= MOST_FILES

    @property
    def room(self) -> str:
        """« 2 fichiers, 340 Ko sur 15 Mo »."""
        total = sum(file.size for file in self.files)
        words = ngettext("%(count)d fichier", "%(count)d fichiers", len(self.files))
        counted = words % {"count": len(self.files)}
        return _("%(count)s, %(size)s sur 15 Mo") % {"count": counted, "size": size_of(total)}


@dataclass(frozen=True, slots=True)
class InvoicesOffer:
    """The PDF files that there are for some entries, beside the files of the form."""

    found: JoinedInvoices
    joined: Joined

    @property
    def words(self) -> str:
        """« 2 sur 3, 340 Ko »."""
        if not self.found.files:
            return _("aucun PDF connu pour ces pièces")
        return _("%(known)d sur %(all)d, %(size)s") % {
            "known": len(self.found.files),
            "all": self.found.count,
            "size": size_of(self.found.size),
        }

    @property
    def missing(self) -> str:
        """The documents without a file."""
        return ", ".join(self.found.missing) if self.found.files else ""

    @property
    def is_too_much(self) -> bool:
        """True when a message could not carry them all."""
        return not self.found.fits(self.joined.files)


@dataclass(frozen=True, slots=True)
class Offered:
    """A placeholder that can be inserted, with what it says for this customer.

    `condition` replaces it for one that is tested, never printed.
    """

    name: str
    label: str
    value: str
    condition: str = ""

    @property
    def inserts(self) -> str:
        """What it puts into the text."""
        return self.condition or f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class WritePage:
    """The form in one way, and everything around it."""

    writing: Writing
    form: WriteForm
    call: CallForm | None = None

    @property
    def way(self) -> Way:
        """How the customer is reached."""
        return self.writing.way

    @property
    def ways(self) -> Sequence[Way]:
        """All the ways, to change one's mind."""
        return tuple(WAYS.values())

    @property
    def customer(self) -> Customer:
        """To whom it is written."""
        return self.writing.customer

    @property
    def has_scenario(self) -> bool:
        """True when the message can count in a scenario."""
        return self.writing.scenario is not None

    @property
    def scenario_name(self) -> str:
        """The scenario the customer follows."""
        return self.writing.scenario.name if self.writing.scenario else ""

    @property
    def has_other_step(self) -> bool:
        """True when another step than the next one was chosen, or refused."""
        field = self.form["to_level"]
        return field.value() != NEXT or bool(field.errors)

    @property
    def amount(self) -> tuple[tuple[str, int], ...]:
        """What the ticked entries come to, by currency."""
        sums: dict[str, int] = {}
        for choice in self.form.choices:
            if choice.is_ticked:
                entry = choice.entry
                minor = entry.remaining_minor or entry.amount_minor
                sums[entry.currency] = sums.get(entry.currency, 0) + minor
        return tuple(sums.items())

    @property
    def announced_late(self) -> int:
        """How many of the ticked entries are late, although the message announces a due date."""
        if self.writing.kind != Reminder.Kind.PRE_DUE:
            return 0
        return sum(choice.is_ticked and choice.days_late > 0 for choice in self.form.choices)

    @property
    def sender_address(self) -> str:
        """The address that mails leave from."""
        return sender_address(self.writing.company)

    @property
    def reply_to(self) -> str:
        """Where answers arrive, unless one asks for them."""
        company = self.writing.company
        return company.reply_to or company.sender_email

    @property
    def can_send(self) -> bool:
        """False while the company has no sender."""
        return not self.way.is_mail or self.writing.company.can_send_mail()

    @property
    def undo_seconds(self) -> int:
        """How long a mail can still be taken back."""
        return settings.UNDO_SECONDS

    @property
    def contacts(self) -> list[Contact]:
        """The people to whom it can be addressed."""
        return [person.contact for person in others(self.writing.contacts, ())
                if person.can_be_added]  # fmt: skip

    @property
    def names(self) -> list[tuple[str, str]]:
        """The people to whose attention a letter can go, with what they do."""
        return [(one.name, one.role) for one in self.writing.contacts if one.name]

    @cached_property
    def others(self) -> list[Person]:
        """The people who are not among the recipients, with why some are left alone."""
        return others(
            self.writing.contacts, addresses_in(str(self.form["recipients"].value() or ""))
        )

    @cached_property
    def colleagues(self) -> list[tuple[str, str]]:
        """The people of the company, to send them a copy."""
        return colleagues(actors(self.writing.scope))

    @cached_property
    def invoices(self) -> InvoicesOffer:
        """The PDF files of the ticked entries."""
        entries = [choice.entry for choice in self.form.choices if choice.is_ticked]
        found = joined_invoices(self.writing.company, entries, customer=self.customer)
        return InvoicesOffer(found, self.joined)

    @cached_property
    def joined(self) -> Joined:
        """The files of the form."""
        return joined_to(self.writing.company, str(self.form["token"].value() or ""))

    @property
    def going_along(self) -> list[str]:
        """The names of the files that the mail takes along: its own, the statement, invoices."""
        names = [file.name for file in self.joined.files]
        if self.form["statement"].value() not in (None, "", NO):
            names.append(self.writing.statement_name)
        if self._takes_invoices:
            names += [file.name for file in self.invoices.found.files]
        return names

    @property
    def going_without(self) -> str:
        """The documents whose file is not known, where the invoices are asked."""
        return ", ".join(self.invoices.found.missing) if self._takes_invoices else ""

    @property
    def _takes_invoices(self) -> bool:
        return bool(self.form["invoices"].value())

    @cached_property
    def phones(self) -> list[tuple[str, str]]:
        """The numbers to call: whose, and the number."""
        return phones_of(self.customer)

    @cached_property
    def motives(self) -> list[str]:
        """What customers contest."""
        return offered_dispute_reasons(self.writing.company)

    @cached_property
    def script(self) -> tuple[str, str]:
        """What can be said, or why it cannot be written."""
        return self.writing.script()

    @cached_property
    def placeholders(self) -> list[tuple[str, list[Offered]]]:
        """Those that say something for this customer, by group."""
        values = self.writing.known_values()
        groups: dict[str, list[Offered]] = {}
        for one in CATALOGUE.values():
            value = values.get(one.name)
            if one.kind == "flag" or not isinstance(value, str) or not value.strip():
                continue
            shown = " · ".join(value.split("\n"))
            if len(shown) > _LONGEST_VALUE:
                shown = f"{shown[:_LONGEST_VALUE]}…"
            groups.setdefault(_(one.group), []).append(Offered(one.name, one.label.said(_), shown))
        return list(groups.items())

    @cached_property
    def warnings(self) -> list[Warned]:
        """What advises against writing; the user may go on, knowingly."""
        commitments = commitments_of(self.customer, on=self.writing.on)
        return [*_stops(commitments), *_said(commitments), *self._written_today()]

    def _written_today(self) -> list[Warned]:
        earlier = written_today(self.customer, on=self.writing.on)
        if not earlier:
            return []
        words = [
            _("%(kind)s par %(medium)s (%(who)s)")
            % {
                "kind": one.get_kind_display().lower(),
                "medium": one.get_medium_display().lower(),
                "who": one.actor_name,
            }
            for one in earlier
        ]
        return [
            Warned(
                "clock", _("Il a déjà été contacté aujourd’hui."), ", ".join(dict.fromkeys(words))
            )
        ]


def _stops(commitments: Commitments) -> list[Warned]:
    if commitments.stop:
        return [Warned("no-symbol", _("Ce client est en STOP."), commitments.stop.reason)]
    if commitments.entry_stops:
        names = ", ".join(str(hold.entry) for hold in commitments.entry_stops)
        return [Warned("no-symbol", _("Des pièces sont en STOP."), names)]
    return []


def _said(commitments: Commitments) -> list[Warned]:
    found = []
    if commitments.disputes:
        reasons = ", ".join(dict.fromkeys(one.dispute.reason for one in commitments.disputes))
        found.append(Warned("scale", _("Un litige est ouvert."), reasons))
    for one in commitments.running_promises:
        promise = one.promise
        words = {
            "amount": shown_amount(promise.amount_minor, promise.currency),
            "day": short_date(promise.promised_date),
        }
        detail = _("%(amount)s pour le %(day)s") % words
        found.append(Warned("hand-raised", _("Une promesse est en cours."), detail))
    return found


def joined_to(company: Company, token: str) -> Joined:
    """The files of a form, none under a name that no form has."""
    return Joined(attached_to(company, token) if is_token(token) else [], token)


def size_of(size: int) -> str:
    """« 340 Ko », « 2,4 Mo »."""
    if size < 1024 * 1024:
        return _("%(size)d Ko") % {"size": -(-size // 1024)}
    tenths = Decimal(size * 10 // (1024 * 1024))
    return _("%(size)s Mo") % {"size": shown_number(tenths / 10, 1)}
