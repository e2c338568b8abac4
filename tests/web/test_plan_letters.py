"""Letters: printed in one file, posted, and those to take out of the pile."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from encaisse.collection.models import EntryFollowUp, Reminder
from tests.builders import hold, member, settled
from tests.web.plan_desk import HTMX, ROOT, text_of
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]

LETTERS = f"{ROOT}courriers-a-poster/"


@pytest.fixture
def printed(karim, desk):
    """Three letters that were ordered and printed; the address of their order."""
    for name, euros in (("Dupont", 100), ("Durand", 250), ("Lemoine", 80)):
        desk.letter(name, euros)
    url = karim.post(f"{ROOT}etape/courriers/ordonner/", {"nombre": "3"}).url
    desk.work()
    return url


def pages(response) -> int:
    content = b"".join(response.streaming_content)
    with pikepdf.open(BytesIO(content)) as pdf:
        return len(pdf.pages)


def letter_of(name: str) -> Reminder:
    return Reminder.objects.get(customer__legal_name=name)


def test_the_order_ends_with_one_file_of_all_its_letters(karim, desk, printed):
    text = text_of(karim.get(printed))

    assert set(desk.statuses().values()) == {"printed"}
    assert "3 courriers imprimés" in text
    assert "Télécharger le PDF (3 courriers)" in text
    response = karim.get(f"{printed}courriers.pdf")
    assert response["Content-Disposition"].startswith('attachment; filename="courriers-')
    assert pages(response) == 3


def test_only_the_letters_that_are_ticked_are_downloaded(karim, printed):
    response = karim.get(f"{LETTERS}courriers.pdf?hors={letter_of('Dupont').pk}")

    assert pages(response) == 2


def test_a_file_holds_only_the_letters_of_the_portfolio(client, karim, desk, printed):
    durand = letter_of("Durand").customer
    durand.sales_rep = "Durant"
    durand.save(update_fields=["sales_rep"])
    client.force_login(member(desk.company, "collector", sales_reps="Durant"))

    assert pages(client.get(f"{printed}courriers.pdf")) == 1
    assert pages(client.get(f"{LETTERS}courriers.pdf")) == 1
    client.force_login(member(desk.company, "collector", sales_reps="Personne"))
    assert client.get(f"{LETTERS}courriers.pdf").status_code == 404


def test_the_list_counts_what_is_ticked(karim, printed):
    first = letter_of("Dupont").pk

    whole = karim.get(LETTERS)
    part = karim.get(f"{LETTERS}?vu={first}&tri=amount", headers={**HTMX, "HX-Target": "plan-bar"})

    assert "3 courriers choisis" in text_of(whole)
    assert "2 courriers choisis sur 3" in text_of(part)
    assert part["HX-Replace-Url"] == f"{LETTERS}?hors={first}&tri=amount"


@pytest.mark.parametrize("sort", ["name", "-name", "level", "printed", "amount", "-amount"])
def test_the_list_sorts(karim, printed, sort):
    found = [
        line.reminder.amount_minor
        for line in karim.get(f"{LETTERS}?tri={sort}").context["list"].rows
    ]

    assert sorted(found) == [8_000, 10_000, 25_000]
    if sort == "-amount":
        assert found == [25_000, 10_000, 8_000]


def test_posting_raises_the_level_on_the_day_of_posting(karim, desk, printed):
    day = desk.today - timedelta(days=1)

    response = karim.post(
        f"{LETTERS}postes/", {"dont": str(letter_of("Dupont").pk), "poste-le": day.isoformat()}
    )

    assert "1 courrier posté." in text_of(karim.get(response.url))
    assert desk.statuses() == {"Dupont": "posted", "Durand": "printed", "Lemoine": "printed"}
    follow_up = EntryFollowUp.objects.get(entry=desk.entries["Dupont"])
    assert (follow_up.level, follow_up.level_on) == (1, day)


def test_the_page_of_a_letter_leads_to_posting_that_one_alone(karim, printed):
    letter = letter_of("Durand")
    page = karim.get(f"/s/morel/activites/{letter.pk}/").text
    address = f"{LETTERS}?dont={letter.pk}"

    assert f'href="{address}"' in page
    assert "1 courrier choisi sur 3" in text_of(karim.get(address))


def test_letters_settled_since_are_taken_out_of_the_pile(karim, desk, printed):
    settled(desk.entries["Durand"], on=desk.today)
    hold(letter_of("Lemoine").customer, on=desk.today)

    response = karim.get(karim.post(f"{LETTERS}postes/").url)

    withdrawn = [row.customer.legal_name for row in response.context["page"].withdrawn]
    assert sorted(withdrawn) == ["Durand", "Lemoine"]
    assert "2 courriers à retirer de la pile" in text_of(response)
    assert desk.statuses() == {"Dupont": "posted", "Durand": "cancelled", "Lemoine": "cancelled"}


@pytest.mark.parametrize("typed", ["demain", "2099-01-01", "2026-02-31"])
def test_a_day_that_cannot_be_is_refused_beside_its_field(karim, desk, printed, typed):
    response = karim.post(f"{LETTERS}postes/", {"poste-le": typed})

    assert response.status_code == 422
    assert 'id="posted-error"' in response.content.decode()
    assert set(desk.statuses().values()) == {"printed"}


def test_letters_that_will_not_be_posted_are_to_do_again(karim, desk, printed):
    karim.post(f"{LETTERS}annuler/", {"dont": str(letter_of("Dupont").pk)})

    assert desk.statuses()["Dupont"] == "cancelled"
    assert karim.get(f"{ROOT}etape/courriers/").context["page"].total == 1


def test_nothing_to_post_says_so(karim):
    assert "Aucun courrier à poster" in text_of(karim.get(LETTERS))


def test_a_reader_cannot_post(client, desk, karim, printed):
    client.force_login(member(desk.company, "reader"))

    assert client.post(f"{LETTERS}postes/").status_code == 403
    assert "Marquer comme postés" not in text_of(client.get(LETTERS))
