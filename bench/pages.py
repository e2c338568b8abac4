"""Server time and number of queries of every screen at size: `python -m bench.pages SLUG`.

Runs on the database that bench.ledger left in the same installation.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from bench.house import Result, percentile, prepare_django, tell

BOUND_MS = 150.0
SEARCH_BOUND_MS = 100.0
ROUNDS = 40
_OF_CUSTOMER = ("web:customer", "web:customer_score", "web:customer_history")
SCREENS = (
    ("Accueil", "web:home", ""),
    ("Accueil, à relancer", "web:home_to_remind", ""),
    ("Accueil, indicateurs", "web:home_kpis", ""),
    ("Accueil, comment êtes-vous payé", "web:home_ways", ""),
    ("Indicateurs", "web:kpis", ""),
    ("Qui vous doit quoi", "web:aging", ""),
    ("Qui vous doit quoi, trié par nom, page 40", "web:aging", "?tri=name&page=40"),
    ("Qui vous doit quoi, recherche", "web:aging", "?q=transports"),
    ("Qui vous doit quoi, vue détaillée", "web:aging", "?vue=detail"),
    ("Échéances", "web:due_items", ""),
    ("Échéances, à relancer", "web:due_items", "?relance=oui"),
    ("Échéances, par client, en retard", "web:due_items", "?tri=name&tranche=retard"),
    ("Encaissements", "web:receipts", ""),
    ("Encaissements, non lettrés", "web:receipts", "?lettre=non"),
    ("Clients", "web:customers", ""),
    ("Clients, par somme due", "web:customers", "?tri=-balance"),
    ("Clients, à relancer", "web:customers", "?arelancer=1"),
    ("Fiche client", "web:customer", ""),
    ("Fiche client, règlements", "web:customer_score", "?periode=24mois"),
    ("Fiche client, historique", "web:customer_history", ""),
    ("Promesses, toutes", "web:promises", "?statut=toutes"),
    ("Litiges, tous", "web:disputes", "?statut=tous"),
    ("Agir par scénario", "web:plan", ""),
    ("Activités", "web:activities", ""),
    ("Importer", "web:import", ""),
    ("Prévisions", "web:forecast", ""),
    ("Objectif de cash", "web:cash_objective", ""),
)
# What is typed in the box of the top bar (bench/names.py gives the names).
SEARCHES = (
    ("un nom", "transports aube"),
    ("un mot commun", "transports"),
    ("un nom mal tapé", "boulangrie vielavoxi"),
    ("un code", "C000246"),
    ("un numéro de pièce", "19207"),
    ("un montant", "1 234,56 €"),
    ("rien qui réponde", "qsdfghj wxcvbn"),
)


def main(slug: str) -> list[Result]:
    """The p95 of each screen, logged in as the administrator of the large company."""
    database = prepare_django()
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import reverse

    from encaisse.cli.startup import warm_up
    from encaisse.ledger.models import Customer
    from encaisse.tenancy.journal import COMMAND_LINE
    from encaisse.tenancy.models import Company
    from encaisse.tenancy.operations import add_member

    warm_up()
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
            place = [slug, customer.pk] if screen in _OF_CUSTOMER else [slug]
            url = reverse(screen, args=place) + query
            results.append(_measure(name, database, lambda url=url: client.get(url), BOUND_MS))
        place = reverse("web:search", args=[slug])
        headers = {"HX-Request": "true", "HX-Target": "found"}
        for name, text in SEARCHES:

            def ask(text: str = text) -> Any:
                return client.get(place, {"q": text}, headers=headers)

            results.append(_measure(f"Recherche, {name}", database, ask, SEARCH_BOUND_MS))
    return results


def _measure(name: str, database: str, get: Callable[[], Any], bound: float) -> Result:
    """The p95 of some rounds after a first one, of which the queries are counted."""
    from django.db import connection

    queries: list[str] = []
    with connection.execute_wrapper(_counting(queries)):
        answer = get()
    assert answer.status_code == 200, f"{name}: {answer.status_code}"
    samples = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        get()
        samples.append((time.perf_counter() - start) * 1000)
    return Result(
        f"{name}, p95",
        database,
        percentile(samples, 0.95),
        bound,
        unit="ms",
        detail=f"{len(queries)} requêtes, médiane {percentile(samples, 0.5):.0f} ms",
    )


def _counting(queries: list[str]) -> Callable[..., Any]:
    def count(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        queries.append(sql)
        return execute(sql, *arguments)

    return count


if __name__ == "__main__":
    tell(main(sys.argv[1]))
