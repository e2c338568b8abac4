"""The company of the demonstration and the three people who use it."""

from dataclasses import dataclass
from typing import Any

from encaisse.collection.models import CollectionProfile, Step, Threshold
from encaisse.collection.operations.profile_rules import write_rules
from encaisse.collection.operations.setup import install_defaults
from encaisse.demo.stage import BILL, CARD, CHEQUE, DIRECT_DEBIT, TRANSFER
from encaisse.ledger.models import FreeField, PaymentMethod
from encaisse.tenancy.journal import COMMAND_LINE, Author
from encaisse.tenancy.models import Company, Membership
from encaisse.tenancy.operations import SETTINGS, add_member

SLUG = "demo-ateliers-morel"
EMAIL = "demo@encaisse.local"
# Known to everybody: it only opens a company of invented customers, on the reader's own machine.
PASSWORD = "demo-encaisse-2026"  # noqa: S105

# What operations of their own change.
_LISTS = (
    "dispute_reasons", "call_outcomes", "account_prefixes", "excluded_journals",
    "requires_second_factor", "start_confirmed", "start_dismissed",
)  # fmt: skip
# Every setting as a new company has it, then what is known of this one.
IDENTITY: dict[str, Any] = {
    **{
        name: Company._meta.get_field(name).get_default()  # type: ignore[union-attr]
        for name in (*sorted(SETTINGS), *_LISTS)
    },
    "name": "Ateliers Morel",
    "is_demo": True,
    "language": "fr",
    "base_currency": "EUR",
    "timezone": "Europe/Paris",
    "country": "FR",
    "subdivision": "",
    "fiscal_year_month": 1,
    "default_payment_terms": "30 jours",
    "legal_form": "SAS",
    "capital": "120\u00a0000\u00a0€",
    "siren": "000417337",
    "registry_city": "Lyon",
    "vat_number": "FR44000417337",
    "address": "18, rue des Ébénistes",
    "postal_code": "69007",
    "city": "Lyon",
    "phone": "04 65 71 18 00",
    "bank_holder": "Ateliers Morel",
    "bank_name": "Banque de démonstration",
    "iban": "FR1420041010050500013M02606",
    "bic": "PSSTFRPPLYO",
    "mail_mode": Company.MailMode.CAPTURE,
    "redirect_to": "",
    "sender_name": "Comptabilité clients Ateliers Morel",
    "sender_email": "comptabilite@ateliers-morel.example",
    "reply_to": "comptabilite@ateliers-morel.example",
    "smtp_host": "",
    "smtp_port": 587,
    "smtp_security": Company.Security.STARTTLS,
    "smtp_username": "",
    "smtp_password_sealed": "",
    "mail_service": "",
    "service_key_sealed": "",
    "service_secret_sealed": "",
    "service_signing_sealed": "",
    "service_domain": "",
    "service_url": "",
    "events_token": "",
    "imap_host": "",
    "imap_port": 993,
    "imap_security": Company.Security.TLS,
    "imap_username": "",
    "imap_password_sealed": "",
    "imap_folder": "INBOX",
    "imap_validity": 0,
    "imap_last_uid": 0,
    "imap_error": "",
    "tracks_opening": False,
    "tracks_clicks": False,
    "digest_to": "",
    "automatic_paused": False,
    "send_from_hour": 9,
    "send_until_hour": 17,
    "freshness_hours": 168,
    "customer_pages": True,
}
# The reminders that leave once somebody has approved them: profile and level.
APPROVED = (("grand-compte", 1), ("export", 3))
_METHODS = ((TRANSFER, False), (CHEQUE, False), (CARD, False), (DIRECT_DEBIT, True), (BILL, True))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the company."""

    email: str
    role: str
    first_name: str
    last_name: str
    job_title: str
    phone: str
    portfolio: tuple[str, ...] | None = None


MEMBERS = {
    "claire": Member(
        EMAIL,
        Membership.Role.ADMINISTRATOR,
        "Claire",
        "Morel",
        "Directrice administrative et financière",
        "04 65 71 18 01",
    ),
    "karim": Member(
        "karim.benali@ateliers-morel.example",
        Membership.Role.COLLECTOR,
        "Karim",
        "Benali",
        "Chargé de recouvrement",
        "04 65 71 18 02",
    ),
    "sophie": Member(
        "sophie.durand@ateliers-morel.example",
        Membership.Role.READER,
        "Sophie",
        "Durand",
        "Assistante commerciale",
        "04 65 71 18 03",
        portfolio=("Durant",),
    ),
}


def install(company: Company) -> dict[str, Author]:
    """Give an empty company its methods, scenarios and people; returns these as authors."""
    PaymentMethod.objects.bulk_create(
        PaymentMethod(company=company, code=code.lower(), label=code, is_automatic=automatic)
        for code, automatic in _METHODS
    )
    install_defaults(company)
    _tune(company)
    _sort_customers(company)
    return {key: _author(company, member) for key, member in MEMBERS.items()}


def _sort_customers(company: Company) -> None:
    """What the accounting calls « Champ 1 », and who is reminded as a customer abroad."""
    FreeField.objects.create(
        company=company, about=FreeField.About.CUSTOMER, number=1, label="Région"
    )
    abroad = {"about": "country", "test": "is_not", "value": "France"}
    write_rules(company, [{"profile": "export", "conditions": [abroad]}])


def _tune(company: Company) -> None:
    """What the company chose: messages that only inform leave by themselves, some others once
    somebody has approved them.
    """
    steps = Step.objects.filter(scenario__company=company)
    steps.filter(kind__in=("pre_due", "thanks")).update(is_automatic=True)
    for profile, level in APPROVED:
        step = steps.filter(
            scenario__profile__code=profile, scenario__with_email=True, kind="reminder", level=level
        )
        step.update(is_automatic=True, needs_approval=True)
    export = CollectionProfile.objects.get(company=company, code="export")
    Threshold.objects.bulk_create(
        Threshold(scenario=scenario, currency="USD", total_minimum_minor=1_000)
        for scenario in export.scenarios.order_by("id")
    )


def _author(company: Company, member: Member) -> Author:
    membership = add_member(
        company,
        email=member.email,
        role=member.role,
        author=COMMAND_LINE,
        password=PASSWORD,
        portfolio=list(member.portfolio) if member.portfolio else None,
        first_name=member.first_name,
        last_name=member.last_name,
        job_title=member.job_title,
        phone=member.phone,
    )
    return Author.of(membership.user)
