"""What messages say of late-payment charges, and where they send the customer to pay."""

from datetime import date

import pytest

from encaisse.collection.models import CollectionProfile
from encaisse.collection.operations.charges import set_consumer_profiles
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composer
from encaisse.collection.rules.plan import Claim
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.operations import configure_company
from tests.collection.world import Desk

TODAY = date(2026, 11, 21)


@pytest.fixture
def late(acme: Desk) -> Customer:
    """Owes 1 200,00 due on 30 September 2026, and 500,00 that is to come."""
    customer = acme.customer()
    acme.invoice(customer, "F1", 1200, due=date(2026, 9, 30))
    acme.invoice(customer, "F2", 500, due=date(2026, 12, 31))
    acme.sync(date(2026, 9, 1))
    return customer


def told(acme: Desk, customer: Customer, *, currency: str = "EUR") -> dict[str, str | bool | None]:
    claims = tuple(
        Claim(acme.entry(document).pk, minor, 3, 4)
        for document, minor in (("F1", 120_000), ("F2", 50_000))
    )
    draft = Draft(customer.pk, currency, "reminder", 4, "letter", "formal_notice_letter", claims)
    values = Composer(acme.company, TODAY, [draft]).facts(draft).values
    return {name: plain(value) for name, value in values.items()}


def plain(value: str | bool | None) -> str | bool | None:
    return value.replace("\u202f", " ").replace("\xa0", " ") if isinstance(value, str) else value


def test_unasked_for_no_message_speaks_of_them(acme: Desk, late: Customer):
    values = told(acme, late)

    assert values["penalites_actives"] is False
    assert values["total_general"] == values["total"] == "1 700,00 €"


def test_the_legal_rate_and_forty_euros_for_each_late_invoice(acme: Desk, late: Customer):
    configure_company(acme.company, author=COMMAND_LINE, penalty_mode="legal")

    values = told(acme, late)

    assert values["penalites"] == "21,20 €"
    assert values["taux_penalite"] == "12,40 %"
    assert values["penalite_jour"] == "0,41 €"
    assert values["indemnites"] == "40,00 €"
    assert values["total_general"] == "1 761,20 €"


def test_an_agreed_rate_replaces_the_legal_one(acme: Desk, late: Customer):
    configure_company(acme.company, author=COMMAND_LINE, penalty_mode="agreed", penalty_rate=15)

    assert told(acme, late)["penalites"] == "25,64 €"  # 1 200 × 15 % × 52 / 365


def test_nothing_is_claimed_of_a_consumer(acme: Desk, late: Customer):
    configure_company(acme.company, author=COMMAND_LINE, penalty_mode="legal")
    profile = CollectionProfile.objects.get(company=acme.company, is_default=True)

    assert set_consumer_profiles(acme.company, [profile.pk], author=COMMAND_LINE)
    assert not set_consumer_profiles(acme.company, [profile.pk], author=COMMAND_LINE)

    values = told(acme, late)
    assert (values["b2b"], values["penalites_actives"]) == (False, False)
    assert values["total_general"] == "1 700,00 €"


def test_an_unknown_half_year_suspends_them_until_its_rate_is_typed(acme: Desk, late: Customer):
    configure_company(acme.company, author=COMMAND_LINE, penalty_mode="legal")
    later = date(2027, 1, 10)

    def on(day: date) -> bool:
        claim = Claim(acme.entry("F1").pk, 120_000, 3, 4)
        draft = Draft(late.pk, "EUR", "reminder", 4, "letter", "formal_notice_letter", (claim,))
        return bool(Composer(acme.company, day, [draft]).facts(draft).values["penalites_actives"])

    assert told(acme, late)["penalites_actives"] is True
    assert not on(later)
    configure_company(acme.company, author=COMMAND_LINE, ecb_rates={"2027-S1": "2.40"})
    assert on(later)


def test_the_payment_page_is_that_of_the_message(acme: Desk, late: Customer):
    assert told(acme, late)["lien_paiement"] is None
    configure_company(
        acme.company,
        author=COMMAND_LINE,
        payment_url="https://payer.example/{client}?montant={montant}&ref={reference}",
    )

    assert told(acme, late)["lien_paiement"] == (
        "https://payer.example/DUPONT?montant=1700.00&ref=DUPONT"
    )


def test_a_credit_that_is_deducted_is_not_claimed_again_in_the_whole(acme: Desk, late: Customer):
    configure_company(acme.company, author=COMMAND_LINE, penalty_mode="legal")
    claims = (
        Claim(acme.entry("F1").pk, 120_000, 3, 4),
        Claim(acme.entry("F2").pk, -20_000, 0, 0, is_credit=True),
    )
    draft = Draft(late.pk, "EUR", "reminder", 4, "letter", "formal_notice_letter", claims)

    values = Composer(acme.company, TODAY, [draft]).facts(draft).values

    assert plain(values["total"]) == "1 000,00 €"
    assert plain(values["total_general"]) == "1 061,20 €"


def test_senders_look_again_once_somebody_is_a_consumer(acme: Desk, late: Customer):
    profile = CollectionProfile.objects.get(company=acme.company, is_default=True)
    before = acme.company.facts_revision

    set_consumer_profiles(acme.company, [profile.pk], author=COMMAND_LINE)

    acme.company.refresh_from_db()
    assert acme.company.facts_revision > before
