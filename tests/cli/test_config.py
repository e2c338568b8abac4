"""`encaisse config`: the configuration as a file, out and in."""

import json
import tomllib
from pathlib import Path

import pytest

from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.queries.configuration import configuration
from encaisse.tenancy.models import Company
from tests.cli.desk import answered, encaisse, refused

pytestmark = pytest.mark.django_db

OUT = ("config", "export", "--company", "morel")
IN = ("config", "import", "--company", "morel")


@pytest.fixture
def morel() -> Company:
    made = Company.objects.create(slug="morel", name="Morel", default_payment_terms="45 jours")
    install_defaults(made)
    return made


@pytest.mark.parametrize("name", ["config.toml", "config.json", "CONFIG.JSON", "config"])
def test_a_file_goes_out_and_into_another_company(morel: Company, tmp_path: Path, name: str):
    answered("company", "create", "petit", "--name", "Petit")
    file = tmp_path / name

    said = answered(*OUT, file)
    taken = answered("config", "import", "--company", "petit", file)

    text = file.read_text(encoding="utf-8")
    read = json.loads(text) if name.lower().endswith("json") else tomllib.loads(text)
    assert read == configuration(morel) == configuration(Company.objects.get(slug="petit"))
    assert said == {"file": str(file), "profiles": 4, "scenarios": 6,
                    "templates": len(read["templates"])}  # fmt: skip
    assert taken == {
        "profiles": 0, "scenarios": 0, "templates": 0, "settings": ["default_payment_terms"],
        "profile_rules": False, "fields": 0,
    }  # fmt: skip


def test_taking_it_back_changes_nothing(morel: Company, tmp_path: Path):
    answered(*OUT, tmp_path / "config.toml")

    nothing = {
        "profiles": 0, "scenarios": 0, "templates": 0, "settings": [],
        "profile_rules": False, "fields": 0,
    }  # fmt: skip
    assert answered(*IN, tmp_path / "config.toml") == nothing
    assert encaisse(*IN, tmp_path / "config.toml").stdout.startswith("Changé")


def test_a_file_saved_by_the_notepad_of_windows_is_read(morel: Company, tmp_path: Path):
    file = tmp_path / "config.toml"
    answered(*OUT, file)
    text = file.read_text(encoding="utf-8").replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert answered(*IN, file)["templates"] == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.toml", "", "n’est pas une configuration d’Encaisse"),
        ("a.toml", "format = \n", "n’est pas du TOML bien écrit (ligne 1)."),
        ("a.toml", "x = 1\ny = [\n", "n’est pas du TOML bien écrit"),
        ("a.toml", "a = " + "[" * 100_000, "n’est pas du TOML bien écrit"),
        ("a.toml", "a = 1\na = 2\n", "n’est pas du TOML bien écrit (ligne 2)."),
        ("a.toml", "n = " + "9" * 5000, "n’est pas du TOML bien écrit"),
        ("a.toml", "format = 'encaisse-config/1'\nprofiles = 'x'", "doit être une liste de tables"),
        ("a.toml", "format = 'encaisse-config/1'\n[profiles]\na=1", "doit être une liste de"),
        ("a.toml", "format = 'encaisse-config/1'\n[settings.timezone]\n", "fuseau horaire"),
        ("a.toml", "format = 'encaisse-config/1'\n[settings]\ntimezone=2026-01-01", "fuseau"),
        ("a.json", "{", "n’est pas du JSON bien écrit (ligne 1)."),
        ("a.json", "[]", "n’est pas une configuration d’Encaisse"),
        ("a.json", "null", "n’est pas une configuration d’Encaisse"),
        ("a.json", "[" * 100_000, "n’est pas du JSON bien écrit"),
        ("a.json", '{"format": "encaisse-config/1", "settings": null}', "doit être une table"),
        ("a.json", '{"format": "encaisse-config/1", "x": NaN}', "clé inconnue « x »"),
        ("a.json", b"\xff\xfe{\x00}\x00", "n’est pas un texte en UTF-8"),
    ],
)
@pytest.mark.parametrize("ending", [[], ["--json"]])
def test_a_hostile_file_is_a_french_sentence(morel, tmp_path, name, content, sentence, ending):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = configuration(morel)

    assert sentence in refused(*IN, file, *ending)
    assert configuration(Company.objects.get()) == before


def test_every_fault_is_told_at_once(morel: Company, tmp_path: Path):
    file = tmp_path / "a.json"
    faults = {"format": "encaisse-config/1", "settings": {"zut": 1, "timezone": "Lune"}}
    file.write_text(json.dumps(faults))

    assert len(refused(*IN, file).splitlines()) == 2


@pytest.mark.parametrize("command", [OUT, IN])
def test_a_folder_or_an_absent_one_is_a_french_sentence(morel, tmp_path, command):
    assert "c’est un dossier" in refused(*command, tmp_path)
    assert "il n’existe pas" in refused(*command, tmp_path / "absent" / "a.toml")
