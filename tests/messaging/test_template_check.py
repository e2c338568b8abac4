"""Templates that are refused, and messages that cannot be written."""

import pytest

from encaisse.messaging.rules.placeholders import CATALOGUE, modern
from encaisse.messaging.rules.rendering import TemplateRefused, check_template, render
from tests.messaging.facts import facts

ONLY_SIMPLE = "seules les balises « {{ nom }} » et les conditions « {% if %} » sont permises."


def test_a_good_template_has_no_problem():
    body = (
        "{% if b2b and not lien_paiement %}<p>{{ total }}</p>{% elif rib %}x{% else %}y{% endif %}"
    )

    assert check_template("{{ client }}", body) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("{{ montan }}", "Balise inconnue « montan »."),
        ("%montan%", "Balise inconnue « montan »."),
        ("{% if montan %}x{% endif %}", "Balise inconnue « montan »."),
        ("{{ self }}", "Balise inconnue « self »."),
        ("{{ b2b }}", "« b2b » sert de condition et ne peut pas être imprimé."),
        ("{{ total|upper }}", ONLY_SIMPLE),
        ("{{ total.__class__ }}", ONLY_SIMPLE),
        ("{{ total() }}", ONLY_SIMPLE),
        ("{{ total or solde }}", ONLY_SIMPLE),
        ("{{ 1 + 1 }}", ONLY_SIMPLE),
        ("{{ 'x' }}", ONLY_SIMPLE),
        ("{% for x in total %}x{% endfor %}", ONLY_SIMPLE),
        ("{% set x = 1 %}", ONLY_SIMPLE),
        ("{% include 'x' %}", ONLY_SIMPLE),
        ("{% if total == 'x' %}x{% endif %}", ONLY_SIMPLE),
        ("{{ total", "est mal fermée ou mal écrite."),
        ("{% if total %}x", "est mal fermée ou mal écrite."),
        ("{% if total %}" * 40 + "x" + "{% endif %}" * 40, "Les conditions sont trop imbriquées"),
        ("{% if " + "not " * 3_000 + "total %}x{% endif %}", "Les conditions sont trop imbriquées"),
        ("x" * 60_001, "Le modèle est trop long (plus de 60000 caractères)."),
    ],
)
def test_anything_else_is_refused_in_french(body, problem):
    problems = [str(problem) for problem in check_template("Objet", body)]

    assert any(problem in found for found in problems), problems
    with pytest.raises(TemplateRefused):
        render("Objet", body, facts())


def test_a_block_cannot_be_in_the_subject():
    problems = [str(problem) for problem in check_template("{{ tableau }}", "x")]

    assert problems == ["« tableau » ne peut pas figurer dans l’objet."]


def test_percent_signs_and_encoded_addresses_are_not_tags():
    body = '<p>10 % de plus, 5%</p><p><a href="https://x.example/%c3%a9t%c3%a9?a=%total%">x</a></p>'

    assert check_template("Remise de 5 % – 10 %", body) == []


@pytest.mark.parametrize("name", ["total", "date_limite", "tableau", "lien_paiement"])
def test_an_empty_mandatory_value_is_refused(name):
    data = facts(**{name: None})
    if name == "tableau":
        data = facts(entries=type(data.table)("EUR", ()))

    with pytest.raises(TemplateRefused, match=f"« {name} »"):
        render("Objet", "<p>avant {{ " + name + " }}</p>", data)


def test_an_empty_mandatory_value_may_be_guarded_by_a_condition():
    body = "<p>Bonjour{% if total %} {{ total }}{% endif %}</p>"

    assert render("Objet", body, facts(total="  ")).text == "Bonjour\n"


def test_a_message_that_comes_out_empty_is_refused():
    with pytest.raises(TemplateRefused, match="vide"):
        render("Objet", "<p>{{ fonction }}</p>", facts(fonction=""))
    with pytest.raises(TemplateRefused, match="vide"):
        render("{{ fonction }}", "<p>x</p>", facts(fonction=""))


EXPECTED = """
client contact formule_appel expediteur fonction societe telephone email_reponse tableau
nb_factures total total_a_echoir penalites taux_penalite date_arrete penalite_jour indemnites
total_general prochaine_echeance date_limite date_relance_1 date_derniere_relance lien_paiement
lien_portail rib qr_virement reference_virement montant_promis date_promise date_accord
montant_recu date_reception taux_mensuel taux_annuel frais_surcharge agence agence_coordonnees
reference_dossier mentions_legales numero_recommande ville date_jour numero montant date mode
retard b2b penalites_actives client_code solde devise iban bic
"""


def test_the_catalogue_holds_every_placeholder_of_the_trade():
    assert set(EXPECTED.split()) <= set(CATALOGUE)
    assert all(str(entry.label) and entry.group for entry in CATALOGUE.values())
    blocks = {name for name, entry in CATALOGUE.items() if entry.kind == "block"}
    assert blocks == {"tableau", "rib", "qr_virement", "logo"}


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("client_nom", "client"),
        ("tableau_comptable", "tableau"),
        ("tableau_comptable2", "tableau"),
        ("total_a_venir", "total_a_echoir"),
        ("indemnite", "indemnites"),
        ("promesse_date", "date_promise"),
        ("utilisateur_nom", "expediteur"),
        ("client_code", "client_code"),
    ],
)
def test_older_tags_have_a_modern_name(tag, name):
    assert modern(f"%{tag}%") == "{{ " + name + " }}"
