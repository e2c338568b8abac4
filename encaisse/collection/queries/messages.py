"""What each message says: the facts of many drafts, gathered in a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from encaisse.collection.models import CustomerFollowUp, LevelChange, Reminder, ReminderLine, Step
from encaisse.collection.rules.plan import Action, Claim
from encaisse.core.dates import long_date, short_date
from encaisse.core.money import format_amount
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.content import BankDetails, EntryRow, EntryTable, MessageData
from encaisse.messaging.rules.rendering import Rendered, TemplateRefused, render, settle
from encaisse.tenancy.models import Company, User

# The customer is asked to pay within a week (law.md 5.2).
DAYS_TO_PAY = 8
_CHUNK = 400
Values = dict[str, str | bool | None]


class Handwritten(NamedTuple):
    """What a person wrote: the text with its placeholders, and to whom exactly."""

    subject: str
    body: str
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    # The lines of a letter's envelope; none means the customer's own.
    address: tuple[str, ...] = ()


class Draft(NamedTuple):
    """A message about to be written: what is due, and which step says how."""

    customer_id: int
    currency: str
    kind: str
    level: int
    medium: str
    template_code: str
    claims: tuple[Claim, ...]
    pre_due: tuple[Claim, ...] = ()
    step_id: int | None = None
    user: User | None = None
    written: Handwritten | None = None

    @classmethod
    def of(cls, action: Action, user: User | None = None) -> "Draft":
        """The draft of a planned action."""
        step = action.step
        return cls(
            action.customer_id,
            action.currency,
            step.kind,
            step.level,
            step.medium,
            step.template_code,
            action.claims,
            action.pre_due,
            step.id,
            user,
        )

    @classmethod
    def of_reminder(
        cls,
        reminder: Reminder,
        claims: Iterable[Claim],
        *,
        pre_due: Iterable[Claim] = (),
        written: Handwritten | None = None,
    ) -> "Draft":
        """The draft of an intent, with what it claims."""
        return cls(
            reminder.customer_id,
            reminder.currency,
            reminder.kind,
            reminder.level,
            reminder.medium,
            reminder.template_code,
            tuple(claims),
            tuple(pre_due),
            reminder.step_id,
            reminder.created_by,
            written,
        )


def claim_of(line: ReminderLine) -> Claim:
    """What a line of an intent claims."""
    return Claim(
        line.entry_id,
        line.claimed_minor,
        line.level_before,
        line.level_after,
        line.cycle,
        line.is_credit,
    )


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to leave. `recipients` and `copies` are (name, address) pairs."""

    customer: Customer
    rendered: Rendered
    data: MessageData
    language: Literal["fr", "en"]
    template_version: int
    address_lines: tuple[str, ...]
    on: date
    recipients: tuple[tuple[str, str], ...] = ()
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Known:
    customers: dict[int, Customer] = field(default_factory=dict)
    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    entries: dict[int, list[LedgerEntry]] = field(default_factory=dict)
    reminded: dict[int, tuple[date, date]] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)


