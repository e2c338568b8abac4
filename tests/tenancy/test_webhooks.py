"""Who asked to be told is told: signed, at least once, tried again for a day, and nobody inside."""

import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.tenancy.journal import COMMAND_LINE, record_event
from encaisse.tenancy.models import Company, Event, WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.rules.webhooks import TOLD, is_public, signature
from encaisse.tenancy.webhooks import delivery as delivering
from encaisse.tenancy.webhooks import endpoints, post
from encaisse.tenancy.webhooks.endpoints import EndpointRefused
from encaisse.web.app.audit.words import WORDS
from tests.builders import company
from tests.support.webhooks import Listener, listening, time_passes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def listener():
    with listening() as server:
        yield server


@pytest.fixture
def morel(db) -> Company:
    return company("Ateliers Morel", slug="morel")


def told_to(listener: Listener, of: Company, *kinds: str) -> tuple[WebhookEndpoint, str]:
    return endpoints.add_endpoint(
        of,
        url=listener.url,
        kinds=kinds or ("promise.recorded",),
        author=COMMAND_LINE,
        now=timezone.now(),
    )


def promised(of: Company, promise: int = 1, **more: Any) -> None:
    record_event(
        "promise.recorded",
        company=of,
        author=COMMAND_LINE,
        customer_code="411DUPONT",
        promise=promise,
        amount_minor=120050,
        currency="EUR",
        promised_date="2026-12-01",
        **more,
    )


def deliver() -> None:
    """What a worker does: look at what is due, then do its tasks."""
    now = timezone.now()
    for endpoint in WebhookEndpoint.objects.all():
        due = delivering._due(now).filter(endpoint=endpoint).exists()
        lease = delivering._take(endpoint.pk, now) if due else None
        if lease is not None:
            delivering.deliver_waiting(endpoint.pk, lease)


def statuses() -> list[str]:
    return list(WebhookDelivery.objects.order_by("id").values_list("status", flat=True))


def test_an_event_is_told_once_with_ids_and_amounts_and_nothing_that_a_person_wrote(
    morel, listener, settings
):
    told_to(listener, morel)

    promised(morel, 7, comment="Le comptable est en congé", recipients=["a@b.fr"])
    deliver()
    deliver()

    (heard,) = listener.heard
    body = json.loads(heard.body)
    assert heard.path == "/encaisse"
    assert body["type"] == heard.headers["Encaisse-Event"] == "promise.recorded"
    assert body["id"] == heard.headers["Encaisse-Event-Id"]
    assert (body["company"], body["customer_code"]) == ("morel", "411DUPONT")
    assert body["data"] == {
        "promise_id": 7,
        "amount": 120050,
        "currency": "EUR",
        "promised_date": "2026-12-01",
    }
    assert body["links"] == {"customer": f"{settings.SITE_URL}/api/v1/customers/411DUPONT"}
    assert statuses() == ["delivered"]


def test_a_request_is_signed_with_the_secret_over_its_moment_and_its_body(morel, listener):
    _endpoint, secret = told_to(listener, morel)

    promised(morel)
    deliver()

    (heard,) = listener.heard
    told = heard.headers["Encaisse-Signature"]
    moment = datetime.fromtimestamp(int(told[2:].partition(",")[0]), tz=UTC)
    assert told == signature(secret, heard.body.decode(), moment)
    assert secret not in WebhookEndpoint.objects.get().secret_sealed
    assert secret not in json.dumps(list(Event.objects.values_list("data", flat=True)))


def test_what_nobody_asked_for_and_other_companies_are_not_told(morel, listener):
    other = company("Autre", slug="autre")
    told_to(listener, morel, "hold.set")
    told_to(listener, other, "promise.recorded")

    promised(morel)
    deliver()

    assert listener.heard == []


def test_what_is_undone_is_not_told(morel, listener):
    told_to(listener, morel)

    with transaction.atomic():
        promised(morel)
        transaction.set_rollback(True)

    assert statuses() == []


def test_a_company_that_tells_nobody_pays_one_look_up(morel):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        promised(morel)

    assert len(queries) == 2


