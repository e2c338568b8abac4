"""What each message says: the facts of many drafts, gathered in a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from encaisse.collection.models import Step
from encaisse.collection.queries.drafts import Draft, Handwritten
from encaisse.collection.queries.letterhead import (
    bank_details,
    company_address,
    customer_address,
    legal_mentions,
    signature_of,
)
from encaisse.collection.queries.message_charges import Charges, payment_link
from encaisse.collection.queries.message_extras import Extras
from encaisse.collection.queries.message_facts import gather_known
from encaisse.collection.queries.step_copies import StepCopies
from encaisse.core.dates import long_date, short_date
from encaisse.core.money import format_amount
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.rules.contact_roles import recipients_among
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.content import (
    EntryRow,
    EntryTable,
    Language,
    MessageData,
    customer_language,
)
from encaisse.messaging.rules.rendering import Rendered, TemplateRefused, render, settle
from encaisse.tenancy.models import Company, User

# The customer is asked to pay within a week (law.md 5.2).
DAYS_TO_PAY = 8
# The placeholders of the free fields.
_CUSTOMER_TAGS = {f"client_champ{n}": col for n, col in enumerate(CUSTOMER_COLUMNS, start=1)}
_ENTRY_TAGS = {f"piece_champ{n}": col for n, col in enumerate(ENTRY_COLUMNS, start=1)}
_OF_ENTRY = (
    "piece_numero", "piece_objet", "date_facture", "date_echeance", "jours_retard",
    *_ENTRY_TAGS,
)  # fmt: skip
Values = dict[str, str | bool | None]


def _greeted(customer: Customer, recipients: Sequence[Contact], medium: str) -> str:
    """The name of who is greeted: of an e-mail, the first who gets it, and nobody else."""
    if medium == Step.Medium.EMAIL and recipients:
        return recipients[0].name
    return next((row.name for row in recipients if row.name), customer.contact_name)


def _unbroken(phone: str) -> str:
    """A number that stays on one line."""
    return phone.replace(" ", "\N{NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to leave. `recipients` and `copies` are (name, address) pairs."""

    customer: Customer
    rendered: Rendered
    data: MessageData
    language: Language
    template_version: int
    address_lines: tuple[str, ...]
    on: date
    recipients: tuple[tuple[str, str], ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    # True where the step takes the PDF files of its invoices along.
    joins_invoices: bool = False
    # Who signs a letter; empty for the company's own signature.
    signed_by: str = ""


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
        self._known = gather_known(
            company,
            customers={draft.customer_id for draft in drafts},
            claimed={claim.entry_id for draft in drafts for claim in draft.claims},
            at_hand=customers,
        )
        codes = {draft.template_code for draft in drafts}
        texts = MessageTemplate.objects.filter(company=company, code__in=codes)
        self._templates = {(row.code, row.language): row for row in texts}
        self._charges = Charges(company, on)
        self._extras = Extras(company, on, drafts)
        self._copies = StepCopies(company)
        self._of_sender: dict[User | None, Values] = {}
        self._of_day: dict[str, Values] = {}
        self._steps = Step.objects.in_bulk({draft.step_id for draft in drafts if draft.step_id})

    def compose(self, draft: Draft) -> Composed:
        """The message of a draft. Raises TemplateRefused with a sentence for the user."""
        customer = self._known.customers[draft.customer_id]
        if draft.written is not None:
            return self._compose_written(draft, customer, draft.written)
        step = self._steps.get(draft.step_id or 0)
        recipients = self._recipients(customer, step)
        language = self._language(customer, recipients if draft.medium == "email" else ())
        template = self._template(draft, language)
        data = self._data(draft, customer, recipients, language)
        data = self._extras.added(data, draft, template.subject, template.body)
        return Composed(
            customer=customer,
            rendered=render(template.subject, template.body, data),
            data=data,
            language=language,
            template_version=template.version,
            address_lines=self._address(customer),
            on=self._on,
            recipients=tuple((contact.name, contact.email) for contact in recipients),
            copies=self._copies.of(step.copies.split(), customer) if step else (),
            joins_invoices=self.joins_invoices(draft),
        )

    def joins_invoices(self, draft: Draft) -> bool:
        """True when the step of a draft takes the PDF files of its invoices along."""
        step = self._steps.get(draft.step_id or 0)
        return step is not None and step.attach_invoices and draft.medium == "email"

    def facts(self, draft: Draft) -> MessageData:
        """What a draft can say: the value of every placeholder."""
        customer = self._known.customers[draft.customer_id]
        recipients = self._known.contacts.get(customer.pk, [])
        data = self._data(draft, customer, recipients, self._language(customer))
        return self._extras.added(data, draft)

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
        language = written.language or self._language(customer)
        data = self._data(draft, customer, recipients, language)
        data = self._extras.added(data, draft, written.subject, written.body)
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
            signed_by=written.sender_name,
        )

    def _recipients(self, customer: Customer, step: Step | None) -> list[Contact]:
        """Those who receive a step (rules.contact_roles)."""
        return recipients_among(
            self._known.contacts.get(customer.pk, []),
            roles=step.recipient_roles.splitlines() if step else (),
            customer_emails=customer.email,
        )

    def _language(self, customer: Customer, recipients: Sequence[Contact] = ()) -> Language:
        """The customer's, unless those who receive the message all have another."""
        spoken = {
            customer_language(contact.language or customer.language) for contact in recipients
        }
        return spoken.pop() if len(spoken) == 1 else customer_language(customer.language)

    def _template(self, draft: Draft, language: str) -> MessageTemplate:
        for wanted in (language, self.company.language, "fr", "en"):
            if template := self._templates.get((draft.template_code, wanted)):
                return template
        raise TemplateRefused(
            _("Le modèle « %(code)s » n’existe pas : choisissez-en un autre dans le scénario.")
            % {"code": draft.template_code or "?"}
        )

    def _address(self, customer: Customer) -> tuple[str, ...]:
        return customer_address(customer, self._known.addresses.get(customer.pk, ""))

    def _data(
        self,
        draft: Draft,
        customer: Customer,
        recipients: Sequence[Contact],
        language: Language,
    ) -> MessageData:
        table = self._table(draft)
        amount = sum(claim.amount for claim in draft.claims)
        values: Values = {
            **self._customer_values(customer, recipients, language, medium=draft.medium),
            **self._sender_values(draft),
            **self._amount_values(draft, table, language),
            **self._charges.values(
                draft.currency,
                table.rows if draft.kind != "thanks" else (),
                language,
                total=table.total_minor,
                is_business=customer.pk not in self._known.consumers,
            ),
            "lien_paiement": payment_link(
                self.company,
                amount_minor=amount,
                currency=draft.currency,
                reference=self._reference(draft),
                code=customer.account_code,
            ),
            **self._entry_values(draft, table),
            **self._date_values(draft, language),
            **self._promise_values(draft, language),
        }
        return MessageData(
            language,
            draft.currency,
            values,
            table,
            bank_details(self.company),
            amount,
            self._reference(draft),
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
            document=entry.called(self.company.numbers_shown),
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
        self, customer: Customer, recipients: Sequence[Contact], language: str, *, medium: str
    ) -> Values:
        contact = _greeted(customer, recipients, medium)
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
            "client_profil": self._known.profiles.get(customer.pk) or self._known.usual_profile,
            **{tag: getattr(customer, column) for tag, column in _CUSTOMER_TAGS.items()},
            "commercial": customer.sales_rep,
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
            "fonction": (user.job_title if user else "") or company.service_name,
            "telephone": _unbroken((user.phone if user else "") or company.phone),
            "email_reponse": company.reply_to or company.sender_email,
            "signature": signature_of(company),
            "societe": company.name,
            "societe_adresse": "\n".join(company_address(company)),
            "societe_siret": company.siret,
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
        only = table.rows[0] if len(table.rows) == 1 else None
        return {
            "total": total,
            "montant_recu": shown(sum(claim.amount for claim in draft.claims))
            if draft.kind == "thanks" and draft.claims
            else None,
            "compte_a_jour": draft.kind == "thanks" and not self._is_late(draft),
            "total_en_retard": shown(late),
            "total_a_echoir": shown(coming),
            "solde": shown(balance),
            "devise": draft.currency,
            "nb_factures": str(len(table.rows)),
            "plusieurs_factures": len(table.rows) > 1,
            "liste_factures": ", ".join(row.document for row in table.rows),
            "niveau": str(draft.level),
            "reference_virement": self._reference(draft),
            # For a text about one invoice: with several, none of them stands for the others.
            "numero": only.document if only else None,
            "montant": shown(only.remaining_minor) if only else None,
            "date": short_date(only.due_date) if only and only.due_date else None,
            "retard": str(max((row.days_late for row in table.rows), default=0)),
        }

    def _entry_values(self, draft: Draft, table: EntryTable) -> Values:
        """The first entry of the table, the oldest: for texts about one entry."""
        entry, row = next(iter(self._claimed(draft)), None), next(iter(table.rows), None)
        if entry is None or row is None:
            return dict.fromkeys(_OF_ENTRY)
        return {
            "piece_numero": row.document,
            "piece_objet": row.label,
            "date_facture": short_date(row.document_date) if row.document_date else "",
            "date_echeance": short_date(row.due_date) if row.due_date else "",
            "jours_retard": str(row.days_late),
            **{tag: getattr(entry, column) for tag, column in _ENTRY_TAGS.items()},
        }

    def _promise_values(self, draft: Draft, language: str) -> Values:
        promise = self._known.promises.get((draft.customer_id, draft.currency))
        if promise is None:
            return {"montant_promis": None, "date_promise": None, "date_accord": None}
        return {
            "montant_promis": format_amount(promise.amount_minor, promise.currency, language),
            "date_promise": long_date(promise.promised_date, language),
            "date_accord": long_date(promise.made_on, language),
        }

    def _date_values(self, draft: Draft, language: str) -> Values:
        if language not in self._of_day:
            self._of_day[language] = self._day_values(language)
        claimed = self._claimed(draft)
        # Of what it claims: a reminder of something else says nothing about these invoices.
        reminded = [self._known.reminded[e.pk] for e in claimed if e.pk in self._known.reminded]
        first = min((days[0] for days in reminded), default=None)
        last = max((days[1] for days in reminded), default=None)
        dues = [entry.due_date for entry in claimed if entry.due_date]
        received = [entry.settled_date for entry in claimed if entry.settled_date]
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
        shown = self.company.numbers_shown
        documents = [entry.number_shown(shown) for entry in self._claimed(draft)]
        code = self._known.customers[draft.customer_id].account_code
        return f"{code} {documents[0]}".strip() if len(documents) == 1 else code
