"""Amounts and days in the language of the page."""

from datetime import date

import pytest
from django.utils.translation import override

from encaisse.core.money import parse_minor
from encaisse.web.language import shown_amount, shown_date, typed_amount


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        ("fr", "1\u202f234,50\u00a0€", "1er mars 2026"),
        ("en", "€1,234.50", "1 March 2026"),
        ("en-gb", "€1,234.50", "1 March 2026"),
    ],
)
def test_amounts_and_days(language, amount, day):
    with override(language):
        assert shown_amount(123_450, "EUR") == amount
        assert shown_date(date(2026, 3, 1)) == day


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "TND"])
@pytest.mark.parametrize("minor", [1, 1_234, 123_456_789, -123_450])
def test_what_a_field_offers_is_read_back(language, currency, minor):
    with override(language):
        assert parse_minor(typed_amount(minor, currency), currency) == minor
