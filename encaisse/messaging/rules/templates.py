"""Reading a template: placeholders and plain conditions, nothing else of Jinja.

A template is a subject and a body in a small HTML subset, with `{{ name }}` and
`{% if a and not b %}…{% else %}…{% endif %}`. A body without any tag is plain text, whose line
breaks are kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from encaisse.core.wording import Explained, Sentence, sentence
from encaisse.messaging.rules.placeholders import CATALOGUE, modern

MAX_LENGTH = 60_000  # characters; a long letter has 4,000
SUBJECT, BODY = sentence("objet"), sentence("texte")

_MAX_DEPTH = 30

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Name,
)
# Private characters mark blocks and empty values inside the filled text: nobody may type them.
_PRIVATE = re.compile("[\ud800-\udfff\ue000-\uf8ff]")
_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")

_plain = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_escaped = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


class TemplateRefused(Explained):
    """The message cannot be written; the text is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template ready to be filled, and the placeholders it names."""

    subject: Template
    body: Template
    names: tuple[str, ...]


def check_template(subject: str, body: str) -> list[Sentence]:
    """What is wrong with a template; an empty list for a good one.

    Unknown placeholders, broken syntax, anything beyond placeholders and conditions, a block in
    the subject, a condition printed as a text.
    """
    problems = [*_source_problems(subject, SUBJECT), *_source_problems(body, BODY)]
    return list(dict.fromkeys(problems))


@lru_cache(maxsize=512)
def compile_template(subject: str, body: str) -> CompiledTemplate:
    """The template compiled, once for each text. Raises TemplateRefused with every problem."""
    if problems := check_template(subject, body):
        raise TemplateRefused(*problems)
    subject_source, body_source = _prepare(subject), _paragraphs(_prepare(body))
    trees = (_plain.parse(subject_source), _escaped.parse(body_source))
    names = {name.name for tree in trees for name in tree.find_all(nodes.Name)}
    return CompiledTemplate(
        subject=_plain.from_string(subject_source),
        body=_escaped.from_string(body_source),
        names=tuple(sorted(names)),
    )


def _prepare(source: str) -> str:
    cleaned = _PRIVATE.sub("", source.replace("\r\n", "\n"))
    return _CODE.sub(lambda code: code[0].replace("&nbsp;", " "), modern(cleaned))


def _paragraphs(source: str) -> str:
    """Plain text as HTML paragraphs; a body that holds a tag is left alone."""
    if "<" in source:
        return source
    parts = _BLANK_LINE.split(source.strip())
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts)


def _source_problems(source: str, where: Sentence) -> Iterator[Sentence]:
    if len(source) > MAX_LENGTH:
        yield sentence("Le modèle est trop long (plus de %(most)d caractères).", most=MAX_LENGTH)
        return
    try:
        tree = _plain.parse(_prepare(source))
    except TemplateSyntaxError as error:
        yield sentence(
            "Ligne %(line)d (%(where)s) : une balise « {{ nom }} » ou une condition "
            "« {%% if %%} » est mal fermée ou mal écrite.",
            line=error.lineno,
            where=where,
        )
    except RecursionError:
        yield _too_deep(where)
    else:
        yield from _tree_problems(tree, where, depth=0)


def _tree_problems(node: nodes.Node, where: Sentence, *, depth: int) -> Iterator[Sentence]:
    if depth > _MAX_DEPTH:
        yield _too_deep(where)
        return
    for child in node.iter_child_nodes():
        if not isinstance(child, _ALLOWED):
            yield _only_simple(child.lineno, where)
            continue
        if isinstance(child, nodes.Name) and child.name not in CATALOGUE:
            yield sentence("Balise inconnue « %(name)s ».", name=child.name)
        if isinstance(child, nodes.Output):
            yield from _output_problems(child, where)
        yield from _tree_problems(child, where, depth=depth + 1)


def _output_problems(output: nodes.Output, where: Sentence) -> Iterator[Sentence]:
    for node in output.nodes:
        if isinstance(node, nodes.Not | nodes.And | nodes.Or):
            yield _only_simple(node.lineno, where)
        placeholder = CATALOGUE.get(node.name) if isinstance(node, nodes.Name) else None
        if placeholder and placeholder.kind == "flag":
            yield sentence(
                "« %(name)s » sert de condition et ne peut pas être imprimé.",
                name=placeholder.name,
            )
        if placeholder and placeholder.kind == "block" and where == SUBJECT:
            yield sentence("« %(name)s » ne peut pas figurer dans l’objet.", name=placeholder.name)


def _only_simple(line: int, where: Sentence) -> Sentence:
    return sentence(
        "Ligne %(line)d (%(where)s) : seules les balises « {{ nom }} » et les conditions "
        "« {%% if %%} » sont permises.",
        line=line,
        where=where,
    )


def _too_deep(where: Sentence) -> Sentence:
    return sentence("Les conditions sont trop imbriquées (%(where)s).", where=where)
