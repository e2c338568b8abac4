"""Server time and number of queries of every screen at size: `python -m bench.pages SLUG`.

Runs on the database that bench.ledger left in the same installation.
"""

import sys
import time

from bench.house import Result, percentile, prepare_django, tell

BOUND_MS = 150.0
ROUNDS = 20
SCREENS = (
    ("Accueil", ""),
    ("Qui vous doit quoi", "suivre/qui-vous-doit-quoi/"),
    ("Qui vous doit quoi, trié par nom, page 40", "suivre/qui-vous-doit-quoi/?tri=name&page=40"),
    ("Qui vous doit quoi, recherche", "suivre/qui-vous-doit-quoi/?q=client+001"),
    ("Fiche client", "clients/{customer}/"),
    ("Agir par scénario", "agir/scenarios/"),
    ("Activités", "suivre/activites/"),
    ("Importer", "importer/"),
)


def main(slug: str) -> list[Result]:
    """The p95 of each screen, logged in as the administrator of the large company."""
    database = prepare_django()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

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
        for name, path in SCREENS:
            url = f"/s/{slug}/{path.format(customer=customer.pk)}"
            with CaptureQueriesContext(connection) as queries:
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


if __name__ == "__main__":
    tell(main(sys.argv[1]))
