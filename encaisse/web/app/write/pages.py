"""What the forms show around what is typed: warnings, what was joined, the placeholders."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.operations.attachments import (
    MOST_FILES,
    Attached,
    attached_to,
    is_token,
)
from encaisse.collection.operations.deliver import sender_address
from encaisse.collection.queries.commitments import Commitments, commitments_of
from encaisse.collection.queries.customers import offered_dispute_reasons
from encaisse.collection.queries.plan_lines import phones_of
from encaisse.collection.queries.writing import written_today
from encaisse.core.dates import short_date
from encaisse.ledger.models import Contact, Customer
from encaisse.messaging.rules.placeholders import CATALOGUE
from encaisse.tenancy.models import Company
from encaisse.web.app.plan.forms import CallForm
from encaisse.web.app.write.forms import NEXT, WriteForm
from encaisse.web.app.write.ways import WAYS, Way
from encaisse.web.app.write.writing import Writing
from encaisse.web.language import shown_amount

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
        return _("%(count)s, %(size)s sur 15 Mo") % {"count": counted, "size": size_of(total)}


@dataclass(frozen=True, slots=True)
class Offered:
    """A placeholder that can be inserted, with what it says for this customer."""

    name: str
    label: str
    value: str


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
    def sender(self) -> str:
        """The name and the address that mails leave from."""
        company = self.writing.company
        return f"{company.sender_name or company.name} <{sender_address(company)}>"

    @property
    def reply_to(self) -> str:
        """Where answers arrive."""
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
        return [contact for contact in self.writing.contacts if contact.email]

    @cached_property
    def joined(self) -> Joined:
        """The files of the form."""
        return joined_to(self.writing.company, str(self.form["token"].value() or ""))

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
        return _("%(size)d Ko") % {"size": -(-size // 1024)}
    tenths = size * 10 // (1024 * 1024)
    return _("%(size)s Mo") % {"size": f"{tenths // 10},{tenths % 10}"}
