"""The documentation says what the code reads."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "encaisse" / "settings.py"
ENVIRONMENT = ROOT / "encaisse" / "environment.py"
MANUAL = ROOT / "docs" / "dev" / "settings.md"
_VARIABLE = re.compile(r"\b(ENCAISSE_[A-Z_]+|DATABASE_URL)\b")


def read_by_the_code() -> set[str]:
    sources = SETTINGS.read_text() + ENVIRONMENT.read_text()
    return set(re.findall(r"[\"'](ENCAISSE_[A-Z_]+|DATABASE_URL)[\"']", sources))


def documented() -> set[str]:
    rows = [line for line in MANUAL.read_text().splitlines() if line.startswith("| `")]
    return {match for row in rows for match in _VARIABLE.findall(row.split("|")[1])}


def test_every_setting_is_documented_and_every_documented_setting_exists():
    assert read_by_the_code()
    assert documented() == read_by_the_code()


def test_the_version_is_in_the_changelog():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()


def test_every_relative_link_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
