"""The proposed texts can all be used as they are."""

import re

import pytest

from encaisse.messaging.defaults import load_defaults
from encaisse.messaging.rules.rendering import check_template, render
from tests.messaging.facts import facts, row, table

TEXTS = [
    pytest.param(language, template, id=f"{language}-{template.code}")
    for language in ("fr", "en")
    for template in load_defaults(language)
]
PENALTIES = {
    "penalites_actives": True,
    "taux_penalite": "12,15 %",
    "penalites": "10,00 €",
    "penalite_jour": "0,40 €",
    "indemnites": "80,00 €",
}
REMINDED = {"date_relance_1": "3 novembre 2026", "date_derniere_relance": "15 novembre 2026"}


@pytest.mark.parametrize(("language", "template"), TEXTS)
def test_a_proposed_text_is_a_good_template(language, template):
    assert check_template(template.subject, template.body) == []
    assert template.medium in {"email", "letter", "phone"}
    assert template.label


@pytest.mark.parametrize(("language", "template"), TEXTS)
@pytest.mark.parametrize(
    "changes",
    [
        {"b2b": True, **REMINDED, **PENALTIES},
        {"b2b": False, "telephone": "", "fonction": "", "email_reponse": "", "lien_paiement": None},
        {"b2b": True, "contact": None, "bank": None, **REMINDED},
    ],
    ids=["everything", "bare", "no bank"],
)
def test_a_proposed_text_can_be_sent(language, template, changes):
    rendered = render(template.subject, template.body, facts(language, **changes))

    assert rendered.subject
    assert not re.search(r"\{\{|\{%|None|  –|– –|,,| ,|\( \)", rendered.subject)
    prose = "\n".join(line for line in rendered.text.splitlines() if "€  " not in line)
    assert not re.search(r"\{\{|\{%|None|– –|,,|[a-z] ,|\( ?\)|[–·] *$", prose, re.MULTILINE)


def test_both_languages_offer_the_same_texts():
    french, english = load_defaults("fr"), load_defaults("en")

    assert [(t.code, t.kind, t.level, t.medium) for t in french] == [
        (t.code, t.kind, t.level, t.medium) for t in english
    ]


def test_each_level_has_an_email_and_a_letter():
    found = {(t.level, t.medium) for t in load_defaults("fr") if t.level}

    assert found >= {(level, medium) for level in range(1, 6) for medium in ("email", "letter")}
    assert found >= {(2, "phone"), (3, "phone")}


@pytest.mark.parametrize("template", load_defaults("fr"), ids=lambda template: template.code)
def test_french_typography(template):
    text = template.subject + re.sub(r"\{[{%].*?[%}]\}|<[^>]*>", "", template.body)

    assert not re.search("[^\u00a0][:;?!»]|«[^\u00a0]", text)
    assert "'" not in text


def test_the_notice_before_the_due_date_has_no_word_of_reproach():
    (notice, *_others) = load_defaults("fr")

    assert notice.kind == "pre_due"
    assert not re.search("relance|retard|impay", notice.subject + notice.body)


def test_the_formal_notice_puts_in_default_by_a_date():
    by_code = {template.code: template for template in load_defaults("fr")}
    template = by_code["reminder_5_letter"]

    text = render(template.subject, template.body, facts(b2b=True, **REMINDED)).text

    assert template.kind == "formal_notice"
    assert "METTONS EN DEMEURE de nous régler la somme de 1\u202f200,00\u00a0€" in text
    assert "au plus tard le 8 décembre 2026" in text
    assert "article 1344 du code civil" in text
    assert "40" not in text  # no flat-rate charge while charges are not claimed


PLURAL = r"factures\b|elles\b|leur règlement|invoices\b"


@pytest.mark.parametrize(("language", "template"), TEXTS)
def test_a_text_about_one_invoice_speaks_of_one(language, template):
    one = facts(
        language,
        entries=table((row("FA-101"),)),
        plusieurs_factures=False,
        nb_factures="1",
        numero="FA-101",
        b2b=True,
        montant="1\u202f000,00\u00a0€",
        date="31/10/2026",
        **REMINDED,
    )

    text = render(template.subject, template.body, one).text

    assert not re.search(PLURAL, text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "contact", "greeting", "closing", "never"),
    [
        ("fr", "Mme Legrand", "Bonjour Mme Legrand,", "agréer nos salutations", "Monsieur"),
        ("fr", "", "Madame, Monsieur,", "agréer, Madame, Monsieur, nos", "Bonjour"),
        ("en", "Mrs Lee", "Dear Mrs Lee,", "Yours sincerely,", "faithfully"),
        ("en", "", "Dear Sir or Madam,", "Yours faithfully,", "sincerely"),
    ],
)
def test_a_letter_ends_with_whom_it_greeted(language, contact, greeting, closing, never):
    for template in load_defaults(language):
        if template.medium != "letter":
            continue
        told = facts(language, contact=contact, formule_appel=greeting, **REMINDED)
        text = render(template.subject, template.body, told).text

        assert greeting in text
        assert closing in text
        assert never not in text


def test_the_days_of_two_reminders_read_as_two_days():
    for template in load_defaults("fr"):
        text = render(template.subject, template.body, facts(**REMINDED)).text
        assert not re.search(r"\b[dl]es 3 novembre", text)
