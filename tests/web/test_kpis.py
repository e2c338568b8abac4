"""« Indicateurs » over HTTP: figures, formulas, curves, files."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.core.dates import end_of_month
from encaisse.web.charts import curves, spark
from tests.builders import customer, invoice, member, payment, settled, synced
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db
URL = "/s/morel/indicateurs/"


@pytest.fixture
def reader(client, morel):
    client.force_login(member(morel, "reader"))
    synced(morel, at=timezone.now())
    return client


@pytest.fixture
def last(morel):
    """The end of the last month that is over."""
    today = morel.local_day(timezone.now())
    return today if today == end_of_month(today) else end_of_month(before(today, 1))


def before(day: date, months: int) -> date:
    """The first of an earlier month."""
    rank = day.year * 12 + day.month - 1 - months
    return date(rank // 12, rank % 12 + 1, 1)


@pytest.fixture
def ledger(morel, last):
    """1,000 € sold each of four months; the last two months are still owed."""
    someone = customer(morel, "Dupont")
    for months in range(4):
        day = before(last, months)
        sold = invoice(someone, euros=1000, due=day, on=day)
        if months > 1:
            settled(sold, on=end_of_month(day))
            settled(payment(someone, euros=1000, on=end_of_month(day)), on=end_of_month(day))


def test_an_indicator_says_what_it_means_and_how_it_was_computed(reader, ledger, last):
    response = reader.get(URL)
    page, text = response.context["page"], words_of(response)
    days = (last - before(last, 2)).days + 1

    assert page.last.end == last
    assert f"2 000,00 € ÷ 3 000,00 € de ventes × {days} jours" in text
    assert "2 000,00 € ÷ 2 000,00 € = 100,00 %" in text
    assert "Combien de jours de ventes vos clients vous doivent" in text
    assert len(page.rows) == 4


def test_a_month_of_which_something_is_unknown_shows_a_dash(reader, ledger):
    oldest = reader.get(URL).context["page"].rows[-1]

    assert "–" in oldest.values


def test_the_period_is_in_the_address(reader, ledger):
    page = reader.get(f"{URL}?periode=1").context["page"]

    assert page.last.sales == 100_000
    assert [length for length, _words, is_current in page.lengths if is_current] == [1]
    assert reader.get(f"{URL}?periode=7").context["page"].figures.length == 3


def test_other_currencies_are_said_to_be_left_out(reader, morel, ledger, last):
    invoice(customer(morel), euros=50, due=last, on=last, currency="USD")

    assert "Les écritures en USD ne sont pas comptées" in reader.get(URL).text


def test_the_home_page_asks_for_its_card(reader, ledger):
    card = reader.get(f"{URL}carte/")

    assert f'hx-get="{URL}carte/"' in reader.get("/s/morel/").text
    assert [tile.number for tile in card.context["card"].tiles][2] == "100,0"
    assert f'href="{URL}"' in card.text


def test_an_empty_company_is_told_why_there_is_nothing(reader):
    assert "Pas encore un mois entier" in reader.get(URL).text
    assert "Pas encore un mois entier" in reader.get(f"{URL}carte/").text


def test_the_file_has_every_month_as_numbers(reader, ledger, last):
    content = b"".join(reader.get(f"{URL}export.csv?periode=1").streaming_content)
    lines = content.decode("utf-8-sig").splitlines()

    assert lines[0].startswith("Fin de mois;Ventes de la période;Encours;")
    assert "Taux de retard (%)" in lines[0].split(";")
    assert lines[-1].startswith(f"{last:%d/%m/%Y};1000,00;2000,00;0,00;2000,00;")
    assert len(lines) == 5
    workbook = b"".join(reader.get(f"{URL}export.xlsx").streaming_content)
    assert workbook.startswith(b"PK")
    assert reader.get(f"{URL}export.pdf").status_code == 404


def test_as_many_queries_for_one_customer_as_for_thirty(reader, morel, ledger, last):
    reader.get(URL)
    with CaptureQueriesContext(connection) as few:
        reader.get(URL)
    for _number in range(29):
        invoice(customer(morel), euros=10, due=last, on=last)
    with CaptureQueriesContext(connection) as many:
        reader.get(URL)

    assert len(many) == len(few)


# -- curves --------------------------------------------------------------------------------------


def values(*numbers: int | None) -> list[Decimal | None]:
    return [None if number is None else Decimal(number) for number in numbers]


def ticks(*numbers: int, most: int = 0) -> list[int]:
    return [int(tick) for tick in curves([values(*numbers)], [[""] * 5], most=most).ticks]


def test_a_scale_begins_at_zero_and_ends_at_a_round_number():
    assert ticks(41, 72) == [80, 60, 40, 20, 0]
    assert ticks(88, 93, most=100) == [100, 50, 0]
    assert ticks(-4, 6) == [10, 5, 0, -5]
    assert len(ticks(0)) == 2


def test_a_curve_is_interrupted_where_nothing_is_known():
    (line,) = curves([values(None, 10, None, 10, 0)], [[""] * 5]).curves

    assert line.path == "M300.0 0.0M700.0 0.0L900.0 300.0"
    assert len(line.marks) == 3


def test_what_hardly_moves_looks_flat():
    heights = {point.split()[1] for point in spark(values(100, 101)).path[1:].split("L")}

    assert all(140 < float(height) < 160 for height in heights)
