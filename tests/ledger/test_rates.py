"""Exchange rates: exact conversions, files of one's own and of the Bank, the Bank itself."""

import threading
import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encaisse.connectors.rates.ecb import fetch_due
from encaisse.connectors.rates.importing import import_rates
from encaisse.connectors.refusal import FileRefused
from encaisse.core.money import exponent
from encaisse.ledger.models import ExchangeRate
from encaisse.ledger.operations.rates import RateRefused, record_rate, remove_rate, set_feed
from encaisse.ledger.queries.rates import feed_of, in_base_currency, rates_on
from encaisse.ledger.rules.rates import (
    HIGHEST,
    ONE,
    Rate,
    RateError,
    inverted,
    parse_units,
    rebased,
    together,
)
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from tests import builders

TODAY = date(2026, 11, 20)
CODES = ("EUR", "USD", "JPY", "TND", "XOF", "GBP", "KWD")
CENTS = st.integers(-(10**15), 10**15)


def rate(units, *, currency="USD", base="EUR", day=TODAY):
    return Rate(base, currency, day, parse_units(units))


# -- rules ---------------------------------------------------------------------------------------

rates = st.builds(
    Rate, st.sampled_from(CODES), st.sampled_from(CODES), st.just(TODAY), st.integers(1, HIGHEST)
)


# A busy machine is slow, not wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(CENTS, rates)
def test_a_conversion_is_the_nearest_minor_unit_with_halves_away_from_zero(minor, told):
    units = Fraction(minor, 10 ** exponent(told.currency)) * ONE / told.units
    exact = units * 10 ** exponent(told.base)

    found = told.convert(minor)

    assert abs(found - exact) <= Fraction(1, 2)
    if abs(found - exact) == Fraction(1, 2):
        assert abs(found) > abs(exact)
    assert told.convert(-minor) == -found


@patient
@given(st.lists(CENTS, max_size=8), rates)
def test_converted_parts_add_up_to_the_converted_whole(parts, told):
    converted = told.convert_parts(parts)

    assert sum(converted) == told.convert(sum(parts))
    for part, found in zip(parts, converted, strict=True):
        assert abs(found - told.convert(part)) <= 1
        assert part or not found


@pytest.mark.parametrize(
    ("minor", "told", "expected"),
    [
        (312000, rate("1.0842"), 287770),  # 3 120,00 $ → 2 877,70 €
        (10000, rate("163.94", currency="JPY"), 6100),  # 10 000 ¥ → 61,00 €
        (1_000_000, rate("3.25", currency="TND"), 30769),  # 1 000,000 DT → 307,69 €
        (655957, rate("655.957", currency="XOF"), 100000),  # 655 957 F → 1 000,00 €
        (1, rate("2"), 1),  # half a cent, away from zero
        (-1, rate("2"), -1),
        (100, rate("0.0061", base="JPY", currency="EUR"), 164),  # 1 € → 164 ¥
    ],
)
def test_currencies_keep_their_own_decimals(minor, told, expected):
    assert told.convert(minor) == expected


def test_what_has_no_rate_is_named_and_not_counted():
    amounts = {"EUR": (100, 50), "USD": (200, 0), "GBP": (7, -2), "CHF": (0, 0)}

    found = together(amounts, {"USD": rate("2")}, base="EUR")

    assert found.parts == (200, 50)
    assert found.whole == 250
    assert found.missing == (("GBP", 5),)
    assert [one.currency for one in found.rates] == ["USD"]


@pytest.mark.parametrize(
    ("text", "units"),
    [("1,0842", 108_420_000), (" 1.08420000 ", 108_420_000), ("1 234,5", 123_450_000_000)],
)
def test_a_rate_is_read_as_people_write_it(text, units):
    assert parse_units(text) == units


@pytest.mark.parametrize("text", ["", "0", "-1", "abc", "1,2,3", "1e5", "0,000000001", "9" * 30])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(RateError):
        parse_units(text)


