"""One customer being written to in one way: what the form offers, and what it starts with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.write_message import Message, claimed_on, reached_levels
from encaisse.collection.queries.customers import contacts_of
from encaisse.collection.queries.drafts import Draft, Handwritten
from encaisse.collection.queries.messages import Composer
from encaisse.collection.queries.step_copies import StepCopies
from encaisse.collection.queries.writing import (
    envelope_of,
    open_on_account,
    scenario_of,
    settled_lately,
    texts_for,
)
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.collection.rules.plan import Claim
from encaisse.core.wording import told
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.queries.open_items import Matching
from encaisse.ledger.rules.contact_roles import recipients_among
from encaisse.messaging.rules.content import customer_language
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.web.access import CompanyRequest
from encaisse.web.app.write.choosing import kinds_of, selected, usual_entries, usual_kind
from encaisse.web.app.write.forms import (
    COMPANY,
    MYSELF,
    NO,
    NONE,
    LetterForm,
    MailForm,
    SpokenForm,
    WriteForm,
)
from encaisse.web.app.write.people import writable
from encaisse.web.app.write.texts import step_of, steps_to_choose, usual_text
from encaisse.web.app.write.ways import Way

Kind = Reminder.Kind
_OF_THEIR_OWN = (Kind.STATEMENT, Kind.PRE_DUE)


class Writing:
    """What is known while a message is being written; each part fetched once, where it is used.

    `typed` is the form as it stands; without it, the address says what the message is about.
    """

    def __init__(
        self, request: CompanyRequest, customer: Customer, way: Way, typed: QueryDict | None = None
    ) -> None:
        self.company = request.company
        self.scope = request.scope
        self.user = request.user
        self.on = request.today
        self.customer = customer
        self.way = way
        self._request = request
        self._typed = typed

    @property
    def statement_name(self) -> str:
        """The name of the file of a statement that goes along."""
        return _("releve-%(code)s-%(day)s.pdf") % {
            "code": self.customer.account_code,
            "day": self.on.isoformat(),
        }

    # -- what it is about ----------------------------------------------------------------------

    @cached_property
    def kind(self) -> str:
        """The kind that was chosen, else the usual one for these entries."""
        asked = self._typed.get("kind") if self._typed else self._request.GET.get("type")
        known = {kind for kind, _label in kinds_of(self.way)}
        if asked in known:
            return str(asked)
        return usual_kind(self.open_entries, self._selected, on=self.on)

    @cached_property
    def open_entries(self) -> list[LedgerEntry]:
        """What is open on the account."""
        return open_on_account(self.customer)

    @cached_property
    def offered(self) -> list[LedgerEntry]:
        """The entries to choose from: what was paid lately for thanks, else what is open."""
        if self.kind == Kind.THANKS:
            return settled_lately(self.customer, on=self.on)
        return self.open_entries

    @cached_property
    def ticked(self) -> list[LedgerEntry]:
        """The entries that are ticked."""
        known = {entry.pk: entry for entry in self.offered}
        kept = [] if self._starts_anew else [pk for pk in self._chosen if pk in known]
        if not kept:
            kept = usual_entries(self.kind, self.offered, on=self.on)
        return [known[pk] for pk in kept]

    @property
    def _starts_anew(self) -> bool:
        """True when the kind was just changed from or to one with entries of its own.

        A statement is about everything, a notice before the due date about what is not late.
        """
        was = self._typed.get("was", self.kind) if self._typed else self.kind
        return was != self.kind and not {was, self.kind}.isdisjoint(_OF_THEIR_OWN)

    @cached_property
    def _selected(self) -> frozenset[int]:
        return frozenset() if self._typed else selected(self._request, self.customer)

    @cached_property
    def _chosen(self) -> Sequence[int]:
        if self._typed is None:
            return sorted(self._selected)
        return tuple(int(word) for word in self._typed.getlist("entries") if word.isdecimal())

    # -- what it can be ------------------------------------------------------------------------

    @cached_property
    def scenario(self) -> ScenarioRule | None:
        """The scenario the customer follows."""
        return scenario_of(self.customer)

    @cached_property
    def levels(self) -> dict[int, int]:
        """The level that each ticked debit reaches by default."""
        return reached_levels(self._message)

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """The texts of that kind and medium."""
        if not self.way.has_text:
            return []
        return texts_for(self.company, kind=self.kind, medium=self.way.medium)

    @cached_property
    def text(self) -> str:
        """The code of the text it starts from."""
        asked = self._typed.get("template", "") if self._typed else ""
        if asked in {code for code, _label in self.texts}:
            return asked
        level = max(self.levels.values(), default=1) if self.kind == Kind.REMINDER else 0
        return usual_text(
            self.texts, self.scenario, kind=self.kind, level=level, medium=self.way.medium
        )

    @cached_property
    def contacts(self) -> list[Contact]:
        """The people at the customer's."""
        return contacts_of(self.customer)

    @cached_property
    def step(self) -> StepRule | None:
        """The step of his scenario that the message stands for."""
        level = max(self.levels.values(), default=1) if self.kind == Kind.REMINDER else 0
        return step_of(self.scenario, self.kind, level, text=self.text)

    @property
    def senders(self) -> list[tuple[str, str]]:
        """The names that an e-mail can be sent under, always from the company's address."""
        company = self.company
        own = _("%(name)s (%(company)s)") % {"name": self.user.full_name, "company": company.name}
        return [(MYSELF, own), (COMPANY, company.sender_name or company.name)]

    @property
    def signatories(self) -> list[tuple[str, str]]:
        """Who can sign a letter: oneself, or the company as in its other letters."""
        company = self.company
        return [(MYSELF, self.user.full_name), (COMPANY, company.sender_name or company.name)]

    # -- the form ------------------------------------------------------------------------------

    def filled(self) -> WriteForm:
        """The form as it was sent, to be checked."""
        return self._form(self._typed)

    def fresh(self, *, keeping: Mapping[str, Any] | None = None) -> WriteForm:
        """The form as it starts, with what was typed already in `keeping`."""
        return self._form(None, initial={**self._initial(), **(keeping or {})})

    def restarted(self) -> WriteForm:
        """The form with another text in it, all the rest as it was typed."""
        assert self._typed is not None
        rewritten = ("kind", "template", "entries", "subject", "body", "statement")
        return self.fresh(keeping=_typed(self._typed, but=rewritten))

    def redrawn(self) -> WriteForm:
        """The form as it stands, without a word on what is still missing."""
        assert self._typed is not None
        return self.fresh(keeping=_typed(self._typed, but=("entries",)))

    def _form(self, data: QueryDict | None, **more: Any) -> WriteForm:
        if self.way.is_mail:
            more |= {"senders": self.senders, "own_email": self.user.email}
        elif self.way.is_letter:
            language = customer_language(self.customer.language)
            more |= {"senders": self.signatories, "language": language}
        return _form_of(self.way)(
            data,
            kinds=kinds_of(self.way),
            texts=self.texts or [(NONE, _("Aucun modèle"))],
            steps=steps_to_choose(self.scenario, self.levels.values()),
            offered=self.offered,
            ticked=[entry.pk for entry in self.ticked],
            today=self.on,
            **more,
        )

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {
            "kind": self.kind,
            "template": self.text or NONE,
            "token": uuid4().hex,
        }
        if self.way.is_spoken:
            return {**initial, "done_on": self.on}
        subject, body = self._settled()
        initial |= {"subject": subject, "body": body}
        if self.way.is_letter:
            address = "\n".join(envelope_of(self.customer))
            return {**initial, "sender": MYSELF, "address": address}
        return {
            **initial,
            "sender": MYSELF,
            "recipients": "\n".join(self.addresses),
            "copies": "\n".join(self._copies),
            "statement": Matching.OPEN.value if self.kind == Kind.STATEMENT else NO,
            "invoices": self.step is not None and self.step.attach_invoices,
        }

    @property
    def addresses(self) -> list[str]:
        """To whom such a message goes: those of the step's services, or everybody."""
        chosen = recipients_among(
            writable(self.contacts),
            roles=self.step.recipient_roles if self.step else (),
            customer_emails=self.customer.email,
        )
        return [contact.email for contact in chosen]

    @property
    def _copies(self) -> list[str]:
        """Who gets a copy of the step."""
        copies = self.step.copies if self.step else ()
        return [email for _name, email in StepCopies(self.company).of(copies, self.customer)]

    def _settled(self) -> tuple[str, str]:
        """The text it starts from, ready to be edited; empty when there is none that works."""
        draft = self._from_text
        try:
            return self._composer(draft).settle(draft) if self.text else ("", "")
        except TemplateRefused:
            return "", ""

    # -- as it would leave ---------------------------------------------------------------------

    def draft(self, message: Message) -> Draft:
        """A message as the composer takes it; without a subject nor a body, its template's."""
        levels = reached_levels(message)
        claims = tuple(
            Claim(entry.pk, claimed_on(entry, message.kind), 0, levels.get(entry.pk, 0), 0,
                  entry.remaining_minor < 0)
            for entry in message.entries
        )  # fmt: skip
        written = Handwritten(
            message.subject,
            message.body,
            message.recipients,
            message.copies,
            message.address,
            sender_name=message.sender_name,
            reply_to=message.reply_to,
        )
        return Draft(
            self.customer.pk,
            message.entries[0].currency if message.entries else self.company.base_currency,
            message.kind,
            max(levels.values(), default=0) if message.kind == Kind.REMINDER else 0,
            message.medium,
            message.template_code,
            claims,
            user=self.user,
            written=written if message.subject or message.body else None,
        )

    def script(self) -> tuple[str, str]:
        """What can be said, as the chosen text has it, or why it cannot be written."""
        draft = self._from_text
        try:
            composed = self._composer(draft).compose(draft) if self.text else None
        except TemplateRefused as refusal:
            return "", told(refusal, _)
        return composed.rendered.text if composed else "", ""

    def known_values(self) -> dict[str, str | bool | None]:
        """The value of every placeholder, for this customer and these entries."""
        draft = self._from_text
        data = self._composer(draft).facts(draft)
        table = _("tableau de %(count)d lignes") % {"count": len(self.ticked)}
        return {
            **data.values,
            "tableau": table if data.table and data.table.rows else "",
            "rib": data.bank.iban if data.bank else "",
            "qr_virement": _("image") if data.bank and self.way.is_letter else "",
            "logo": _("image") if data.logo else "",
        }

    @cached_property
    def _from_text(self) -> Draft:
        """The message as its template has it, before anybody writes in it."""
        return self.draft(replace(self._message, template_code=self.text))

    @cached_property
    def _message(self) -> Message:
        return Message(
            kind=self.kind, medium=self.way.medium, entries=self.ticked, scenario=self.scenario
        )

    def _composer(self, draft: Draft) -> Composer:
        return Composer(self.company, self.on, [draft], customers=[self.customer])


def _form_of(way: Way) -> type[WriteForm]:
    if way.is_mail:
        return MailForm
    return LetterForm if way.is_letter else SpokenForm


def _typed(typed: QueryDict, *, but: Sequence[str]) -> dict[str, Any]:
    """What was typed, and which boxes are ticked: an empty one is not sent at all."""
    kept: dict[str, Any] = {key: str(typed[key]) for key in typed if key not in but}
    return kept | {key: key in typed for key in ("answers_to_me", "invoices")}
