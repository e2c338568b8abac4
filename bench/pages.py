"""Server time and number of queries of every screen at size: `python -m bench.pages SLUG`.

Runs on the database that bench.ledger left in the same installation.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from bench.house import Result, percentile, prepare_django, tell

BOUND_MS = 150.0
ROUNDS = 20
SCREENS = (
    ("Accueil", "web:home", ""),
    ("Qui vous doit quoi", "web:aging", ""),
    ("Qui vous doit quoi, trié par nom, page 40", "web:aging", "?tri=name&page=40"),
    ("Qui vous doit quoi, recherche", "web:aging", "?q=client+001"),
    ("Fiche client", "web:customer", ""),
    ("Agir par scénario", "web:plan", ""),
    ("Activités", "web:activities", ""),
    ("Importer", "web:import", ""),
)


def main(slug: str) -> list[Result]:
    """The p95 of each screen, logged in as the administrator of the large company."""
    database = prepare_django()
    from django.db import connection
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import reverse

    from encaisse.ledger.models import Customer
    from encaisse.tenancy.journal import COMMAND_LINE
    from encaisse.tenancy.models import Company
    from encaisse.tenancy.operations import add_member

    company = Company.objects.get(slug=slug)
    member = add_member(
        company, email="mesure@mesure.example", role="administrator", author=COMMAND_LINE
    )
    customer = Customer.objects.of(company).order_by("id")[500]
    results = []
    with override_settings(ALLOWED_HOSTS=["*"]):
        client = Client()
        client.force_login(member.user, "allauth.account.auth_backends.AuthenticationBackend")
        for name, screen, query in SCREENS:
            place = [slug, customer.pk] if screen == "web:customer" else [slug]
            url = reverse(screen, args=place) + query
            queries: list[str] = []
            with connection.execute_wrapper(_counting(queries)):
                answer = client.get(url)
            assert answer.status_code == 200, f"{url}: {answer.status_code}"
            samples = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                client.get(url)
                samples.append((time.perf_counter() - start) * 1000)
            results.append(
                Result(
                    f"{name}, p95",
                    database,
                    percentile(samples, 0.95),
                    BOUND_MS,
                    unit="ms",
                    detail=f"{len(queries)} requêtes, médiane {percentile(samples, 0.5):.0f} ms",
                )
            )
    return results


def _counting(queries: list[str]) -> Callable[..., Any]:
    def count(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        queries.append(sql)
        return execute(sql, *arguments)

    return count


if __name__ == "__main__":
    tell(main(sys.argv[1]))
