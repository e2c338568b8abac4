"""« Configurer », Webhooks: adding an address, what was told to it, and telling again."""

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.urls import resolve
from django.utils import timezone

from encaisse.tenancy.journal import COMMAND_LINE, record_event
from encaisse.tenancy.models import Event, WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.rules.webhooks import TOLD
from encaisse.tenancy.webhooks.delivery import try_delivery
from encaisse.tenancy.webhooks.endpoints import add_endpoint
from encaisse.web.app.help.guide import FOLDER
from encaisse.web.app.webhooks.words import LABELS
from tests.builders import company, member
from tests.support.webhooks import listening
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

WEBHOOKS = "/s/morel/configurer/webhooks/"


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def listener():
    with listening() as server:
        yield server


@pytest.fixture
def administrator(client, morel):
    client.force_login(member(morel, "administrator"))
    return client


def told_to(url: str, of) -> tuple[WebhookEndpoint, str]:
    return add_endpoint(of, url=url, kinds=["hold.set"], author=COMMAND_LINE, now=timezone.now())


def stopped(of, count: int = 1) -> None:
    """STOP is set on some customers."""
    for number in range(count):
        record_event(
            "hold.set", company=of, author=COMMAND_LINE, customer_code="411DUPONT", hold=number
        )


def shown_secret(page: str) -> str:
    found = re.search(r'value="(whsec_[^"]+)"', page)
    assert found
    return found[1]


def test_an_address_is_added_and_its_secret_shown_once(administrator, morel):
    fields = {"url": "https://crm.exemple.fr/in", "label": "CRM", "kinds": ["hold.set"]}

    added = administrator.post(f"{WEBHOOKS}ajouter/", fields)

    endpoint = WebhookEndpoint.objects.get()
    secret = shown_secret(added.text)
    assert added["Cache-Control"] == "no-store"
    assert (endpoint.company, endpoint.label, endpoint.kinds) == (morel, "CRM", ["hold.set"])
    for address in (WEBHOOKS, f"{WEBHOOKS}{endpoint.pk}/", f"{WEBHOOKS}{endpoint.pk}/modifier/"):
        page = administrator.get(address)
        assert page.status_code == 200
        assert secret not in page.text
        assert "CRM" in page.text


