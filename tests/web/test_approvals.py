"""« À valider »: what automatic steps prepared, let go or passed over by a person."""

import pytest
from django.utils import timezone

from encaisse.collection.models import Reminder, Step
from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
from encaisse.tenancy.journal import AUTOMATIC
from encaisse.tenancy.scope import Scope
from tests.builders import member
from tests.web.plan_desk import ROOT, text_of, told
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]

APPROVALS = "/s/morel/agir/a-valider/"


@pytest.fixture
def prepared(desk):
    """Three e-mails that wait for a person's word."""
    Step.objects.filter(medium="email").update(is_automatic=True, needs_approval=True)
    for name, euros in (("Rivet", 100), ("Petit", 500), ("Moulin", 250)):
        desk.mail(name, euros)
    moment = Moment(desk.today, timezone.now())
    selection = Selection(automatic_only=True)
    prepare_reminders(Scope(desk.company), moment, author=AUTOMATIC, selection=selection)


def pk_of(name: str) -> int:
    return Reminder.objects.get(customer__legal_name=name).pk


def statuses() -> dict[str, str]:
    return dict(Reminder.objects.values_list("customer__legal_name", "status"))


def test_the_list_shows_what_waits_and_the_message_itself(karim, prepared):
    page = karim.get(APPROVALS)
    names = [line.reminder.customer.legal_name for line in page.context["list"].rows]
    assert names == ["Petit", "Moulin", "Rivet"]
    assert "3 relances à valider" in text_of(karim.get(ROOT))

    dialog = karim.get(f"{APPROVALS}{pk_of('Petit')}/", headers={"HX-Request": "true"})
    assert "petit@petit.example" in text_of(dialog)
    content = karim.get(f"{APPROVALS}{pk_of('Petit')}/contenu/")
    assert "500,00" in content.content.decode()
    assert "sandbox" in content["Content-Security-Policy"]


def test_what_is_validated_leaves_and_the_rest_waits(karim, desk, prepared):
    ticked = f"?choix={pk_of('Petit')}&choix={pk_of('Rivet')}"
    response = karim.post(f"{APPROVALS}decider/{ticked}", {"decision": "envoyer"}, follow=True)

    assert "2 relances validées." in told(response)
    assert statuses() == {"Petit": "waiting", "Rivet": "waiting", "Moulin": "to_approve"}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_one_message_is_validated_from_its_own_page(karim, desk, prepared, headers):
    page = karim.get(f"{APPROVALS}{pk_of('Petit')}/", headers=headers).content.decode()
    action = f"{APPROVALS}decider/?choix={pk_of('Petit')}"
    assert f'action="{action}"' in page
    assert page.count('name="decision"') == 2

    karim.post(action, {"decision": "envoyer"})

    assert statuses() == {"Petit": "waiting", "Rivet": "to_approve", "Moulin": "to_approve"}


def test_all_pages_are_passed_over_at_once_without_sending(karim, desk, prepared):
    path = f"{APPROVALS}decider/?choix=tous&sauf={pk_of('Moulin')}"
    response = karim.post(path, {"decision": "passer"}, follow=True)

    assert "2 étapes passées sans envoi." in told(response)
    assert statuses() == {"Petit": "cancelled", "Rivet": "cancelled", "Moulin": "to_approve"}


def test_a_reader_looks_and_decides_nothing(client, desk, prepared):
    client.force_login(member(desk.company, "reader"))

    for path in (APPROVALS, f"{APPROVALS}{pk_of('Petit')}/"):
        assert "decision" not in client.get(path).content.decode()
    path = f"{APPROVALS}decider/?choix=tous"
    assert client.post(path, {"decision": "envoyer"}).status_code == 403
    assert set(statuses().values()) == {"to_approve"}


def test_a_portfolio_hides_the_others(client, desk, prepared):
    client.force_login(member(desk.company, sales_reps="Personne"))

    assert client.get(APPROVALS).context["list"].count == 0
    client.post(f"{APPROVALS}decider/?choix=tous", {"decision": "envoyer"})
    assert set(statuses().values()) == {"to_approve"}
    assert client.get(f"{APPROVALS}{pk_of('Petit')}/").status_code == 404


def test_one_button_stops_everything_that_leaves_by_itself(client, desk, prepared):
    client.force_login(member(desk.company, "administrator"))

    client.post(f"{ROOT}pause/", {"pause": "1"})
    desk.company.refresh_from_db()
    assert desk.company.automatic_paused
    assert "Envois automatiques suspendus" in text_of(client.get(ROOT))

    client.post(f"{ROOT}pause/")
    desk.company.refresh_from_db()
    assert not desk.company.automatic_paused
