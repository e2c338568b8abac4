"""`encaisse token`: the tokens of the API."""

from datetime import date, datetime, time, timedelta
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import Day, company_option
from encaisse.cli.output import Refused, answer, json_option, say
from encaisse.tenancy.api_tokens import (
    TokenRefused,
    create_token,
    get_token,
    revoke_token,
    tokens_of,
)
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import ApiToken


@click.group(help=_("Jetons de l’API : créer, lister, révoquer."))
def token() -> None:
    """The commands about tokens."""


@token.command(help=_("Crée un jeton ; son secret ne s’affiche qu’une fois."))
@click.argument("name")
@company_option
@click.option(
    "--right",
    "rights",
    multiple=True,
    required=True,
    type=click.Choice([str(right) for right in ApiToken.Right.values]),
    help=_("Ce qu’il ouvre ; répétez l’option pour plusieurs."),
)
@click.option("--until", type=Day(), help=_("Dernier jour, compris."))
@json_option
def create(
    name: str, slug: str, rights: tuple[str, ...], until: date | None, *, as_json: bool
) -> None:
    """Make a token and give its secret."""
    company = company_of(slug)
    expires_at = None
    if until is not None:
        expires_at = datetime.combine(until + timedelta(days=1), time(), company.zone)
    try:
        made, secret = create_token(
            company,
            name=name,
            rights=rights,
            expires_at=expires_at,
            author=COMMAND_LINE,
            now=timezone.now(),
        )
    except TokenRefused as refused:
        raise Refused(str(refused)) from refused
    if not as_json:
        say(_("Gardez ce secret : il ne s’affichera plus."))
    answer({**_told(made), "secret": secret}, secret, as_json=as_json)


@token.command("list", help=_("Liste les jetons d’une société."))
@company_option
@json_option
def list_tokens(slug: str, *, as_json: bool) -> None:
    """All the tokens, without their secrets."""
    rows = [_told(one) for one in tokens_of(company_of(slug))]
    text = "\n".join(
        f"{row['id']}\t{row['prefix']}…\t{row['name']}\t{','.join(row['rights'])}\t{row['state']}"
        for row in rows
    )
    answer({"tokens": rows}, text or _("Aucun jeton."), as_json=as_json)


@token.command(help=_("Révoque un jeton, par son numéro, pour de bon."))
@click.argument("token_id", type=int)
@company_option
@json_option
def revoke(token_id: int, slug: str, *, as_json: bool) -> None:
    """Close a token."""
    company = company_of(slug)
    try:
        found = get_token(company, token_id)
    except ApiToken.DoesNotExist:
        raise Refused(_("Cette société n’a pas de jeton n° %d.") % token_id) from None
    revoke_token(found, author=COMMAND_LINE, now=timezone.now())
    answer(_told(found), _("Jeton « %s » révoqué.") % found.name, as_json=as_json)


def _told(one: ApiToken) -> dict[str, Any]:
    if one.revoked_at is not None:
        state = "revoked"
    else:
        state = "expired" if one.is_expired(timezone.now()) else "open"
    return {
        "id": one.pk,
        "name": one.name,
        "prefix": one.prefix,
        "rights": one.rights,
        "state": state,
        "created_at": one.created_at.isoformat(),
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
    }
