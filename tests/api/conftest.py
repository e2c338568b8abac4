"""What the API is tried with: a company, a token, and a caller that holds it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.api_tokens import create_token
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import ApiToken, Company
from tests import builders


@dataclass
class Caller:
    """A program with a secret; answers in English unless asked otherwise."""

    secret: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        more = {"Idempotency-Key": key} if key else {}
        return self.client.post(
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers={**self._headers(), **more, **headers},
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}


Letting = Callable[..., Caller]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """The language of the last request is not that of the next test."""
    with translation.override("fr"):
        yield


@pytest.fixture
def morel(db: None) -> Company:
    """Ateliers Morel."""
    return builders.company("Ateliers Morel", slug="morel")


@pytest.fixture
def today(morel: Company) -> date:
    """The company's day."""
    return morel.local_day(timezone.now())


@pytest.fixture
def let_in() -> Letting:
    """Makes a caller of a company, with every right unless told which."""

    def let(company: Company, rights: Sequence[str] = ApiToken.Right.values) -> Caller:
        name = f"Compta {ApiToken.objects.count() + 1}"
        author = Author("Claire Martin")
        _token, secret = create_token(
            company, name=name, rights=rights, author=author, now=timezone.now()
        )
        return Caller(secret)

    return let


@pytest.fixture
def caller(morel: Company, let_in: Letting) -> Caller:
    """A program of Ateliers Morel that may do everything."""
    return let_in(morel)


@pytest.fixture
def dupont(morel: Company) -> Customer:
    """A customer with an address to write to."""
    return builders.customer(morel, "Dupont", email="compta@dupont.example")


@pytest.fixture
def late(dupont: Customer, today: date) -> LedgerEntry:
    """What he owes: 1 200,50 due seventy days ago."""
    return builders.invoice(dupont, euros="1200.50", due=today - timedelta(days=70))
