"""An imaginary customer, late with two invoices: to show a text where no real one fits."""

from datetime import date, timedelta

from django.utils.translation import gettext, override

from encaisse.collection.queries.customer_links import invoices_address, page_address
from encaisse.collection.queries.letterhead import (
    company_address,
    legal_mentions,
    signature_of,
)
from encaisse.collection.queries.message_charges import Charges, payment_link
from encaisse.collection.queries.messages import Composed
from encaisse.core.dates import long_date, short_date
from encaisse.core.money import format_amount
from encaisse.ledger.models import Customer
from encaisse.messaging.queries.logo import company_logo
from encaisse.messaging.rules.content import (
    BankDetails,
    EntryRow,
    EntryTable,
    Language,
    MessageData,
)
from encaisse.messaging.rules.placeholders import CATALOGUE, Placeholder
from encaisse.messaging.rules.rendering import render
from encaisse.tenancy.models import Company, User
from encaisse.web.access import CompanyRequest

_AMOUNTS = (124_000, 86_050)
_ADDRESS = (
    "Lemoine SAS",
    "À l’attention de Mme Legrand",
    "14 avenue de la République",
    "59000 LILLE",
)


def sample_message(
    request: CompanyRequest, subject: str, body: str, *, language: Language, kind: str
) -> Composed:
    """A text as the imaginary customer would read it. Raises TemplateRefused."""
    company = request.company
    data = sample_data(
        company, user=request.user, language=language, kind=kind, today=request.today
    )
    return Composed(
        customer=Customer(company=company, legal_name=_ADDRESS[0], account_code=data.reference),
        rendered=render(subject, body, data),
        data=data,
        language=language,
        template_version=0,
        address_lines=_ADDRESS,
        on=request.today,
    )


def sample_data(
    company: Company, *, user: User, language: Language, kind: str, today: date
) -> MessageData:
    """The facts of the imaginary customer, the company's own where it has them."""
    table = _table(company, today, kind)
    total = format_amount(sum(_AMOUNTS), company.base_currency, language)
    values: dict[str, str | bool | None] = {
        # What the imaginary customer does not know is written by its name.
        **{
            name: f"[{_label(one, language)}]"
            for name, one in CATALOGUE.items()
            if one.mandatory and not name.startswith("lien_")
        },
        **_customer(language),
        **_sender(company, user),
        "total": total,
        "total_en_retard": total,
        "solde": total,
        "montant_recu": total,
        "montant": format_amount(_AMOUNTS[0], company.base_currency, language),
        "devise": company.base_currency,
        "nb_factures": "2",
        "plusieurs_factures": True,
        "liste_factures": "F2401, F2402",
        "numero": "F2401",
        "niveau": "1",
        "retard": "42",
        "date": short_date(today - timedelta(days=42)),
        "date_jour": long_date(today, language),
        "date_limite": long_date(today + timedelta(days=8), language),
        "date_arrete": long_date(today, language),
        "date_relance_1": long_date(today - timedelta(days=30), language),
        "date_derniere_relance": long_date(today - timedelta(days=8), language),
        "date_reception": long_date(today, language),
        "prochaine_echeance": long_date(today + timedelta(days=8), language),
        "delai_reponse": "8 jours" if language == "fr" else "8 days",
        "reference_virement": "411LEMOINE",
        "compte_a_jour": kind == "thanks",
        "lien_paiement": payment_link(
            company,
            amount_minor=sum(_AMOUNTS),
            currency=company.base_currency,
            reference="411LEMOINE",
            code="411LEMOINE",
        ),
        "lien_portail": page_address(0, renewed=0, on=today) if company.customer_pages else None,
        "lien_factures": invoices_address(0, renewed=0, on=today),
        **Charges(company, today).values(
            company.base_currency,
            table.rows,
            language,
            total=table.total_minor,
            is_business=True,
        ),
    }
    return MessageData(
        language,
        company.base_currency,
        values,
        table,
        _bank(company),
        sum(_AMOUNTS),
        "411LEMOINE",
        company_logo(company),
    )


def _label(placeholder: Placeholder, language: str) -> str:
    with override(language):
        return placeholder.label.said(gettext)


def _customer(language: str) -> dict[str, str | bool | None]:
    name = "Mme Legrand"
    return {
        "client": "Lemoine SAS",
        "client_code": "411LEMOINE",
        "contact": name,
        "formule_appel": f"Bonjour {name}," if language == "fr" else f"Dear {name},",
    }


def _sender(company: Company, user: User) -> dict[str, str | bool | None]:
    return {
        "expediteur": user.full_name,
        "fonction": user.job_title or company.service_name,
        "telephone": user.phone or company.phone,
        "email_reponse": company.reply_to or company.sender_email,
        "signature": signature_of(company),
        "societe": company.name,
        "societe_adresse": "\n".join(company_address(company)),
        "societe_siret": company.siret,
        "societe_tva": company.vat_number,
        "ville": company.city or "…",
        "mentions_legales": legal_mentions(company),
        "iban": company.iban,
        "bic": company.bic,
    }


def _table(company: Company, today: date, kind: str) -> EntryTable:
    due = today + timedelta(days=8) if kind == "pre_due" else today - timedelta(days=42)
    rows = [
        EntryRow(
            document=f"F240{number}",
            document_date=due - timedelta(days=30),
            due_date=due,
            amount_minor=amount,
            paid_minor=amount if kind == "thanks" else 0,
            remaining_minor=0 if kind == "thanks" else amount,
            days_late=max(0, (today - due).days) if kind == "reminder" else 0,
            level=1,
        )
        for number, amount in enumerate(_AMOUNTS, start=1)
    ]
    return EntryTable(company.base_currency, tuple(rows))


def _bank(company: Company) -> BankDetails | None:
    if not company.iban:
        return None
    return BankDetails(
        company.bank_holder or company.name, company.iban, company.bic, company.bank_name
    )