@pytest.mark.parametrize(
    ("url", "kinds", "said"),
    [
        ("http://crm.exemple.fr/", ["hold.set"], "https://"),
        ("https://10.1.2.3/", ["hold.set"], "réseau privé"),
        ("https://crm.exemple.fr/", [], "au moins un événement"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    administrator, settings, url, kinds, said
):
    settings.WEBHOOKS_PRIVATE = False
    fields = {"url": url, "label": "Mon CRM", "kinds": kinds}

    refused = administrator.post(f"{WEBHOOKS}ajouter/", fields)

    assert refused.status_code == 422
    assert said in words_of(refused)
    assert "Mon CRM" in refused.text
    assert url in refused.text
    assert not WebhookEndpoint.objects.exists()


def test_a_trial_says_what_was_answered(administrator, morel, listener):
    endpoint, _secret = told_to(listener.url, morel)
    listener.answers = [503]
    address = f"{WEBHOOKS}{endpoint.pk}/essayer/"

    failed = administrator.post(address, follow=True)
    done = administrator.post(address, follow=True)

    assert "Réponse 503" in words_of(failed)
    assert "Essai remis : réponse 200" in words_of(done)
    assert len(listener.heard) == 2


def test_a_delivery_shows_what_left_and_what_was_answered_and_is_told_again(
    administrator, morel, listener
):
    told_to(listener.url, morel)
    listener.answers = [500]
    stopped(morel)
    delivery = WebhookDelivery.objects.get()
    try_delivery(delivery)
    WebhookDelivery.objects.update(status="failed")

    shown = words_of(administrator.get(f"{WEBHOOKS}envois/{delivery.pk}/"))
    assert delivery.event_id in shown
    assert "Réponse 500" in shown
    assert "411DUPONT" in shown
    administrator.post(f"{WEBHOOKS}envois/{delivery.pk}/renvoyer/")

    delivery.refresh_from_db()
    assert delivery.status == "waiting"


def test_all_that_was_given_up_is_told_again_with_one_button(administrator, morel):
    endpoint, _secret = told_to("https://crm.exemple.fr/in", morel)
    stopped(morel, 3)
    WebhookDelivery.objects.update(status="failed")
    address = f"{WEBHOOKS}{endpoint.pk}/"

    page = administrator.get(f"{address}?statut=abandonnes")
    assert "Les renvoyer tous" in words_of(page)
    assert page.text.count("STOP posé") >= 3
    administrator.post(f"{address}renvoyer/")

    assert WebhookDelivery.objects.filter(status="waiting").count() == 3
    assert Event.objects.filter(kind="webhook.replayed").count() == 1
    assert "Les renvoyer tous" not in words_of(administrator.get(address))


def test_an_address_is_turned_off_and_forgotten(administrator, morel):
    endpoint, _secret = told_to("https://crm.exemple.fr/in", morel)
    address = f"{WEBHOOKS}{endpoint.pk}/"
    fields = {"url": endpoint.url, "kinds": ["hold.set", "level.set"]}

    administrator.post(f"{address}modifier/", fields)
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.kinds) == (False, ["hold.set", "level.set"])
    assert "arrêtée" in words_of(administrator.get(address))
    administrator.post(f"{address}supprimer/")

    assert not WebhookEndpoint.objects.exists()
    kinds = Event.objects.filter(kind__startswith="webhook.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "webhook.added",
        "webhook.changed",
        "webhook.removed",
    ]


def test_another_company_s_address_does_not_exist(administrator):
    other = company("Autre", slug="autre")
    endpoint, _secret = told_to("https://crm.exemple.fr/in", other)
    stopped(other)
    delivery = WebhookDelivery.objects.get()

    for address in ("", "modifier/"):
        assert administrator.get(f"{WEBHOOKS}{endpoint.pk}/{address}").status_code == 404
    for act in ("secret/", "supprimer/", "essayer/", "renvoyer/"):
        assert administrator.post(f"{WEBHOOKS}{endpoint.pk}/{act}").status_code == 404
    assert administrator.get(f"{WEBHOOKS}envois/{delivery.pk}/").status_code == 404
    assert administrator.post(f"{WEBHOOKS}envois/{delivery.pk}/renvoyer/").status_code == 404


def test_the_page_asks_for_as_much_however_many_deliveries(
    administrator, morel, django_assert_max_num_queries
):
    endpoint, _secret = told_to("https://crm.exemple.fr/in", morel)
    stopped(morel, 60)

    with django_assert_max_num_queries(16):
        page = administrator.get(f"{WEBHOOKS}{endpoint.pk}/?par=100")

    assert page.text.count("STOP posé") >= 60


def test_the_links_of_an_event_lead_into_the_api(morel, settings):
    told_to("https://crm.exemple.fr/in", morel)
    WebhookEndpoint.objects.update(kinds=["reminder.sent"])

    record_event(
        "reminder.sent", company=morel, author=COMMAND_LINE, customer_code="411 A/B", reminder=7
    )

    links = json.loads(WebhookDelivery.objects.get().body)["links"]
    paths = {name: unquote(link.removeprefix(settings.SITE_URL)) for name, link in links.items()}
    assert resolve(paths["customer"]).kwargs == {"code": "411 A/B"}
    assert resolve(paths["reminder"]).kwargs == {"reminder_id": 7}


def test_every_event_has_words_and_is_in_both_guides():
    assert set(LABELS) - {"webhook.tried"} == set(TOLD)
    for folder in (FOLDER, FOLDER / "en"):
        guide = (folder / "webhooks.md").read_text()
        assert {kind for kind in TOLD if f"`{kind}`" not in guide} == set()


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "en"], ids=["fr", "en"])
def test_the_guide_s_example_accepts_what_is_sent_and_refuses_the_rest(morel, listener, folder):
    source = re.search(r"```python\n(.*?)```", (folder / "webhooks.md").read_text(), re.DOTALL)
    assert source
    example: dict[str, Any] = {}
    exec(source[1], example)
    is_genuine = example["is_genuine"]
    secret = told_to(listener.url, morel)[1]
    stopped(morel)
    try_delivery(WebhookDelivery.objects.get())

    (heard,) = listener.heard
    header = heard.headers["Encaisse-Signature"]
    assert is_genuine(secret, heard.body, header)
    assert not is_genuine(secret, heard.body + b" ", header)
    assert not is_genuine("whsec_autre", heard.body, header)
    assert not is_genuine(secret, heard.body, header, now=timezone.now().timestamp() + 600)