def test_rates_of_the_euro_are_told_for_another_currency():
    found = rebased({"USD": 110 * ONE // 100, "CHF": ONE // 2}, given="EUR", base="CHF")

    assert found == {"USD": 22 * ONE // 10, "EUR": 2 * ONE}
    assert rebased({"USD": ONE}, given="EUR", base="XOF") == {}
    assert inverted(inverted(108_420_000)) == 108_420_000


# -- what a company knows ------------------------------------------------------------------------


@pytest.fixture
def morel(db):
    company = builders.company("Ateliers Morel", slug="morel")
    for currency in ("EUR", "USD", "GBP"):
        customer = builders.customer(company, f"Client {currency}")
        builders.invoice(customer, euros=100, due=TODAY, currency=currency)
    return company


def note(company, units, day=TODAY, currency="USD"):
    return record_rate(
        company,
        currency=currency,
        day=day,
        units=parse_units(units),
        today=TODAY,
        author=COMMAND_LINE,
    )


def test_the_last_rate_on_or_before_the_day_is_used(morel, django_assert_num_queries):
    for day, units in ((2, "1.05"), (10, "1.06"), (18, "1.08")):
        note(morel, units, date(2026, 11, day))
    note(morel, "0.87", date(2026, 11, 19), "GBP")

    with django_assert_num_queries(1):
        found = rates_on([morel], {"USD", "GBP", "CHF"}, on=date(2026, 11, 12))
        assert {code: str(one.value) for code, one in found.items()} == {"USD": "1.06000000"}


def test_one_currency_costs_no_query(morel, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert in_base_currency([morel], {"EUR": (1, 2)}, on=TODAY) is None


def test_a_rate_typed_again_replaces_the_other_and_each_leaves_a_line(morel):
    note(morel, "1.05")
    kept = note(morel, "1.06")

    assert ExchangeRate.objects.get().units == 106_000_000
    assert remove_rate(morel, kept.pk, author=COMMAND_LINE) is not None
    assert remove_rate(morel, kept.pk, author=COMMAND_LINE) is None
    kinds = Event.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["rate.recorded", "rate.recorded", "rate.removed"]


@pytest.mark.parametrize(
    ("currency", "day"), [("EUR", TODAY), ("ZZZ", TODAY), ("USD", date(2026, 11, 21))]
)
def test_a_rate_that_makes_no_sense_is_refused(morel, currency, day):
    with pytest.raises(RateRefused):
        note(morel, "1.05", day, currency)


# -- files ---------------------------------------------------------------------------------------

DAILY = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.0842'/>
  <Cube currency='JPY' rate='163.94'/><Cube currency='GBP' rate='0.8571'/></Cube></Cube>
</gesmes:Envelope>"""
HISTORY = (
    "Date,USD,JPY,CYP,GBP,\n2026-11-20,1.0842,163.94,N/A,0.8571,\n2026-11-19,1.08,163,N/A,0.86,\n"
)


def imported(company, path, text, **options):
    path.write_text(text, encoding=options.pop("encoding", "utf-8"))
    return import_rates(company, path, name=path.name, today=TODAY, author=COMMAND_LINE)


def known(company):
    rows = ExchangeRate.objects.filter(company=company).order_by("currency", "day")
    return [(row.currency, f"{row.day:%d/%m}", f"{row.rate.value:f}", row.source) for row in rows]


def test_the_files_of_the_bank_give_the_currencies_of_the_ledger(morel, tmp_path):
    daily = imported(morel, tmp_path / "eurofxref-daily.xml", DAILY)
    archive = tmp_path / "eurofxref-hist.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("eurofxref-hist.csv", HISTORY)
    history = import_rates(morel, archive, name="hist", today=TODAY, author=COMMAND_LINE)

    assert daily.as_json() | {"lines": []} == {
        "added": 2, "changed": 0, "same": 0, "currencies": ["GBP", "USD"], "set_aside": 0,
        "lines": [],
    }  # fmt: skip
    assert (history.written.added, history.written.same) == (2, 2)
    assert known(morel) == [
        ("GBP", "19/11", "0.86000000", "ecb"),
        ("GBP", "20/11", "0.85710000", "ecb"),
        ("USD", "19/11", "1.08000000", "ecb"),
        ("USD", "20/11", "1.08420000", "ecb"),
    ]
    assert Event.objects.filter(kind="rates.imported").count() == 2


def test_the_bank_never_replaces_what_somebody_typed(morel, tmp_path):
    note(morel, "1.09")

    imported(morel, tmp_path / "daily.xml", DAILY)

    assert ("USD", "20/11", "1.09000000", "typed") in known(morel)


def test_a_table_of_ones_own_sets_its_bad_lines_aside(morel, tmp_path):
    text = (
        "Date;Devise;Cours;Inverse\n18/11/2026;usd;1,08;\n19/11/2026;GBP;;1,25\n"
        "19/11/2026;USD;zéro;\n31/12/2026;USD;1,1;\n32/11/2026;USD;1,1;\n20/11/2026;€;1;\n"
        "20/11/2026;CHF;0,94;\n"
    )

    found = imported(morel, tmp_path / "cours.csv", text, encoding="cp1252")

    assert known(morel) == [
        ("CHF", "20/11", "0.94000000", "file"),
        ("GBP", "19/11", "0.80000000", "file"),
        ("USD", "18/11", "1.08000000", "file"),
    ]
    assert [one.line for one in found.set_aside] == [4, 5, 6, 7]


def test_a_company_of_another_currency_takes_the_bank_by_the_euro(db, tmp_path):
    company = builders.company("Morel London", slug="london", base_currency="GBP")
    builders.invoice(builders.customer(company, "Us"), euros=1, due=TODAY, currency="USD")
    builders.invoice(builders.customer(company, "Eu"), euros=1, due=TODAY, currency="EUR")

    imported(company, tmp_path / "daily.xml", DAILY)

    assert [(code, value) for code, _day, value, _source in known(company)] == [
        ("EUR", "1.16672500"),
        ("USD", "1.26496325"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<?xml version='1.0'?><a/>",
        "<?xml version='1.0'?><Cube time='2026-11-20'><Cube currency='USD' rate='x'/></Cube>",
        "nom;ville\nDupont;Lyon\n",
        "Date;Devise\n20/11/2026;USD\n",
    ],
)
def test_a_file_without_rates_is_refused_and_changes_nothing(morel, tmp_path, text):
    with pytest.raises(FileRefused):
        imported(morel, tmp_path / "rates", text)

    assert not ExchangeRate.objects.exists()


# -- the Bank ------------------------------------------------------------------------------------


@pytest.fixture
def bank(settings):
    """A server that stands for the Bank; what was asked of it."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302 if "away" in self.path else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(DAILY.encode())

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ECB_RATES_URL = f"http://127.0.0.1:{server.server_port}/"
    yield asked
    server.shutdown()
    server.server_close()


NOON = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


def test_the_bank_is_asked_only_for_companies_that_want_it(morel, bank):
    builders.company("Sans devises", slug="sans")
    fetch_due(NOON)
    assert bank == []

    set_feed(morel, is_on=True, author=COMMAND_LINE)
    fetch_due(NOON)
    fetch_due(NOON)

    assert bank == ["/eurofxref-hist-90d.xml", "/eurofxref-daily.xml"]
    assert [code for code, *_rest in known(morel)] == ["GBP", "USD"]
    assert feed_of(morel).error == ""


def test_a_bank_that_leads_elsewhere_is_not_followed(morel, bank, settings):
    settings.ECB_RATES_URL += "away/"
    set_feed(morel, is_on=True, author=COMMAND_LINE)

    fetch_due(NOON)

    assert bank == ["/away/eurofxref-hist-90d.xml"]
    assert known(morel) == []
    assert feed_of(morel).tried_at == NOON
    assert "pas donné ses cours" in feed_of(morel).error
