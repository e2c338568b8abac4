"""Help in French, statuses, where each thing is said, and dates in both writings."""

import re

import pytest

from encaisse.cli import COMMANDS
from tests import builders
from tests.cli.desk import encaisse, misused, refused

pytestmark = pytest.mark.django_db

PAGES = [
    *([name] for name in COMMANDS),
    *(["company", name] for name in ("create", "list", "add-user")),
    *(["config", name] for name in ("export", "import")),
    *(["backup", name] for name in ("create", "restore")),
    ["demo", "reset"],
    [],
]
OPTIONS = {
    "company create": ["--name", "--currency", "--timezone", "--json"],
    "company list": ["--json"],
    "company add-user": ["--role", "--password", "--sales-rep", "--json"],
    "import": ["--company", "--format", "--dry-run", "--terms", "--json", "FICHIER"],
    "aging": ["--company", "--on", "--buckets", "--json"],
    "kpi": ["--company", "--on", "--months", "--period", "--json"],
    "plan": ["--company", "--on", "--json"],
    "simulate": ["--company", "--from", "--to", "--every", "--json"],
    "remind": ["--company", "--medium", "--dry-run", "--json"],
    "config export": ["--company", "FICHIER"],
    "config import": ["--company", "FICHIER"],
}
ENGLISH = re.compile(
    r"\b(Usage|Show this|and exit|required|default:|Commands|Error|TEXT|FILE|PATH|ARGS)\b"
)


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_every_help_page_is_french(words):
    result = encaisse(*words, "--help")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Utilisation : encaisse")
    assert ENGLISH.findall(result.stdout) == []


@pytest.mark.parametrize("command", OPTIONS)
def test_every_option_is_explained(command):
    page = encaisse(*command.split(), "--help").stdout

    for name in OPTIONS[command]:
        assert name in page
    # An option alone on its line has its words on the next one, further to the right.
    bare = re.findall(r"^  --[^\n]*?(?:\n(?! {4,})|\Z)", page, re.MULTILINE)
    assert [line for line in bare if not re.search(r"--\S+(?: \S+)?\s{2,}\S", line)] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["company", "renommer"], "« renommer » n’est pas une commande."),
        (["company", "create"], "Il manque SLUG."),
        (["company", "create", "x"], "Il manque --name."),
        (["company", "list", "a", "b"], "Il y a un mot de trop : a b."),
        (["import", "--company", "x", "f.txt"], "Il manque --format."),
        (["import", "--company", "x", "--format", "fec"], "Il manque FICHIER."),
        (
            ["import", "--company", "x", "--format", "sage", "f.txt"],
            "--format : valeur refusée (choisissez parmi fec, customers, contacts, entries, "
            "invoices).",
        ),
        (["aging"], "Il manque --company."),
        (["aging", "--company"], "L’option --company attend une valeur."),
        (["aging", "--json=oui", "--company", "x"], "L’option --json ne prend pas de valeur."),
        (["plan", "--company", "x", "--lundi"], "L’option --lundi n’existe pas."),
        (["simulate", "--company", "x", "--from", "01/01/2026"], "Il manque --to."),
        (["remind", "--company", "x", "--medium", "fax"], "--medium : valeur refusée"),
        (["config", "import", "--company", "x"], "Il manque FICHIER."),
    ],
)
def test_a_wrong_usage_is_a_french_sentence_and_status_2(arguments, sentence):
    said = misused(*arguments)

    assert said.startswith(sentence)
    assert said.endswith("--help)")


@pytest.mark.parametrize(
    "day", ["31/02/2026", "2026-02-31", "demain", "", "0001-01-01", "9999-12-31", "01/01/1900"]
)
@pytest.mark.parametrize("command", ["aging", "plan"])
def test_a_day_that_does_not_exist_is_a_wrong_usage(command, day):
    builders.company(slug="morel")

    assert misused(command, "--company", "morel", "--on", day).startswith("--on : valeur refusée")


@pytest.mark.parametrize(
    "arguments",
    [
        ["aging"], ["plan"], ["remind"], ["simulate", "--from", "01/01/2026", "--to", "02/01/2026"],
        ["import", "--format", "fec", "f.txt"], ["config", "export", "f.toml"],
        ["config", "import", "f.toml"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", [[], ["--json"]])
def test_an_unknown_company_is_refused_even_to_programs(arguments, ending):
    said = refused(*arguments, "--company", "inconnue", *ending)

    assert said == "Il n’y a pas de société « inconnue » : voyez « encaisse company list »."


def test_a_period_that_ends_before_it_begins_is_refused():
    builders.company(slug="morel")

    said = refused("simulate", "--company", "morel", "--from", "2026-03-02", "--to", "01/03/2026")

    assert said == "La date de fin précède la date de début."


@pytest.mark.parametrize("buckets", ["", "30,", "60,30", "0,30", "a", "1,2,3,4,5,6", "30;60"])
def test_periods_that_make_no_sense_are_refused(buckets):
    builders.company(slug="morel")

    said = refused("aging", "--company", "morel", "--buckets", buckets, "--json")

    assert "nombres de jours" in said
