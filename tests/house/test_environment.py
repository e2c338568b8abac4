"""A bad value in the environment stops the start with a sentence that names the variable."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from encaisse import environment as env

NAME = "ENCAISSE_TRIED"


@pytest.mark.parametrize("value", ["1", "true", "oui", "YES", "on"])
def test_a_flag_is_on(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    assert env.flag(NAME, default=False) is True


@pytest.mark.parametrize("value", ["0", "false", "non", "NO", "off", ""])
def test_a_flag_is_off(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    assert env.flag(NAME, default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_a_flag_that_is_absent_has_its_default(default):
    assert env.flag(NAME, default=default) is default


@pytest.mark.parametrize("value", ["deux", "0", "11", "-3", "1.5", "--4", "²"])
def test_a_number_out_of_bounds_or_not_a_number_is_refused(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} vaut « {value} ».*de 1 à 10"):
        env.integer(NAME, 5, least=1, most=10)


@pytest.mark.parametrize(("value", "expected"), [("1", 1), ("10", 10), (" 7 ", 7)])
def test_a_number_within_bounds(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    assert env.integer(NAME, 5, least=1, most=10) == expected


def test_a_wrong_flag_is_refused(monkeypatch):
    monkeypatch.setenv(NAME, "peut-être")

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} vaut « peut-être »"):
        env.flag(NAME, default=False)


def test_a_wrong_choice_is_refused_with_the_right_ones(monkeypatch):
    monkeypatch.setenv(NAME, "verbose")

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} vaut « verbose ».*info, debug"):
        env.choice(NAME, "info", among=("info", "debug"))


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv(NAME, " a.fr, ,b.fr ")

    assert env.words(NAME, "") == ["a.fr", "b.fr"]


def test_a_value_may_be_in_a_file(monkeypatch, tmp_path: Path):
    (tmp_path / "secret").write_text("s3cret\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert env.text(NAME) == "s3cret"


def test_a_file_that_cannot_be_read_is_named(monkeypatch, tmp_path: Path):
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "absent"))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE.*absent"):
        env.text(NAME)


def test_a_folder_is_made(monkeypatch, tmp_path: Path):
    monkeypatch.setenv(NAME, str(tmp_path / "a" / "b"))

    assert env.folder(NAME, tmp_path).is_dir()


def test_a_folder_that_cannot_be_written_is_named(monkeypatch, tmp_path: Path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(NAME, str(tmp_path / "file" / "below"))

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.folder(NAME, tmp_path)


def test_the_secret_key_is_made_once_for_its_owner_only(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("ENCAISSE_SECRET_KEY", raising=False)

    key = env.secret_key(tmp_path)

    assert env.secret_key(tmp_path) == key
    assert len(key) >= 48
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_a_short_secret_key_is_refused(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("ENCAISSE_SECRET_KEY", "court")

    with pytest.raises(ImproperlyConfigured, match="ENCAISSE_SECRET_KEY"):
        env.secret_key(tmp_path)


def test_without_an_address_the_database_is_sqlite_in_the_data_folder(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    database = env.database(tmp_path)

    assert database["NAME"] == tmp_path / "encaisse.sqlite3"
    assert "mmap" not in str(database["OPTIONS"])


def test_the_parts_of_a_postgresql_address(monkeypatch, tmp_path: Path):
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://jean:p%40ss@base.lan:6432/compta?sslmode=require"
    )

    database = env.database(tmp_path)

    parts = [database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")]
    assert parts == ["compta", "jean", "p@ss", "base.lan", "6432"]
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_postgresql_address_may_name_a_socket(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://jean@/compta?host=/run/postgresql")

    assert env.database(tmp_path)["HOST"] == "/run/postgresql"


def test_another_kind_of_database_is_refused(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("DATABASE_URL", "mysql://jean@base.lan/compta")

    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL.*mysql"):
        env.database(tmp_path)


OIDC = {
    "ENCAISSE_OIDC_ISSUER": "https://login.example/tenant/",
    "ENCAISSE_OIDC_CLIENT_ID": "encaisse",
    "ENCAISSE_OIDC_CLIENT_SECRET": "secret",
}


def test_without_an_issuer_there_is_no_provider():
    assert env.provider() is None


def test_a_provider_has_its_issuer_and_the_name_of_its_host(monkeypatch):
    for name, value in OIDC.items():
        monkeypatch.setenv(name, value)

    found = env.provider()

    assert (found.issuer, found.name) == ("https://login.example/tenant", "login.example")
    assert (found.is_only, found.is_trusted) == (False, False)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ENCAISSE_OIDC_ISSUER": "http://login.example"}, "ENCAISSE_OIDC_ISSUER.*https"),
        ({"ENCAISSE_OIDC_ISSUER": "login.example"}, "ENCAISSE_OIDC_ISSUER.*https"),
        ({"ENCAISSE_OIDC_CLIENT_ID": ""}, "demande ENCAISSE_OIDC_CLIENT_ID"),
        ({"ENCAISSE_OIDC_CLIENT_SECRET": ""}, "demande ENCAISSE_OIDC_CLIENT_SECRET"),
        ({"ENCAISSE_OIDC_ISSUER": "", "ENCAISSE_OIDC_ONLY": "1"}, "demande ENCAISSE_OIDC_ISSUER"),
    ],
)
def test_half_a_provider_stops_the_start(monkeypatch, changed, sentence):
    for name, value in (OIDC | changed).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        env.provider()
