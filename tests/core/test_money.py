"""Money at its edges: what people type and files hold, what screens and letters show."""

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from encaisse.core.money import (
    AmountError,
    decimal_string,
    format_amount,
    parse_minor,
    to_decimal,
)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,56 €", 123_456),
        ("1\u202f234,56\u00a0€", 123_456),
        ("1.234,56", 123_456),
        ("1234.56", 123_456),
        ("1'234.56", 123_456),
        ("1 234,56-", -123_456),
        ("(1 234,56)", -123_456),
        ("+000000069,40", 6_940),
        ("-708,91", -70_891),
        ("0,005", 1),
        ("", 0),
    ],
)
def test_an_amount_is_read_as_people_and_programs_write_it(text, minor):
    assert parse_minor(text) == minor


@pytest.mark.parametrize("text", ["douze", "1,2,3x", "--5", "1e5", "²"])
def test_anything_else_is_refused(text):
    with pytest.raises(AmountError):
        parse_minor(text)


@given(
    minor=st.integers(-(10**13), 10**13),
    currency=st.sampled_from(["EUR", "USD", "GBP", "CHF", "XOF", "JPY", "TND"]),
    language=st.sampled_from(["fr", "en"]),
)
def test_an_amount_is_shown_as_babel_shows_it(minor, currency, language):
    locale = {"fr": "fr_FR", "en": "en_GB"}[language]
    expected = format_currency(to_decimal(minor, currency), currency, locale=locale)

    assert format_amount(minor, currency, language) == expected


@given(minor=st.integers(-(10**12), 10**12), currency=st.sampled_from(["EUR", "XOF", "TND"]))
def test_what_is_written_for_files_is_read_back(minor, currency):
    assert parse_minor(decimal_string(minor, currency), currency) == minor
