"""`encaisse token`: the tokens of the API."""

from datetime import UTC, datetime

import pytest

from encaisse.tenancy.api_tokens import token_of_secret
from encaisse.tenancy.models import ApiToken
from tests import builders
from tests.cli.desk import answered, misused, refused

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
RIGHTS = ("--right", "ledger:read", "--right", "ledger:write")


def test_a_token_is_made_listed_and_revoked():
    company = builders.company(slug="morel")

    made = answered("token", "create", "Compta", "--company", "morel", *RIGHTS,
                    "--until", "2099-12-31")  # fmt: skip

    token = token_of_secret(made["secret"], now=NOW)
    assert token is not None
    assert token.company == company
    # The whole of the last day, in Paris.
    assert token.expires_at == datetime(2099, 12, 31, 23, tzinfo=UTC)
    (listed,) = answered("token", "list", "--company", "morel")["tokens"]
    assert (listed["name"], listed["rights"], listed["state"]) == (
        "Compta", ["ledger:read", "ledger:write"], "open",
    )  # fmt: skip
    assert "secret" not in listed
    revoked = answered("token", "revoke", str(token.pk), "--company", "morel")
    assert revoked["state"] == "revoked"
    assert token_of_secret(made["secret"], now=NOW) is None


def test_what_cannot_be_made_says_why():
    company = builders.company(slug="morel")
    builders.company("Petit")
    answered("token", "create", "Compta", "--company", "morel", *RIGHTS)

    assert refused("token", "create", "Compta", "--company", "morel", *RIGHTS).startswith(
        "Un jeton porte déjà ce nom"
    )
    assert "plan:read" in misused(
        "token", "create", "X", "--company", "morel", "--right", "everything"
    )
    token = ApiToken.objects.get(company=company)
    assert "jeton" in refused("token", "revoke", str(token.pk), "--company", "petit")
