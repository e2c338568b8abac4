"""Who comes in: tokens, their rights, their limits; what is refused, and how that is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from encaisse.tenancy import api_tokens
from encaisse.tenancy.api_tokens import TokenRefused, create_token, revoke_token
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import ApiToken, Event
from encaisse.web.api.app import api
from tests import builders
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db

CLAIRE = Author("Claire Martin")
# Which right each address asks for; "" is any token. A new operation adds its line here.
RIGHTS = {
    ("GET", "/company"): "",
    ("GET", "/customers"): "ledger:read",
    ("POST", "/customers"): "ledger:write",
    ("GET", "/customers/{code}"): "ledger:read",
    ("GET", "/customers/{code}/account"): "ledger:read",
    ("GET", "/customers/{code}/contacts"): "ledger:read",
    ("POST", "/customers/{code}/disputes"): "followup:write",
    ("POST", "/customers/{code}/holds"): "followup:write",
    ("POST", "/customers/{code}/notes"): "followup:write",
    ("POST", "/customers/{code}/promises"): "followup:write",
    ("POST", "/contacts"): "ledger:write",
    ("GET", "/entries"): "ledger:read",
    ("POST", "/entries"): "ledger:write",
    ("GET", "/entries/{entry_id}"): "ledger:read",
    ("GET", "/payment-methods"): "ledger:read",
    ("GET", "/ageing"): "ledger:read",
    ("GET", "/ageing/customers"): "ledger:read",
    ("GET", "/kpis"): "ledger:read",
    ("GET", "/plan/actions"): "plan:read",
    ("GET", "/plan/left-out"): "plan:read",
    ("GET", "/reminders"): "activity:read",
    ("GET", "/reminders/{reminder_id}"): "activity:read",
    ("GET", "/promises"): "followup:read",
    ("POST", "/promises/{promise_id}/cancel"): "followup:write",
    ("GET", "/disputes"): "followup:read",
    ("POST", "/disputes/{dispute_id}/close"): "followup:write",
    ("POST", "/holds/{hold_id}/lift"): "followup:write",
}


def operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method in methods
    ]


def ask(caller: Caller, method: str, path: str):
    address = path.format(code="411DUPONT", entry_id=1, reminder_id=1, promise_id=1,
                          dispute_id=1, hold_id=1)  # fmt: skip
    return caller.get(address) if method == "GET" else caller.post(address, {})


def test_the_table_names_every_operation():
    assert sorted(operations()) == sorted(RIGHTS)


def test_nobody_comes_in_without_a_token_that_opens(morel, late, let_in):
    gone = let_in(morel)
    revoke_token(ApiToken.objects.get(), author=CLAIRE, now=timezone.now())
    old = let_in(morel)
    ApiToken.objects.filter(revoked_at=None).update(expires_at=timezone.now())

    for stranger in (Caller(""), Caller("enc_unknown"), gone, old):
        for method, path in RIGHTS:
            answer = ask(stranger, method, path)
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), path
            assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("right", ApiToken.Right.values)
def test_a_token_does_what_its_right_says_and_nothing_else(right, morel, late, let_in, monkeypatch):
    monkeypatch.setattr(api_tokens, "WRITES_A_MINUTE", 1000)
    caller = let_in(morel, [right])

    opened = {key for key in RIGHTS if ask(caller, *key).status_code != 403}

    assert opened == {key for key, wanted in RIGHTS.items() if wanted in ("", right)}


def test_what_belongs_to_another_company_is_not_there(morel, late, let_in, today):
    stranger = let_in(builders.company("Petit"))
    sent = builders.reminder(late.customer, on=today)
    stop = builders.hold(late.customer, on=today)
    dispute = builders.dispute(late.customer, on=today)

    for answer in (
        stranger.get("/customers/411DUPONT"),
        stranger.get("/customers/411DUPONT/account"),
        stranger.get("/customers/411DUPONT/contacts"),
        stranger.get(f"/entries/{late.pk}"),
        stranger.get(f"/reminders/{sent.pk}"),
        stranger.post("/customers/411DUPONT/notes", {"text": "Bonjour"}),
        stranger.post(f"/holds/{stop.pk}/lift"),
        stranger.post(f"/disputes/{dispute.pk}/close", {}),
    ):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
    for path in ("/customers", "/entries", "/reminders", "/promises", "/disputes",
                 "/ageing/customers", "/plan/actions", "/plan/left-out"):  # fmt: skip
        assert stranger.get(path).json() == {"data": [], "next_cursor": None}
    assert stranger.get("/entries", customer="411DUPONT").json()["data"] == []


def test_an_unknown_address_and_a_wrong_body_are_problems_in_the_language_asked_for(caller):
    lost = caller.get("/nowhere")
    unreadable = caller.post("/entries", "{", **{"Accept-Language": "fr"})
    wrong = caller.post("/entries", {"entries": [{"id": "F1"}]})

    assert (lost.status_code, lost.json()["title"]) == (404, "Not Found")
    assert unreadable.status_code == 400
    assert unreadable.json()["detail"] == "Le corps n’est pas du JSON lisible."
    assert wrong.status_code == 422
    assert {"index": 0, "field": "entries.0.amount", "message": "Field required"} in (
        wrong.json()["errors"]
    )


def test_a_body_beyond_the_limit_is_not_even_read(caller):
    answer = caller.post("/entries", {"removed_ids": ["x" * 100] * 50_000})

    assert answer.status_code == 413


def test_a_token_has_its_number_of_requests_a_minute(caller, monkeypatch):
    monkeypatch.setattr(api_tokens, "READS_A_MINUTE", 2)
    monkeypatch.setattr(api_tokens, "WRITES_A_MINUTE", 1)

    reads = [caller.get("/company") for _ in range(3)]
    writes = [caller.post("/entries", {}) for _ in range(2)]

    assert [one.status_code for one in reads] == [200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in reads] == ["1", "0", "0"]
    assert 1 <= int(reads[2]["Retry-After"]) <= 60
    assert [one.status_code for one in writes] == [200, 429]
    assert [one["RateLimit-Limit"] for one in writes] == ["1", "1"]
    assert {one["Cache-Control"] for one in (*reads, *writes)} == {"no-store"}
    ApiToken.objects.update(minute=timezone.now() - timedelta(minutes=1))
    assert caller.get("/company").status_code == 200


def test_a_token_is_made_once_shown_once_and_closed_for_good(morel):
    now = timezone.now()
    token, secret = create_token(
        morel, name=" Compta ", rights=["plan:read", "ledger:read"], author=CLAIRE, now=now
    )

    assert (token.name, token.rights) == ("Compta", ["ledger:read", "plan:read"])
    assert secret.startswith(token.prefix)
    assert secret not in str(ApiToken.objects.values().get())
    for wrong in (
        {"name": "Compta", "rights": ["plan:read"]},
        {"name": "", "rights": ["plan:read"]},
        {"name": "Autre", "rights": []},
        {"name": "Autre", "rights": ["everything"]},
        {"name": "Autre", "rights": ["plan:read"], "expires_at": now},
    ):
        with pytest.raises(TokenRefused):
            create_token(morel, author=CLAIRE, now=now, **wrong)
    assert revoke_token(token, author=CLAIRE, now=now)
    assert not revoke_token(token, author=CLAIRE, now=now)
    create_token(morel, name="Compta", rights=["plan:read"], author=CLAIRE, now=now)
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
        "api_token.created", "api_token.revoked", "api_token.created",
    ]  # fmt: skip
