"""Companies and their people."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company, Membership, User
from encaisse.tenancy.secrets import seal

# What a company's administrator may change, and nothing else.
SETTINGS = frozenset(
    {
        "name", "language", "base_currency", "timezone", "country", "subdivision",
        "fiscal_year_month", "default_payment_terms", "legal_form", "capital", "siren",
        "registry_city", "vat_number", "address", "postal_code", "city", "phone", "bank_holder",
        "bank_name", "iban", "bic", "mail_mode", "redirect_to", "sender_name", "sender_email",
        "reply_to", "smtp_host", "smtp_port", "smtp_security", "smtp_username",
        "automatic_paused", "send_from_hour", "send_until_hour", "freshness_hours",
    }
)  # fmt: skip


class CompanyRefused(Exception):
    """The company cannot be made or changed so; the message is fit to show to the user."""


@transaction.atomic
def create_company(*, name: str, author: Author, slug: str = "", **fields: Any) -> Company:
    """A new, empty company. Raises CompanyRefused when the short name is taken or unusable."""
    slug = slugify(slug or name)[:60]
    if not slug:
        raise CompanyRefused(_("Donnez un nom court fait de lettres et de chiffres."))
    try:
        with transaction.atomic():
            company = Company.objects.create(slug=slug, name=name.strip(), **fields)
    except IntegrityError:
        raise CompanyRefused(
            _("Une société porte déjà le nom court « %(slug)s » : choisissez-en un autre.")
            % {"slug": slug}
        ) from None
    record_event("company.created", company=company, author=author, name=name)
    return company


@transaction.atomic
def configure_company(
    company: Company, *, author: Author, smtp_password: str | None = None, **fields: Any
) -> None:
    """Change settings of a company; the journal keeps what they were and became."""
    unknown = set(fields) - SETTINGS
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    before = {name: getattr(company, name) for name in fields}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    names = list(changed)
    for name, value in changed.items():
        setattr(company, name, value)
    if smtp_password is not None:
        company.smtp_password_sealed = seal(smtp_password)
        names.append("smtp_password_sealed")
    if not names:
        return
    company.save(update_fields=names)
    record_event(
        "company.configured",
        company=company,
        author=author,
        before={name: before[name] for name in changed},
        after=changed,
    )
    facts_changed(company.pk)


@transaction.atomic
def add_member(
    company: Company,
    *,
    email: str,
    role: str,
    author: Author,
    password: str | None = None,
    portfolio: list[str] | None = None,
    **fields: Any,
) -> Membership:
    """Give a person a role in a company; makes the user when the address is new."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, **fields)
    membership, _created = Membership.objects.update_or_create(
        user=user,
        company=company,
        defaults={
            "role": role,
            "limited_to_portfolio": portfolio is not None,
            "portfolio": "\n".join(portfolio or []),
        },
    )
    record_event("member.added", company=company, author=author, email=email, role=role)
    return membership