def test_a_refused_delivery_is_tried_again_later_and_the_event_keeps_its_id(morel, listener):
    told_to(listener, morel)
    listener.answers = [500, 503]
    promised(morel)

    deliver()
    deliver()
    assert len(listener.heard) == 1
    time_passes(seconds=31)
    deliver()
    time_passes(minutes=2)
    deliver()

    assert statuses() == ["delivered"]
    assert len(listener.heard) == 3
    assert len({heard.body for heard in listener.heard}) == 1
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.failures, endpoint.failing_since, endpoint.rests_until) == (0, None, None)


def test_after_a_day_a_delivery_is_given_up_and_says_why(morel, listener):
    told_to(listener, morel)
    listener.answers = [500] * 50
    promised(morel)

    for _hour in range(40):
        deliver()
        time_passes(hours=1)

    (given_up,) = WebhookDelivery.objects.all()
    assert given_up.status == "failed"
    assert given_up.attempts == len(listener.heard) < 15
    assert (given_up.answer_status, given_up.answer_text) == (500, "non")
    assert "500" in given_up.error


def test_an_address_that_takes_nothing_for_three_days_is_stopped_and_the_journal_says_so(
    morel, listener
):
    told_to(listener, morel)
    listener.answers = [500] * 200

    for _half_day in range(10):
        promised(morel)
        for _hour in range(12):
            deliver()
            time_passes(hours=1)

    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.was_stopped
    assert set(statuses()) == {"failed"}
    assert Event.objects.filter(kind="webhook.stopped").count() == 1


def test_what_waits_behind_a_failure_is_told_in_order_once_the_address_answers(morel, listener):
    told_to(listener, morel)
    listener.answers = [500]
    for promise in (1, 2, 3):
        promised(morel, promise)

    deliver()
    assert len(listener.heard) == 1
    time_passes(minutes=1)
    deliver()

    told = [json.loads(heard.body)["data"]["promise_id"] for heard in listener.heard]
    assert told == [1, 1, 2, 3]
    assert statuses() == ["delivered"] * 3


def test_two_workers_do_not_tell_the_same_at_once(morel, listener):
    endpoint, _secret = told_to(listener, morel)
    promised(morel)
    now = timezone.now()

    mine = delivering._take(endpoint.pk, now)
    assert mine is not None
    assert delivering._take(endpoint.pk, now) is None
    assert delivering.deliver_waiting(endpoint.pk, mine - timedelta(seconds=1)) == 0
    assert delivering.deliver_waiting(endpoint.pk, mine) == 1

    assert len(listener.heard) == 1


def test_the_task_of_a_worker_that_died_is_taken_over(morel, listener):
    endpoint, _secret = told_to(listener, morel)
    promised(morel)
    delivering._take(endpoint.pk, timezone.now())

    deliver()
    assert listener.heard == []
    time_passes(minutes=5)
    deliver()

    assert len(listener.heard) == 1


def test_a_redirection_is_not_followed(morel, listener):
    told_to(listener, morel)
    listener.answers = [302]
    promised(morel)

    deliver()

    assert len(listener.heard) == 1
    assert WebhookDelivery.objects.get().answer_status == 302
    assert statuses() == ["waiting"]


def test_an_answer_that_drips_is_cut(morel, listener, monkeypatch):
    monkeypatch.setattr(post, "TIMEOUT", 0.4)
    told_to(listener, morel)
    listener.drips = 5
    promised(morel)

    started = timezone.now()
    deliver()

    assert timezone.now() - started < timedelta(seconds=3)
    assert "Pas de réponse" in WebhookDelivery.objects.get().error


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "http://localhost:8000/x",
        "https://10.0.0.5/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "http://exemple.fr/",
        "ftp://exemple.fr/",
        "https://moi:secret@exemple.fr/",
        "https://exemple.fr/a b",
        "https://[",
        "exemple.fr",
    ],
)
def test_an_address_of_a_private_network_or_in_clear_is_refused(morel, settings, url):
    settings.WEBHOOKS_PRIVATE = False

    with pytest.raises(EndpointRefused):
        endpoints.add_endpoint(
            morel, url=url, kinds=["hold.set"], author=COMMAND_LINE, now=timezone.now()
        )


