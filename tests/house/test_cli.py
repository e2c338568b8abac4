"""The command line: refusals in French on stderr, statuses 0, 1 and 2, results on stdout."""

import json

import pytest
from click.testing import CliRunner, Result

from encaisse.cli import COMMANDS, main
from encaisse.cli.serve import announce


def encaisse(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_says_what_it_does(command):
    result = encaisse(command, "--help")

    assert result.exit_code == 0
    assert command in result.stdout


def test_the_list_of_commands():
    result = encaisse("--help")

    assert result.exit_code == 0
    assert all(command in result.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["relancer"], "« relancer » n’est pas une commande."),
        (["serve", "--rapide"], "L’option --rapide n’existe pas."),
        (["backup", "create"], "Il manque FICHIER."),
    ],
)
def test_a_command_written_wrong_is_refused_with_status_2(arguments, sentence):
    result = encaisse(*arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert result.stdout == ""


def test_without_arguments_the_help_is_shown():
    result = encaisse("backup")

    assert result.exit_code == 2
    assert "create" in result.stderr


def test_the_address_and_the_login_are_said_to_people(capsys, settings):
    settings.SITE_URL = "http://localhost:8000"

    announce({"email": "a@b.fr", "password": "secret"}, as_json=False)

    said = capsys.readouterr().out
    assert "http://localhost:8000" in said
    assert "a@b.fr" in said
    assert "secret" in said


def test_the_address_and_the_login_are_said_to_programs(capsys, settings):
    settings.SITE_URL = "http://localhost:8000"

    announce({"email": "a@b.fr", "password": "secret"}, as_json=True)

    said = json.loads(capsys.readouterr().out)
    assert said == {"url": "http://localhost:8000", "email": "a@b.fr", "password": "secret"}
