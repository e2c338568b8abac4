"""Requests that come at the same moment, over real connections."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone

from encaisse.collection.models import Note
from encaisse.tenancy.models import ApiToken
from tests import builders


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_is_done_once(live_server, let_in):
    morel = builders.company("Ateliers Morel")
    builders.customer(morel, "Dupont")
    caller = let_in(morel)
    start = Barrier(4)

    def send(_rank: int) -> tuple[dict[str, int], str]:
        request = Request(
            f"{live_server.url}/api/v1/customers/411DUPONT/notes",
            json.dumps({"text": "Appelé."}).encode(),
            {
                "Authorization": f"Bearer {caller.secret}",
                "Content-Type": "application/json",
                "Idempotency-Key": "n-1",
            },
        )
        start.wait()
        with urlopen(request) as answer:
            return json.load(answer), answer.headers.get("Idempotent-Replayed", "")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))

    note = Note.objects.get()
    assert [body for body, _replayed in answers] == [{"id": note.pk, "changed": True}] * 4
    assert sorted(replayed for _body, replayed in answers) == ["", "true", "true", "true"]
    token = ApiToken.objects.get()
    assert token.last_used_at is not None
    assert token.last_used_at <= timezone.now()
