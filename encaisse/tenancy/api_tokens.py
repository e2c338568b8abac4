"""Tokens of the API: made, taken back, recognised, and how often each is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Case, F, When
from django.utils.translation import gettext as _

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.locks import unless_locked
from encaisse.tenancy.models import ApiToken, Company

# Requests of one token in one minute.
READS_A_MINUTE, WRITES_A_MINUTE = 120, 30
_BEGINNING = "enc_"
_SHOWN = 10
_MINUTE = timedelta(minutes=1)


class TokenRefused(Exception):
    """The token cannot be made so; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How many requests of a kind a token has made in the present minute, and when it ends."""

    limit: int
    used: int
    ends_at: datetime

    @property
    def left(self) -> int:
        """How many it may still make."""
        return max(0, self.limit - self.used)

    @property
    def is_over(self) -> bool:
        """True for the request that is one too many."""
        return self.used > self.limit


def author_of(token: ApiToken) -> Author:
    """Under which name a token acts in the journal."""
    return Author(f"API\u00a0: {token.name}")


@transaction.atomic
def create_token(
    company: Company,
    *,
    name: str,
    rights: Sequence[str],
    author: Author,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A token and its secret, which nothing gives again. Raises TokenRefused."""
    name = " ".join(name.split())
    _check(company, name, rights, now, expires_at)
    secret = _BEGINNING + token_urlsafe(32)
    token = ApiToken.objects.create(
        company=company,
        name=name,
        prefix=secret[:_SHOWN],
        digest=_digest(secret),
        rights=[right for right in ApiToken.Right.values if right in rights],
        created_at=now,
        created_by=author.user,
        created_by_name=author.name,
        expires_at=expires_at,
    )
    _journal("api_token.created", token, author, now)
    return token, secret


def _check(
    company: Company, name: str, rights: Sequence[str], now: datetime, expires_at: datetime | None
) -> None:
    longest = ApiToken._meta.get_field("name").max_length or 0
    if not 0 < len(name) <= longest:
        raise TokenRefused(_("Le nom compte de 1 à %s signes.") % longest)
    unknown = [right for right in rights if right not in ApiToken.Right.values]
    if unknown:
        raise TokenRefused(_("Droits inconnus : %s.") % ", ".join(unknown))
    if not rights:
        raise TokenRefused(_("Choisissez au moins un droit."))
    if expires_at is not None and expires_at <= now:
        raise TokenRefused(_("La date d’expiration est déjà passée."))
    if ApiToken.objects.filter(company=company, name=name, revoked_at=None).exists():
        raise TokenRefused(_("Un jeton porte déjà ce nom : révoquez-le, ou donnez un autre nom."))


@transaction.atomic
def revoke_token(token: ApiToken, *, author: Author, now: datetime) -> bool:
    """Close a token for good; False when somebody just did."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        return False
    token.revoked_at = now
    _journal("api_token.revoked", token, author, now)
    return True


def tokens_of(company: Company) -> list[ApiToken]:
    """The tokens of a company, those revoked included; the newest first."""
    return list(ApiToken.objects.filter(company=company).order_by("-created_at", "-id"))


def get_token(company: Company, token_id: int) -> ApiToken:
    """One of them. Raises ApiToken.DoesNotExist."""
    return ApiToken.objects.select_related("company").get(company=company, pk=token_id)


def token_of_secret(secret: str, *, now: datetime) -> ApiToken | None:
    """The token that a secret opens, with its company; None when it opens nothing."""
    found = ApiToken.objects.select_related("company").filter(digest=_digest(secret)).first()
    return found if found is not None and found.opens(now) else None


def count_use(token: ApiToken, *, is_write: bool, now: datetime) -> Usage:
    """Count one more request of a token; exact over all the processes.

    A request never waits for that: while an import holds the database, it is not counted.
    """
    minute = now.replace(second=0, microsecond=0)
    counted, other = ("minute_writes", "minute_reads")[:: 1 if is_write else -1]
    row = ApiToken.objects.filter(pk=token.pk)
    used = 0
    with unless_locked():
        row.update(
            last_used_at=now,
            minute=minute,
            **{
                counted: Case(When(minute=minute, then=F(counted) + 1), default=1),
                other: Case(When(minute=minute, then=F(other)), default=0),
            },
        )
        used = row.values_list(counted, flat=True).get()
    limit = WRITES_A_MINUTE if is_write else READS_A_MINUTE
    return Usage(limit, used, minute + _MINUTE)


def _journal(kind: str, token: ApiToken, author: Author, now: datetime) -> None:
    record_event(
        kind,
        company=token.company,
        author=author,
        at=now,
        token=token.pk,
        name=token.name,
        rights=token.rights,
        expires_at=token.expires_at,
    )


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
