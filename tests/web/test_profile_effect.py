"""« Affecter un profil » says what the profile would change before it is given."""

from datetime import timedelta

import pytest

from encaisse.collection.models import ProfileRule
from encaisse.tenancy.models import Event
from tests.builders import customer, has_profile, invoice, member, profile
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

PAGE = "/s/morel/clients/profil/?choix=tous"


@pytest.fixture
def desk(client, morel):
    client.force_login(member(morel, "collector"))
    return client


@pytest.fixture
def large(morel, today):
    """A profile that a rule gives, with a scenario; one of two customers has it."""
    large, other = profile(morel, "Grand compte"), profile(morel, "Autre")
    scenario = large.scenarios.create(company=morel, name="Grand compte", with_email=False)
    scenario.steps.create(
        kind="reminder", level=1, medium="phone", trigger="due", offset_days=8,
    )  # fmt: skip
    trade = [{"about": "category", "test": "is", "value": "Négoce"}]
    ProfileRule.objects.create(company=morel, profile=large, position=1, conditions=trade)
    for name, followed in (("Dupont", large), ("Petit", other)):
        made = customer(morel, name, category="Négoce")
        invoice(made, euros=100, due=today - timedelta(days=20))
        has_profile(made, followed)
    return large


def test_what_a_profile_would_change_is_said_and_nothing_is_written(desk, morel, large):
    other = profile(morel, "Rien")

    def said(wanted: int) -> str:
        return text_of(desk.post(PAGE, {"profile": wanted, "count": 2, "faire": "effet"}))

    for wanted in (large.pk, 0):  # 0: what the rules give
        assert "1 client qui n’en avait pas aurait un scénario." in said(wanted)
        assert "Parmi eux, 2 à relancer" in said(wanted)
    assert "1 client n’aurait plus de scénario (sans e-mail)" in said(other.pk)
    assert "Plus aucun d’eux ne serait à relancer" in said(other.pk)
    large.scenarios.update(is_active=False)
    assert "Aucun client ne changerait de scénario." in said(other.pk)
    assert not Event.objects.exists()
