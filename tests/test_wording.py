"""Sentences of the rules: French by themselves, in the language of whoever shows them."""

import pickle

import pytest

from encaisse.core.money import AmountError, parse_minor
from encaisse.core.wording import Explained, sentence, told

ENGLISH = {
    "objet": "subject",
    "Ligne %(line)d (%(where)s) : mal écrite à 100 %%.": "Line %(line)d (%(where)s): 100%% wrong.",
    "Trop long.": "Too long.",
}


def english(text: str) -> str:
    return ENGLISH.get(text, text)


def refusal() -> Explained:
    line = sentence(
        "Ligne %(line)d (%(where)s) : mal écrite à 100 %%.", line=3, where=sentence("objet")
    )
    return Explained(line, sentence("Trop long."), "Déjà dit.")


def test_a_refusal_is_french_by_itself():
    assert str(refusal()) == "Ligne 3 (objet) : mal écrite à 100 %. Trop long. Déjà dit."


def test_a_refusal_is_told_in_another_language_with_its_values():
    assert told(refusal(), english) == "Line 3 (subject): 100% wrong. Too long. Déjà dit."


def test_any_other_error_is_told_as_it_is():
    assert told(KeyError("objet"), english) == "'objet'"


def test_what_was_typed_is_never_translated_nor_formatted():
    with pytest.raises(AmountError) as refused:
        parse_minor("objet %(line)d")

    assert "objet %(line)d" in told(refused.value, english)


def test_a_refusal_survives_a_trip_between_processes():
    assert str(pickle.loads(pickle.dumps(refusal()))) == str(refusal())
