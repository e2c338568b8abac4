"""The tokens of a company, as its administrator sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from encaisse.tenancy.api_tokens import tokens_of
from encaisse.tenancy.models import ApiToken, Company


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token, its rights in words, when it was made, and its last day if it has one."""

    token: ApiToken
    rights: Sequence[str]
    made_on: date
    last_day: date | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class TokensPage:
    """Those that may still be used, expired ones among them, and those that were revoked."""

    kept: Sequence[TokenLine]
    revoked: Sequence[TokenLine]


def tokens_page(company: Company, *, now: datetime) -> TokensPage:
    """The tokens, the newest first; one query."""
    lines = [_line(company, token, now) for token in tokens_of(company)]
    return TokensPage(
        kept=[line for line in lines if line.token.revoked_at is None],
        revoked=[line for line in lines if line.token.revoked_at is not None],
    )


def _line(company: Company, token: ApiToken, now: datetime) -> TokenLine:
    words = dict(ApiToken.Right.choices)
    ends = token.expires_at
    return TokenLine(
        token=token,
        rights=[str(words.get(right, right)) for right in token.rights],
        made_on=company.local_day(token.created_at),
        # It ends with a day: at the first moment of the next one.
        last_day=company.local_day(ends - timedelta(seconds=1)) if ends else None,
        is_expired=token.is_expired(now),
    )
