"""Rules of the house that no tool checks; import-linter checks the layers (`make check`)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.translations import all_texts

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "encaisse"
TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
GUIDE = PACKAGE / "web" / "guide"
LONGEST_FILE = 500


def modules(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def attributes(path: Path) -> Iterator[ast.Attribute]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node


def test_the_web_makes_no_query_of_its_own():
    """Screens call queries and operations, which know the company; `.objects` would not."""
    guilty = [
        f"{name(path)}:{node.lineno}"
        for path in modules(PACKAGE / "web")
        for node in attributes(path)
        if node.attr == "objects"
    ]
    assert guilty == []


def test_rules_and_core_never_read_the_clock():
    clocks = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("timezone", "now")}
    pure = [path for path in modules(PACKAGE) if {"rules", "core"} & set(path.parts)]
    guilty = [
        f"{name(path)}:{node.lineno}"
        for path in pure
        for node in attributes(path)
        if (ast.unparse(node.value).split(".")[-1], node.attr) in clocks
    ]
    assert pure
    assert guilty == []


@pytest.mark.parametrize("suffix", ["py", "html", "css", "js"])
def test_no_file_is_longer_than_the_limit(suffix):
    files = [
        path
        for folder in (PACKAGE, ROOT / "tests", ROOT / "tools", ROOT / "bench")
        for path in folder.rglob(f"*.{suffix}")
        if "migrations" not in path.parts
    ]
    too_long = [
        name(path)
        for path in files
        if len(path.read_text(errors="replace").splitlines()) > LONGEST_FILE
    ]
    assert too_long == []


def test_a_template_begins_by_naming_its_inputs():
    """In a {% comment %}, after {% extends %} if it has one."""
    start = re.compile(
        r"\s*({% extends [^%]+%})?\s*{% comment %}\s*\S.*?{% endcomment %}", re.DOTALL
    )
    assert [name(path) for path in TEMPLATES if not start.match(path.read_text())] == []


def test_no_template_marks_text_as_safe():
    guilty = [
        name(path)
        for path in TEMPLATES
        if re.search(r"\|\s*safe\b|{%\s*autoescape\s+off", path.read_text())
    ]
    assert guilty == []


def test_no_template_holds_a_script_or_a_style_of_its_own():
    """The content security policy refuses them: the screen would silently not work."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", re.IGNORECASE)
    guilty = [name(path) for path in TEMPLATES if inline.search(path.read_text())]
    assert guilty == []


def test_french_has_no_break_spaces_where_its_typography_asks_for_them():
    """Before : ; ? ! and inside « », or a line may begin with the sign."""
    plain = re.compile(r"« | »|(?<=\S) [:;?!](?!\w)")
    texts = {
        sentence: places[0]
        for text, places in all_texts().items()
        for sentence in (text.singular, text.plural or "")
    }
    for path in TEMPLATES:
        bare = re.sub(
            r'{% comment %}.*?{% endcomment %}|pattern="[^"]*"', "", path.read_text(), flags=re.S
        )
        texts |= {line: name(path) for line in re.sub("{%.*?%}|{{.*?}}", "x", bare).splitlines()}
    for page in GUIDE.glob("*.md"):
        prose = re.sub(r"```.*?```|`[^`]*`|^\|[-:| ]+\|$", "", page.read_text(), flags=re.S | re.M)
        texts |= {line: name(page) for line in prose.splitlines()}
    assert [f"{where} : {text}" for text, where in texts.items() if plain.search(text)] == []
