"""Companies and their people."""

from datetime import date
from secrets import token_urlsafe
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.locks import unless_locked
from encaisse.tenancy.models import Company, Membership, User
from encaisse.tenancy.secrets import seal, unseal

# What a company's administrator may change, and nothing else.
SETTINGS = frozenset(
    {
        "name", "language", "base_currency", "timezone", "country", "subdivision",
        "fiscal_year_month", "default_payment_terms", "legal_form", "capital", "siren",
        "registry_city", "vat_number", "address", "postal_code", "city", "phone", "bank_holder",
        "bank_name", "iban", "bic", "mail_mode", "redirect_to", "sender_name", "sender_email",
        "reply_to", "smtp_host", "smtp_port", "smtp_security", "smtp_username",
        "mail_service", "service_domain", "service_url",
        "imap_host", "imap_port", "imap_security", "imap_username", "imap_folder",
        "tracks_opening", "tracks_clicks", "digest_to", "automatic_paused", "send_from_hour",
        "send_until_hour", "freshness_hours", "siret", "service_name",
        "aging_bounds", "numbers_shown", "promises_suspend", "disputes_suspend", "weekdays",
        "closures",
        "penalty_mode", "penalty_rate", "ecb_rates", "payment_url", "customer_pages",
    }
)  # fmt: skip
# Another mailbox: what was read of the one before says nothing of it.
MAILBOX_FIELDS = frozenset({"imap_host", "imap_port", "imap_username", "imap_folder"})
# What is given once and never shown again: it is sealed, under this name.
_SERVICE_SECRETS = ("service_key", "service_secret", "service_signing")
SECRETS = frozenset({"smtp_password", "imap_password", *_SERVICE_SECRETS})


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
            _("Une société porte déjà le nom court « %(slug)s » : choisissez-en un autre.")
            % {"slug": slug}
        ) from None
    record_event("company.created", company=company, author=author, name=name)
    return company


@transaction.atomic
def configure_company(
    company: Company,
    *,
    author: Author,
    **fields: Any,
) -> None:
    """Change settings of a company; the journal keeps what they were and became.

    Secrets are among the fields (`smtp_password`, `imap_password`, `service_key`…): None leaves
    one as it is, and the journal tells which changed, nothing of what they are. Another service
    forgets the keys of the one before.
    """
    given = {name: fields.pop(name) for name in SECRETS & set(fields)}
    unknown = set(fields) - SETTINGS
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    before = {name: getattr(company, name) for name in fields}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    names = list(changed)
    for name, value in changed.items():
        setattr(company, name, value)
    if "mail_service" in changed:
        forgotten = [name for name in _SERVICE_SECRETS if given.get(name) is None]
        given |= dict.fromkeys(forgotten, "")
        if not company.events_token:
            company.events_token = token_urlsafe(24)
            names.append("events_token")
    secrets = sorted(name for name, secret in given.items() if _differs(company, name, secret))
    for name in secrets:
        setattr(company, f"{name}_sealed", seal(given[name]))
        names.append(f"{name}_sealed")
    if MAILBOX_FIELDS & set(changed):
        company.imap_validity, company.imap_last_uid, company.imap_error = 0, 0, ""
        names += ["imap_validity", "imap_last_uid", "imap_error"]
    if not names:
        return
    company.save(update_fields=names)
    data: dict[str, Any] = {"before": {name: before[name] for name in changed}, "after": changed}
    if secrets:
        data["sealed"] = secrets
    record_event("company.configured", company=company, author=author, **data)
    facts_changed(company.pk)


def _differs(company: Company, name: str, secret: str | None) -> bool:
    """True for another secret than the one that is kept; None leaves that one as it is."""
    kept = getattr(company, f"{name}_sealed")
    return secret is not None and (secret != unseal(kept) or bool(kept and not secret))


@transaction.atomic
def renew_events_token(company: Company, *, author: Author) -> None:
    """Give a company another address for events; the one before stops answering."""
    company.events_token = token_urlsafe(24)
    company.save(update_fields=["events_token"])
    record_event("company.events_renewed", company=company, author=author)


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
            "is_active": True,
        },
    )
    record_event("member.added", company=company, author=author, email=email, role=role)
    return membership


def note_visit(membership: Membership, *, today: date) -> None:
    """Remember that a member came on a day, and on which day he came before.

    Writes once a day, so it costs nothing to ask at every request, and leaves no line in the
    journal. A page never waits for it: while an import holds the database, the next one does it.
    """
    if membership.visited_on is not None and membership.visited_on >= today:
        return
    with unless_locked():
        Membership.objects.filter(
            Q(visited_on=None) | Q(visited_on__lt=today), pk=membership.pk
        ).update(visited_before=F("visited_on"), visited_on=today)
        membership.visited_before, membership.visited_on = membership.visited_on, today
