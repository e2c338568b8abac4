"""« Configurer », API: tokens made, shown once, taken back."""

import re

import pytest
from django.utils import timezone

from encaisse.tenancy.api_tokens import create_token, token_of_secret
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import ApiToken
from tests import builders

pytestmark = pytest.mark.django_db

HOME = "/s/morel/configurer/api/"


@pytest.fixture
def claire(client, morel):
    """The administrator, logged in."""
    client.force_login(builders.member(morel, "administrator", first_name="Claire"))
    return client


def test_the_secret_is_on_the_page_that_answers_and_nowhere_else(claire, morel):
    made = claire.post(
        f"{HOME}creer/", {"name": "Compta", "rights": ["ledger:read"], "last_day": "2099-12-31"}
    )

    (secret,) = set(re.findall(r"enc_[\w-]{20,}", made.text))
    assert "no-store" in made["Cache-Control"]
    token = token_of_secret(secret, now=timezone.now())
    assert token is not None
    assert (token.company, token.rights, token.created_by_name) == (
        morel, ["ledger:read"], "Claire",
    )  # fmt: skip
    page = claire.get(HOME)
    assert "Compta" in page.text
    assert "jusqu’au 31/12/2099" in page.text
    assert token.prefix in page.text
    assert secret not in page.text


def test_a_token_without_a_name_without_rights_or_already_there_is_not_made(claire, morel):
    first = claire.post(f"{HOME}creer/", {"name": "Compta", "rights": ["plan:read"]})
    wrong = [
        claire.post(f"{HOME}creer/", data)
        for data in (
            {"name": "", "rights": ["plan:read"]},
            {"name": "Autre"},
            {"name": "Autre", "rights": ["plan:read"], "last_day": "2020-01-01"},
            {"name": "Compta", "rights": ["plan:read"]},
        )
    ]

    assert first.status_code == 200
    assert [one.status_code for one in wrong] == [422] * 4
    assert "Un jeton porte déjà ce nom" in wrong[3].text
    assert ApiToken.objects.count() == 1


def test_a_revoked_token_stays_in_sight_and_that_of_another_company_is_not_there(claire, morel):
    now, author = timezone.now(), Author("Claire")
    rights = ["plan:read"]
    token, _secret = create_token(morel, name="Compta", rights=rights, author=author, now=now)
    other, _secret = create_token(
        builders.company("Petit"), name="Autre", rights=rights, author=author, now=now
    )

    assert "de bon" in claire.get(f"{HOME}{token.pk}/revoquer/").text
    assert ApiToken.objects.get(pk=token.pk).opens(now)
    gone = claire.post(f"{HOME}{token.pk}/revoquer/", follow=True)

    assert "révoqué" in gone.text
    assert not ApiToken.objects.get(pk=token.pk).opens(now)
    assert claire.post(f"{HOME}{other.pk}/revoquer/").status_code == 404
    assert ApiToken.objects.get(pk=other.pk).opens(now)