class Composer:
    """Writes the messages of some drafts of one company, as of a day."""

    def __init__(
        self,
        company: Company,
        on: date,
        drafts: Sequence[Draft],
        *,
        customers: Iterable[Customer] = (),
    ) -> None:
        """`customers` are those whom the caller has at hand already."""
        self.company = company
        self._on = on
        self._known = _gather(company, drafts, {customer.pk: customer for customer in customers})
        codes = {draft.template_code for draft in drafts}
        texts = MessageTemplate.objects.filter(company=company, code__in=codes)
        self._templates = {(row.code, row.language): row for row in texts}
        self._of_sender: dict[User | None, Values] = {}
        self._of_day: dict[str, Values] = {}
        self._steps = Step.objects.in_bulk({draft.step_id for draft in drafts if draft.step_id})

    def compose(self, draft: Draft) -> Composed:
        """The message of a draft. Raises TemplateRefused with a sentence for the user."""
        customer = self._known.customers[draft.customer_id]
        if draft.written is not None:
            return self._compose_written(draft, customer, draft.written)
        step = self._steps.get(draft.step_id or 0)
        recipients = _recipients(self._known.contacts.get(customer.pk, []), step)
        language = self._language(customer)
        template = self._template(draft, language)
        data = self._data(draft, customer, recipients, language)
        return Composed(
            customer=customer,
            rendered=render(template.subject, template.body, data),
            data=data,
            language=language,
            template_version=template.version,
            address_lines=self._address(customer),
            on=self._on,
            recipients=tuple((contact.name, contact.email) for contact in recipients),
            copies=tuple(("", line) for line in step.copies.split()) if step else (),
        )

    def facts(self, draft: Draft) -> MessageData:
        """What a draft can say: the value of every placeholder."""
        customer = self._known.customers[draft.customer_id]
        recipients = self._known.contacts.get(customer.pk, [])
        return self._data(draft, customer, recipients, self._language(customer))

    def settle(self, draft: Draft) -> tuple[str, str]:
        """The subject and the body of a draft's template, for a person who goes on writing.

        Its conditions are decided, its placeholders are still there. Raises TemplateRefused.
        """
        data = self.facts(draft)
        template = self._template(draft, data.language)
        return settle(template.subject, template.body, data)

    def _compose_written(self, draft: Draft, customer: Customer, written: Handwritten) -> Composed:
        """A message whose text and recipients a person chose."""
        known = {
            contact.email.casefold(): contact
            for contact in self._known.contacts.get(customer.pk, [])
        }
        recipients = [
            known.get(email.casefold()) or Contact(email=email) for email in written.recipients
        ]
        language = self._language(customer)
        data = self._data(draft, customer, recipients, language)
        return Composed(
            customer=customer,
            rendered=render(written.subject, written.body, data),
            data=data,
            language=language,
            template_version=0,
            address_lines=written.address or self._address(customer),
            on=self._on,
            recipients=tuple((contact.name, contact.email) for contact in recipients),
            copies=tuple(("", email) for email in written.copies),
        )

    def _language(self, customer: Customer) -> Literal["fr", "en"]:
        return "fr" if customer.language.lower().startswith("fr") else "en"

    def _template(self, draft: Draft, language: str) -> MessageTemplate:
        for wanted in (language, self.company.language, "fr", "en"):
            if template := self._templates.get((draft.template_code, wanted)):
                return template
        raise TemplateRefused(
            _("Le modèle « %(code)s » n’existe pas : choisissez-en un autre dans le scénario.")
            % {"code": draft.template_code or "?"}
        )

    def _address(self, customer: Customer) -> tuple[str, ...]:
        typed = self._known.addresses.get(customer.pk, "")
        if typed and not customer.has_postal_address():
            return (customer.legal_name, *typed.splitlines())
        return tuple(customer.address_lines())

    def _data(
        self,
        draft: Draft,
        customer: Customer,
        recipients: Sequence[Contact],
        language: Literal["fr", "en"],
    ) -> MessageData:
        table = self._table(draft)
        amount = sum(claim.amount for claim in draft.claims)
        values: Values = {
            **self._customer_values(customer, recipients, language),
            **self._sender_values(draft),
            **self._amount_values(draft, table, language),
            **self._date_values(draft, language),
        }
        return MessageData(
            language, draft.currency, values, table, self._bank(), amount, self._reference(draft)
        )

    def _table(self, draft: Draft) -> EntryTable:
        claimed = {claim.entry_id: claim for claim in draft.claims}
        rows, credits, others = [], [], []
        for entry in self._entries(draft):
            claim = claimed.get(entry.pk)
            if claim is None:
                if entry.remaining_minor > 0:
                    others.append(self._row(entry, entry.remaining_minor, 0))
            elif claim.is_credit:
                credits.append(self._row(entry, claim.amount, 0))
            elif draft.kind == "thanks":
                rows.append(self._row(entry, 0, 0))
            else:
                rows.append(self._row(entry, claim.amount, claim.level_after))
        if draft.kind == "thanks":
            others = []
        return EntryTable(draft.currency, tuple(rows), tuple(credits), tuple(others))

    def _entries(self, draft: Draft) -> list[LedgerEntry]:
        """What is open on the account in the message's currency, and what the message claims."""
        entries = self._known.entries.get(draft.customer_id, [])
        return [entry for entry in entries if entry.currency == draft.currency]

    def _is_late(self, draft: Draft) -> bool:
        entries = self._entries(draft)
        return any(entry.remaining_minor > 0 and entry.days_late(self._on) for entry in entries)

    def _row(self, entry: LedgerEntry, remaining: int, level: int) -> EntryRow:
        return EntryRow(
            document=entry.document_number or entry.label,
            document_date=entry.document_date,
            due_date=entry.due_date,
            amount_minor=entry.amount_minor,
            paid_minor=entry.amount_minor - entry.remaining_minor if remaining >= 0 else 0,
            remaining_minor=remaining,
            days_late=entry.days_late(self._on) if entry.amount_minor > 0 else 0,
            level=level,
            label=entry.label,
        )

    def _customer_values(
        self, customer: Customer, recipients: Sequence[Contact], language: str
    ) -> Values:
        contact = next((row.name for row in recipients if row.name), customer.contact_name)
        greeting = "Madame, Monsieur," if language == "fr" else "Dear Sir or Madam,"
        if contact:
            greeting = f"Bonjour {contact}," if language == "fr" else f"Dear {contact},"
        return {
            "client": customer.legal_name,
            "client_code": customer.account_code,
            "contact": contact,
            "formule_appel": greeting,
            "client_adresse": "\n".join(self._address(customer)),
            "client_email": recipients[0].email if recipients else "",
            "client_tel": customer.phone or customer.mobile,
            "client_siret": customer.siret,
            "client_champ1": customer.free1,
            "client_champ2": customer.free2,
            "commercial": customer.sales_rep,
            "b2b": True,
        }

    def _sender_values(self, draft: Draft) -> Values:
        """What is the same for all the messages of one sender."""
        if draft.user not in self._of_sender:
            self._of_sender[draft.user] = self._sender(draft.user)
        return self._of_sender[draft.user]

    def _sender(self, user: User | None) -> Values:
        company = self.company
        return {
            "expediteur": user.full_name if user else company.sender_name or company.name,
            "fonction": user.job_title if user else "",
            "telephone": (user.phone if user else "") or company.phone,
            "email_reponse": company.reply_to or company.sender_email,
            "signature": company.sender_name,
            "societe": company.name,
            "societe_adresse": "\n".join(company_address(company)),
            "societe_tva": company.vat_number,
            "ville": company.city,
            "mentions_legales": legal_mentions(company),
            "iban": company.iban,
            "bic": company.bic,
        }

    def _amount_values(self, draft: Draft, table: EntryTable, language: str) -> Values:
        def shown(minor: int) -> str:
            return format_amount(minor, draft.currency, language)

        total = shown(table.total_minor)
        late = sum(row.remaining_minor for row in (*table.rows, *table.others) if row.days_late)
        coming = sum(row.remaining_minor for row in (*table.rows, *table.others)) - late
        balance = sum(entry.remaining_minor for entry in self._entries(draft))
        first = table.rows[0] if table.rows else None
        return {
            "total": total,
            "total_general": total,
            "montant_recu": shown(sum(claim.amount for claim in draft.claims))
            if draft.kind == "thanks" and draft.claims
            else None,
            "compte_a_jour": draft.kind == "thanks" and not self._is_late(draft),
            "total_en_retard": shown(late),
            "total_a_echoir": shown(coming),
            "solde": shown(balance),
            "devise": draft.currency,
            "nb_factures": str(len(table.rows)),
            "liste_factures": ", ".join(row.document for row in table.rows),
            "niveau": str(draft.level),
            "reference_virement": self._reference(draft),
            "penalites_actives": False,
            "numero": first.document if first else "",
            "montant": shown(first.remaining_minor) if first else "",
            "date": short_date(first.due_date) if first and first.due_date else "",
            "retard": str(max((row.days_late for row in table.rows), default=0)),
        }

    def _date_values(self, draft: Draft, language: str) -> Values:
        if language not in self._of_day:
            self._of_day[language] = self._day_values(language)
        first, last = self._known.reminded.get(draft.customer_id, (None, None))
        dues = [entry.due_date for entry in self._claimed(draft) if entry.due_date]
        received = [entry.settled_date for entry in self._claimed(draft) if entry.settled_date]
        return {
            **self._of_day[language],
            "date_relance_1": long_date(first, language) if first and first != last else None,
            "date_derniere_relance": long_date(last, language) if last else None,
            "prochaine_echeance": long_date(min(dues), language) if dues else None,
            "date_reception": long_date(max(received), language) if received else None,
        }

    def _day_values(self, language: str) -> Values:
        """What is the same for all the messages of the day."""
        deadline = self.company.calendar.on_or_after(self._on + timedelta(days=DAYS_TO_PAY))
        today = long_date(self._on, language)
        unit = "jours" if language == "fr" else "days"
        return {
            "date_jour": today,
            "date_limite": long_date(deadline, language),
            "delai_reponse": f"{DAYS_TO_PAY} {unit}",
            "date_arrete": today,
        }

    def _claimed(self, draft: Draft) -> list[LedgerEntry]:
        ids = {claim.entry_id for claim in draft.claims if not claim.is_credit}
        return [e for e in self._known.entries.get(draft.customer_id, []) if e.pk in ids]

    def _reference(self, draft: Draft) -> str:
        documents = [entry.document_number for entry in self._claimed(draft)]
        code = self._known.customers[draft.customer_id].account_code
        return f"{code} {documents[0]}".strip() if len(documents) == 1 else code

    def _bank(self) -> BankDetails | None:
        company = self.company
        if not company.iban:
            return None
        holder = company.bank_holder or company.name
        return BankDetails(holder, company.iban, company.bic, company.bank_name)