def test_a_name_that_leads_inside_is_refused_when_it_is_called(
    morel, listener, settings, monkeypatch
):
    told_to(listener, morel)
    WebhookEndpoint.objects.update(url="https://compta.exemple.fr/")
    settings.WEBHOOKS_PRIVATE = False
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: inside)
    promised(morel)

    deliver()

    assert listener.heard == []
    assert "réseau privé" in WebhookDelivery.objects.get().error


@pytest.mark.parametrize(
    ("address", "expected"),
    [("93.184.215.14", True), ("2606:2800:21f::1", True), ("fe80::1", False)],
)
def test_what_is_public(address, expected):
    assert is_public(address) is expected


def test_a_trial_is_told_at_once_and_a_failed_one_is_not_tried_again(morel, listener):
    endpoint, _secret = told_to(listener, morel)
    listener.answers = [404]

    failed = endpoints.try_endpoint(endpoint, author=COMMAND_LINE, now=timezone.now())
    done = endpoints.try_endpoint(endpoint, author=COMMAND_LINE, now=timezone.now())
    time_passes(hours=2)
    deliver()

    assert (failed.status, done.status, done.error) == (404, 200, "")
    assert statuses() == ["failed", "delivered"]
    assert len(listener.heard) == 2
    assert json.loads(listener.heard[0].body)["type"] == "webhook.tried"
    assert WebhookEndpoint.objects.get().failures == 0


def test_what_was_given_up_is_told_again_on_demand_one_or_all(morel, listener):
    endpoint, _secret = told_to(listener, morel)
    for promise in (1, 2, 3):
        promised(morel, promise)
    WebhookDelivery.objects.update(status="failed", attempts=9)
    first = WebhookDelivery.objects.order_by("id").first()
    assert first is not None

    endpoints.replay(first, author=COMMAND_LINE, now=timezone.now())
    deliver()
    assert statuses() == ["delivered", "failed", "failed"]
    assert endpoints.replay_failed(endpoint, author=COMMAND_LINE, now=timezone.now()) == 2
    deliver()

    assert statuses() == ["delivered"] * 3


def test_an_address_that_is_turned_off_hears_nothing_and_starts_afresh_when_turned_on(
    morel, listener
):
    endpoint, _secret = told_to(listener, morel)
    promised(morel, 1)
    given = {"url": listener.url, "kinds": ["promise.recorded"], "author": COMMAND_LINE}

    endpoints.change_endpoint(endpoint, is_active=False, now=timezone.now(), **given)
    promised(morel, 2)
    deliver()
    endpoints.change_endpoint(endpoint, is_active=True, now=timezone.now(), **given)
    promised(morel, 3)
    deliver()

    told = [json.loads(heard.body)["data"]["promise_id"] for heard in listener.heard]
    assert told == [3]
    assert statuses() == ["failed", "delivered"]


def test_a_new_secret_signs_what_leaves_from_now_on(morel, listener):
    endpoint, before = told_to(listener, morel)
    promised(morel)

    after = endpoints.renew_secret(endpoint, author=COMMAND_LINE, now=timezone.now())
    deliver()

    (heard,) = listener.heard
    told = heard.headers["Encaisse-Signature"]
    moment = datetime.fromtimestamp(int(told[2:].partition(",")[0]), tz=UTC)
    assert before != after
    assert told == signature(after, heard.body.decode(), moment)


def test_a_company_has_ten_addresses_at_most(morel, listener):
    for _number in range(endpoints.MOST_ENDPOINTS):
        told_to(listener, morel)

    with pytest.raises(EndpointRefused, match="10"):
        told_to(listener, morel)


def test_old_deliveries_are_forgotten_but_not_those_that_wait(morel, listener):
    told_to(listener, morel)
    promised(morel, 1)
    promised(morel, 2)
    long_ago = timezone.now() - timedelta(days=31)
    WebhookDelivery.objects.update(created_at=long_ago)
    first = WebhookDelivery.objects.earliest("id")
    WebhookDelivery.objects.filter(pk=first.pk).update(status="delivered")

    delivering.forget_deliveries(timezone.now())

    assert statuses() == ["waiting"]


def test_every_kind_that_can_be_told_is_one_of_the_journal():
    assert set(TOLD) <= set(WORDS)
