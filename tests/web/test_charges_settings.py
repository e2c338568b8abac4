"""« Pénalités et paiement » over HTTP."""

from decimal import Decimal

import pytest

from encaisse.collection.models import CollectionProfile
from encaisse.collection.operations.setup import install_defaults
from encaisse.tenancy.models import Event
from tests.builders import company, member
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db
PAGE = "/s/morel/configurer/penalites/"


@pytest.fixture
def morel():
    made = company("Ateliers Morel", slug="morel")
    install_defaults(made)
    return made


@pytest.fixture
def claire(client, morel):
    client.force_login(member(morel, "administrator", "claire@morel.example"))
    return client


def test_the_settings_are_kept_with_an_example_and_a_line_of_the_journal(claire, morel):
    assert "Par exemple" not in words_of(claire.get(PAGE))
    profile = CollectionProfile.objects.get(company=morel, is_default=True)

    typed = {
        "penalty_mode": "agreed",
        "penalty_rate": "12,00",
        "consumers": [str(profile.pk)],
        "payment_url": "https://payer.example/{reference}",
    }
    assert claire.post(PAGE, typed).status_code == 302

    morel.refresh_from_db()
    profile.refresh_from_db()
    assert (morel.penalty_mode, morel.penalty_rate) == ("agreed", Decimal(12))
    assert morel.payment_url == "https://payer.example/{reference}"
    assert not profile.is_business
    kinds = Event.objects.filter(company=morel).order_by("-id").values_list("kind", flat=True)
    assert list(kinds[:2]) == ["company.consumers_set", "company.configured"]
    # 1 200,00 € × 12 % × 52 / 365
    assert "20,52" in words_of(claire.get(PAGE))
    journal = words_of(claire.get("/s/morel/configurer/journal/"))
    assert "Profils de particuliers" in journal
    assert "pénalités de retard" in journal.lower()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"penalty_mode": "agreed"}, "Donnez le taux de vos conditions de vente."),
        ({"payment_url": "http://payer.example"}, "commence par https://"),
        ({"payment_url": "https://payer.example/{iban}"}, "seuls {montant}"),
        ({"penalty_mode": "agreed", "penalty_rate": "douze"}, "nombre"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(claire, morel, typed, said):
    answer = claire.post(PAGE, typed)

    assert answer.status_code == 422
    assert said in words_of(answer)
    morel.refresh_from_db()
    assert (morel.penalty_mode, morel.payment_url) == ("", "")


def test_a_rate_that_is_typed_stands_for_the_products_until_it_is_the_same(claire, morel):
    page = words_of(claire.get(PAGE))
    names = sorted({part.split('"')[0] for part in page.split('name="')[1:] if "ecb_" in part[:5]})
    assert len(names) == 3

    claire.post(PAGE, {names[-1]: "1,90"})
    morel.refresh_from_db()
    assert list(morel.ecb_rates.values()) == ["1.90"]

    claire.post(PAGE, {names[-1]: ""})
    morel.refresh_from_db()
    assert morel.ecb_rates == {}


def test_a_rate_below_the_legal_minimum_is_said(claire):
    typed = {"penalty_mode": "agreed", "penalty_rate": "2"}

    said = words_of(claire.post(PAGE, typed, follow=True))

    assert "sous le minimum légal" in said
    typed["penalty_rate"] = "30"
    assert "sous le minimum légal" not in words_of(claire.post(PAGE, typed, follow=True))