def _recipients(contacts: Sequence[Contact], step: Step | None) -> list[Contact]:
    """Those who receive a step: the contacts of its services, or all when none matches."""
    roles = {line.strip().casefold() for line in step.recipient_roles.splitlines()} if step else {}
    chosen = [contact for contact in contacts if contact.role.casefold() in roles]
    return chosen or list(contacts)


def _gather(company: Company, drafts: Sequence[Draft], customers: dict[int, Customer]) -> _Known:
    known = _Known(customers=customers)
    ids = sorted({draft.customer_id for draft in drafts})
    claimed = sorted({claim.entry_id for draft in drafts for claim in draft.claims})
    for some in _chunks(ids):
        unknown = [pk for pk in some if pk not in customers]
        known.customers.update(Customer.objects.of(company).in_bulk(unknown))
        contacts = Contact.objects.filter(customer_id__in=some).writable().order_by("id")
        for contact in contacts:
            known.contacts.setdefault(contact.customer_id, []).append(contact)
        # A level that was set by hand is not a reminder that the customer received.
        changes = LevelChange.objects.filter(
            entry__customer_id__in=some, kind="reminder", reminder__isnull=False
        )
        changes = changes.exclude(entry__remaining_minor=0)
        for customer_id, first, last in changes.values_list("entry__customer_id").annotate(
            Min("on"), Max("on")
        ):
            known.reminded[customer_id] = (first, last)
        typed = CustomerFollowUp.objects.filter(customer_id__in=some).exclude(address="")
        known.addresses.update(typed.values_list("customer_id", "address"))
    _gather_entries(company, known, ids, claimed)
    return known


