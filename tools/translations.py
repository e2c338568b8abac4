"""Texts and their translations, without the gettext programs: `update`, `compile` or `check`.

The texts are French in the sources. Every language has encaisse/locale/<xx>/LC_MESSAGES/django.po;
French itself has one that holds only the texts with a plural, translated by themselves, because
French says « 0 facture » where the default rule would say « 0 factures ».
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "encaisse"
LANGUAGES = ("fr", "en")

_SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop", "sentence"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_PLURAL_IN_CONTEXT = {"npgettext", "npgettext_lazy"}
_STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"(?<![\w.])(_|n?p?gettext)\({_STRING}(?:, {_STRING})*(?:,\s*count)?\)")
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+0 #]*[\d*]*(?:\.\d+)?[diouxXeEfFgGcrs]")


@dataclass(frozen=True)
class Text:
    """One text to translate."""

    singular: str
    plural: str | None = None
    context: str | None = None

    @property
    def key(self) -> str | tuple[str, str]:
        """As Babel names it."""
        return self.singular if self.plural is None else (self.singular, self.plural)


class NotLiteral(Exception):
    """A text is built where it is translated, so that no catalogue can hold it."""


def texts_of_python(source: str) -> Iterator[Text]:
    """The texts of a Python module.

    Raises NotLiteral when one is an f-string or an expression over strings.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (text := _text_of_call(node)):
            yield text


def _text_of_call(call: ast.Call) -> Text | None:
    name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
    for names, count in ((_SINGULAR, 1), (_PLURAL, 2), (_IN_CONTEXT, 2), (_PLURAL_IN_CONTEXT, 3)):
        if name in names:
            values = [_literal(argument) for argument in call.args[:count]]
            if len(values) < count or None in values:
                return None
            return _text(str(name), [str(value) for value in values])
    return None


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise NotLiteral(f"ligne {node.lineno} : {ast.unparse(node)}")
    return None  # a text kept in a variable: it is marked where it is written


def _text(name: str, values: list[str]) -> Text:
    if name in _PLURAL:
        return Text(values[0], plural=values[1])
    if name in _IN_CONTEXT:
        return Text(values[1], context=values[0])
    if name in _PLURAL_IN_CONTEXT:
        return Text(values[1], plural=values[2], context=values[0])
    return Text(values[0])


def texts_of_template(source: str) -> Iterator[Text]:
    """The texts of a Django template: translate, blocktranslate, and _("…") in tags."""
    for match in _CALL.finditer(templatize(source)):
        (call,) = ast.parse(match[0].strip().replace(", count)", ")").replace(",count)", ")")).body
        assert isinstance(call, ast.Expr)
        yield from texts_of_python(ast.unparse(call))


def all_texts() -> dict[Text, list[str]]:
    """Every text of the product, and the files it is in.

    Raises NotLiteral with the name of the file.
    """
    found: dict[Text, list[str]] = {}
    readers = {".py": texts_of_python, ".html": texts_of_template, ".txt": texts_of_template}
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix not in readers or "migrations" in path.parts:
            continue
        place = str(path.relative_to(ROOT))
        try:
            for text in readers[path.suffix](path.read_text()):
                found.setdefault(text, []).append(place)
        except (NotLiteral, SyntaxError) as problem:
            raise NotLiteral(f"{place} : {problem}") from problem
    return found


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return SOURCES / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue as it is in the repository, empty when there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, texts: dict[Text, list[str]]) -> Catalog:
    """The catalogue with the texts of today: what was translated stays, what went is obsolete.

    A text whose spaces alone have changed keeps its translation.
    """
    old = read(language)
    known = {_without_spaces(message.id, message.context): message for message in old}
    new = Catalog(language, project="Encaisse", fuzzy=False, header_comment="#")
    for text, places in texts.items():
        if language == "fr" and text.plural is None:
            continue
        before = old.get(text.key, text.context)
        before = before or known.get(_without_spaces(text.key, text.context))
        new.add(
            text.key,
            string=text.key if language == "fr" else before.string if before else None,
            locations=[(place, None) for place in sorted(set(places))],
            flags=before.flags if before else (),
            context=text.context,
        )
    _keep_obsolete(old, new)
    return new


def _keep_obsolete(old: Catalog, new: Catalog) -> None:
    present = {_without_spaces(message.id, message.context) for message in new}
    for message in [*old.obsolete.values(), *old]:
        is_gone = _without_spaces(message.id, message.context) not in present
        if message.id and message.string and is_gone:
            new.obsolete[message.id] = message


def _without_spaces(key: object, context: str | None) -> tuple[object, ...]:
    """What remains of a text when its typography changes."""
    return context, *("".join(part.split()) for part in _forms(key))


def update() -> None:
    """Write every catalogue with the texts of today."""
    texts = all_texts()
    for language in LANGUAGES:
        catalog = updated(language, texts)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_bytes(_as_bytes(catalog))
        missing = sum(1 for message in catalog if message.id and not _strings(message))
        print(f"{language} : {len(catalog)} textes, {missing} à traduire")


def _as_bytes(catalog: Catalog) -> bytes:
    output = BytesIO()
    write_po(output, catalog, width=100, sort_output=True, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + output.getvalue()


def compile_all() -> None:
    """Write the .mo file that Django reads beside every catalogue."""
    for language in LANGUAGES:
        if path_of(language).exists():
            with path_of(language).with_suffix(".mo").open("wb") as file:
                write_mo(file, read(language))


def problems() -> list[str]:
    """What is wrong with the catalogues, one line each; nothing when all is well."""
    try:
        texts = all_texts()
    except NotLiteral as problem:
        return [f"{problem} : un texte à traduire s’écrit d’un seul tenant"]
    found = []
    for language in LANGUAGES:
        catalog = read(language)
        if language == "fr":
            if _as_bytes(updated("fr", texts)) != _as_bytes(catalog):
                found.append("fr : pas à jour (python tools/translations.py update)")
            continue
        found += [
            f"{language} : absent : {text.singular!r} ({places[0]})"
            for text, places in texts.items()
            if not catalog.get(text.key, text.context)
        ]
        known = {(text.singular, text.context) for text in texts}
        for message in catalog:
            if message.id:
                found += [f"{language} : {problem}" for problem in _problems_of(message, known)]
        found += [f"{language} : obsolète : {name!r}" for name in catalog.obsolete]
    return found


def _problems_of(message: Message, known: set[tuple[str, str | None]]) -> Iterator[str]:
    if (_forms(message.id)[0], message.context) not in known:
        yield f"ne sert plus : {message.id!r}"
    elif not _strings(message):
        yield f"à traduire : {message.id!r}"
    elif message.fuzzy:
        yield f"à relire (fuzzy) : {message.id!r}"
    else:
        for source, string in zip(_forms(message.id), _forms(message.string), strict=False):
            if sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(string)):
                yield f"variables différentes : {source!r} → {string!r}"


def _forms(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]


def _strings(message: Message) -> list[str]:
    """The translations; nothing when one is missing."""
    forms = _forms(message.string) if message.string else []
    return forms if all(forms) else []


def main() -> int:
    """1 when `check` found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("update", "compile", "check"))
    action = parser.parse_args().action
    if action == "check":
        lines = problems()
        print("\n".join(lines))
        return 1 if lines else 0
    update() if action == "update" else compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
