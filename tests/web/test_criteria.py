"""« Par critère »: the list, its filters, the confirmation, and the order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.collection.models import EntryFollowUp, Reminder
from encaisse.jobs.models import Job
from tests.builders import at_level, hold, invoice, member, reminder
from tests.web.plan_desk import HTMX, Desk, plain
from tests.web.plan_fixtures import desk as desk
from tests.web.plan_fixtures import karim as karim

pytestmark = pytest.mark.django_db

ROOT = "/s/morel/agir/criteres/"
ORDER = f"{ROOT}relancer/"


@pytest.fixture
def three(desk: Desk):
    """Two who can be reminded, one by e-mail and one by letter, and one who is stopped."""
    hold(desk.mail("Stoppé", 300), on=desk.today)
    return desk.mail("Dupont", 100, sales_rep="Durant"), desk.letter("Poste", 200)


def names(response) -> list[str]:
    return sorted(line.row.customer.legal_name for line in response.context["list"].rows)


def typed(client, query: str, **changes: str) -> dict[str, str]:
    """The form as the page gives it."""
    page = client.get(ORDER + query)
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {**values, "nombre": str(page.context["what"].count), **changes}


def test_the_list_says_who_can_be_reminded_and_why_not_the_others(karim, desk, three):
    desk.late(desk.mail("Nouveau"), 50, days=-30)
    text = plain(karim.get(ROOT).text)

    assert "3 clients à relancer" in text  # Nouveau owes 100 since three weeks
    assert "(1 client à ne pas relancer)" in text
    assert "Client en STOP" in text
    assert names(karim.get(f"{ROOT}?relance=non")) == ["Stoppé"]
    assert names(karim.get(f"{ROOT}?relance=oui")) == ["Dupont", "Nouveau", "Poste"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("email=oui", {"Ancien", "Dupont", "Stoppé"}),
        ("email=non", {"Poste"}),
        ("stop=oui", {"Stoppé"}),
        ("niveau=2", {"Ancien"}),
        ("niveau=0", {"Dupont", "Poste", "Stoppé"}),
        ("min=200", {"Ancien", "Poste", "Stoppé"}),
        ("min=200&max=200", {"Poste"}),
        ("retard_min=22", {"Ancien"}),
        ("retard_min=30&retard_max=199", set()),
        ("tranche=2", {"Ancien"}),
        ("silence_min=10", {"Dupont", "Poste", "Stoppé"}),
        ("silence_min=5", {"Ancien", "Dupont", "Poste", "Stoppé"}),
        ("silence_max=5", {"Ancien"}),
        ("silence_max=4", set()),
        ("promesse=oui", set()),
        ("litige=non&q=dup", {"Dupont"}),
    ],
)
def test_the_filters(karim, desk, three, query, kept):
    old = desk.mail("Ancien", 1)
    entry = desk.late(old, 900, days=200)
    at_level(entry, 2, on=desk.today - timedelta(days=5))
    reminder(old, on=desk.today - timedelta(days=5), level=2)

    assert set(names(karim.get(f"{ROOT}?{query}"))) == kept


@pytest.mark.parametrize("sort", ["name", "late", "-late", "reminded", "-overdue", "level"])
def test_every_order_works(karim, three, sort):
    found = karim.get(f"{ROOT}?tri={sort}&colonnes=name,level,reminded,late")

    assert len(names(found)) == 3


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(karim, desk, three):
    def counted() -> int:
        with CaptureQueriesContext(connection) as context:
            karim.get(ROOT)
        return len(context)

    karim.get(ROOT)
    before = counted()
    for number in range(15):
        desk.mail(f"Client{number}")
    assert counted() == before


def test_the_file_is_the_list(karim, three):
    response = karim.get(f"{ROOT}export.csv?q=dupont")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Dupont" in lines[1]


def test_the_confirmation_says_how_many_how_much_and_who_is_left_out(karim, three):
    text = plain(karim.get(f"{ORDER}?choix=tous").text)

    for words in ("1 e-mail", "100,00 €", "Client en STOP", "Aucune adresse"):
        assert words in text
    assert "2 clients laissés de côté" in text


def test_another_medium_changes_what_would_leave(karim, three):
    data = typed(karim, "?choix=tous", medium="letter", voir="1")

    part = karim.post(f"{ORDER}?choix=tous", data, headers=HTMX)

    assert part.context["what"].customer_ids == {three[1].pk}
    assert "Imprimer 1 courrier" in plain(part.text)
    assert not Job.objects.exists()


def test_a_text_of_another_level_is_warned_of(karim, three):
    said = "1 relance est d’un autre niveau que ce modèle."
    assert said not in plain(karim.get(f"{ORDER}?choix=tous").text)
    data = typed(karim, "?choix=tous", template="reminder_3_email", voir="1")

    assert said in plain(karim.post(f"{ORDER}?choix=tous", data, headers=HTMX).text)


def test_the_preview_is_the_message_that_leaves(karim, desk, three):
    line = f"{ORDER}{three[0].pk}/EUR/"

    dialog = karim.get(f"{line}apercu/?medium=email&template=&counts=oui&to_level=3", headers=HTMX)
    message = karim.get(f"{line}contenu/?medium=email&to_level=suivante")

    assert "dupont@dupont.example" in dialog.text
    assert "100,00" in plain(message.text)
    assert "script-src" not in message.headers["Content-Security-Policy"]
    stopped = desk.entries["Stoppé"].customer_id
    assert karim.get(f"{ORDER}{stopped}/EUR/apercu/").status_code == 404


def test_the_order_is_prepared_then_leaves(karim, desk, three):
    data = typed(karim, "?choix=tous")

    run = karim.post(f"{ORDER}?choix=tous", data, follow=True)
    assert "En préparation" in run.text
    again = karim.post(f"{ORDER}?choix=tous", data)
    assert again.url == run.redirect_chain[-1][0]  # a second click finds the first
    desk.work()
    sent = karim.get(again.url)
    assert "/agir/scenarios/envoi/" in sent.url
    desk.work()

    assert "Envoi de 1 e-mail" in plain(karim.get(sent.url).text)
    assert desk.statuses() == {"Dupont": "sent"}
    assert EntryFollowUp.objects.get(entry=desk.entries["Dupont"]).level == 1


def test_calls_join_the_list_of_calls(karim, desk, three):
    data = typed(karim, "?choix=tous", medium="phone", counts="non")
    data["nombre"] = "2"

    run = karim.post(f"{ORDER}?choix=tous", data)
    desk.work()
    calls = karim.get(run.url, follow=True)

    assert "2 appels ajoutés à la liste." in plain(calls.text)
    assert set(desk.statuses().values()) == {"to_do"}


def test_more_than_was_said_never_leaves(karim, desk, three):
    data = typed(karim, "?choix=tous")
    desk.mail("Tard")

    refused = karim.post(f"{ORDER}?choix=tous", data)

    assert refused.status_code == 422
    assert "La situation a changé" in refused.text
    assert not Job.objects.exists()


def test_an_order_that_is_stopped_leaves_nothing(karim, desk, three):
    run = karim.post(f"{ORDER}?choix=tous", typed(karim, "?choix=tous"))

    stopped = karim.post(f"{run.url}arreter/", follow=True)
    desk.work()

    assert "Rien n’est parti" in stopped.text
    assert not Reminder.objects.exists()


def test_without_the_right_nobody_orders(client, desk, three):
    client.force_login(member(desk.company, "reader"))

    assert client.get(ROOT).status_code == 200
    assert "data-select" not in client.get(ROOT).text
    assert client.get(ORDER).status_code == 403


def test_a_customer_of_another_portfolio_is_never_chosen(client, desk, three):
    client.force_login(member(desk.company, sales_reps="Durant"))
    other = desk.mail("Ailleurs", sales_rep="Petit")

    page = client.get(f"{ORDER}?choix={other.pk}&choix={three[0].pk}")

    assert page.context["what"].customer_ids == {three[0].pk}
    assert names(client.get(ROOT)) == ["Dupont"]


def test_what_is_not_due_alone_is_not_listed(karim, desk, three):
    made = desk.mail("Futur", 1)
    desk.entries["Futur"].delete()
    invoice(made, euros=10, due=desk.today + timedelta(days=3))

    assert "Futur" not in names(karim.get(ROOT))