# The columns of an entry that a message may print.
_PRINTED = (
    "customer_id", "document_number", "document_date", "due_date", "settled_date", "label",
    "currency", "amount_minor", "remaining_minor",
)  # fmt: skip


def _gather_entries(
    company: Company, known: _Known, customer_ids: Sequence[int], claimed: Sequence[int]
) -> None:
    entries: dict[int, LedgerEntry] = {}
    ledger = LedgerEntry.objects.filter(company=company).only(*_PRINTED)
    for some in _chunks(customer_ids):
        entries |= ledger.filter(customer_id__in=some).exclude(remaining_minor=0).in_bulk()
    for some in _chunks(claimed):
        entries |= ledger.filter(pk__in=some).in_bulk()
    for entry in sorted(entries.values(), key=lambda e: (e.due_date or e.document_date, e.pk)):
        known.entries.setdefault(entry.customer_id, []).append(entry)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def company_address(company: Company) -> list[str]:
    """The company's name and address as a letter's sender block prints them."""
    town = f"{company.postal_code} {company.city}".strip()
    lines = [company.name, *company.address.splitlines(), town]
    return [line for line in lines if line.strip()]


def legal_mentions(company: Company) -> str:
    """The mentions that all correspondence must bear (C. com. R123-237 and R123-238)."""
    name = f"{company.name} {company.legal_form}".strip()
    if company.capital:
        name += f" au capital de {company.capital}"
    town = f"{company.postal_code} {company.city}".strip()
    seat = ", ".join([*company.address.splitlines(), town]).strip(", ")
    siren = company.siren
    grouped = f"{siren[:3]} {siren[3:6]} {siren[6:]}" if siren else ""
    registry = f"{grouped} RCS {company.registry_city}".strip() if siren else ""
    vat = f"TVA {company.vat_number}" if company.vat_number else ""
    return " – ".join(part for part in (name, seat, registry, vat) if part)
