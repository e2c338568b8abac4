"""Changing the texts of a company. Each change leaves one line, and what was stays readable."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.operations.configuration import (
    ConfigurationChanges,
    take_configuration,
    whole_template,
)
from encaisse.collection.operations.configuration_check import document_problems
from encaisse.collection.queries.configuration import FORMAT, template_document
from encaisse.collection.queries.templates import (
    default_of,
    is_awaited,
    languages_of,
    uses_of,
)
from encaisse.core.text import fold
from encaisse.messaging.models import MessageTemplate, MessageTemplateVersion
from encaisse.messaging.operations.versions import Text, keep_first, write_text
from encaisse.messaging.rules.templates import TemplateRefused, check_template
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company

_NOT_IN_A_CODE = re.compile(r"[^a-z0-9]+")
_LONGEST_CODE = 60


class TemplateInUse(Exception):
    """The text cannot go; the message says what needs it."""


class TemplateMoved(Exception):
    """Somebody else has changed the text since it was read; the message says who."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a text is for, in all its languages."""

    kind: str
    medium: str


@transaction.atomic
def create_template(
    company: Company,
    text: Text,
    *,
    kind: Kind,
    language: str,
    author: Author,
    now: datetime,
    code: str = "",
) -> MessageTemplate:
    """A new text, or with `code` the same text in another language. Raises TemplateRefused."""
    text = _checked(text)
    if MessageTemplate.objects.filter(company=company, code=code, language=language).exists():
        raise TemplateRefused(_("Ce modèle existe déjà dans cette langue."))
    template = MessageTemplate.objects.create(
        company=company,
        code=code or _free_code(company, text.label),
        language=language,
        kind=kind.kind,
        medium=kind.medium,
        label=text.label,
        subject=text.subject,
        body=text.body,
    )
    keep_first(template, author=author, now=now)
    _journal("template.created", template, author, now, after=_said(text))
    return template


@transaction.atomic
def change_template(
    template: MessageTemplate,
    text: Text,
    *,
    seen: int,
    author: Author,
    now: datetime,
    kind: Kind | None = None,
) -> bool:
    """Give a text its next version; False when nothing differs.

    `seen` is the version that was read. `kind` also moves its other languages. Raises
    TemplateRefused, TemplateMoved, and TemplateInUse for another kind of a text that steps use.
    """
    text = _checked(text)
    row = MessageTemplate.objects.select_for_update().get(pk=template.pk)
    if row.version != seen:
        raise TemplateMoved(_moved(row))
    before = Text.of(row)
    was_kind = Kind(row.kind, row.medium)
    is_moved = kind is not None and kind != was_kind and _move(row, kind)
    is_written = write_text(row, text, author=author, now=now)
    template.refresh_from_db()
    if not is_moved and not is_written:
        return False
    old, new = _said(before), _said(text)
    if kind is not None and is_moved:
        old |= {"kind": was_kind.kind, "medium": was_kind.medium}
        new |= {"kind": kind.kind, "medium": kind.medium}
    changed = [name for name in new if old[name] != new[name]]
    _journal(
        "template.changed",
        row,
        author,
        now,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )
    return True


def restore_version(version: MessageTemplateVersion, *, author: Author, now: datetime) -> bool:
    """Give a text what it said in a version, as its next one. Raises TemplateRefused."""
    template = version.template
    return change_template(
        template, Text.of(version), seen=template.version, author=author, now=now
    )


def reset_template(template: MessageTemplate, *, author: Author, now: datetime) -> bool:
    """Give a text what the product proposes, as its next version.

    Raises TemplateRefused when the product proposes nothing under that code.
    """
    proposed = default_of(template)
    if proposed is None:
        raise TemplateRefused(_("Il n’y a pas de texte d’origine pour ce modèle."))
    text = Text(proposed.label, proposed.subject, proposed.body)
    return change_template(template, text, seen=template.version, author=author, now=now)


@transaction.atomic
def delete_template(template: MessageTemplate, *, author: Author, now: datetime) -> None:
    """Remove a text in one language. Raises TemplateInUse for the last one of a text in use."""
    rows = languages_of(template)
    if len(rows) == 1:
        company = template.company
        if uses := uses_of(company, [template.code]).get(template.code):
            raise TemplateInUse(_("Ce modèle sert encore : %(uses)s.") % {"uses": ", ".join(uses)})
        if is_awaited(company, template.code):
            raise TemplateInUse(_("Des messages qui attendent de partir sont écrits avec."))
    _journal("template.deleted", template, author, now, before=_said(Text.of(template)))
    template.delete()


def _checked(text: Text) -> Text:
    text = text.settled()
    problems = check_template(text.subject, text.body)
    if problems:
        raise TemplateRefused(*problems)
    if not text.label or not text.body:
        raise TemplateRefused(_("Donnez un nom et un texte au modèle."))
    return text


def _move(row: MessageTemplate, kind: Kind) -> bool:
    """Another kind or medium, for every language."""
    if uses := uses_of(row.company, [row.code]).get(row.code):
        raise TemplateInUse(_("Ce modèle sert encore : %(uses)s.") % {"uses": ", ".join(uses)})
    MessageTemplate.objects.filter(company=row.company, code=row.code).update(
        kind=kind.kind, medium=kind.medium
    )
    return True


def _moved(row: MessageTemplate) -> str:
    last = row.versions.order_by("-number").first()
    return _("%(who)s a changé ce modèle entre-temps : rechargez la page pour voir son texte.") % {
        "who": last.author_name if last and last.author_name else _("Quelqu’un")
    }


def _said(text: Text) -> dict[str, str]:
    return {"label": text.label, "subject": text.subject, "body": text.body}


def _journal(
    event: str, template: MessageTemplate, author: Author, now: datetime, **data: Any
) -> None:
    record_event(
        event,
        company=template.company,
        author=author,
        at=now,
        code=template.code,
        label=template.label,
        language=template.language,
        version=template.version,
        **data,
    )


def _free_code(company: Company, label: str) -> str:
    """A code made from the name, that no other text has."""
    stem = _NOT_IN_A_CODE.sub("_", fold(label)).strip("_")[:_LONGEST_CODE] or "modele"
    taken = set(
        MessageTemplate.objects.filter(company=company, code__startswith=stem).values_list(
            "code", flat=True
        )
    )
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}_{number}"
    return code


# -- from one company to another -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakenText:
    """A text of a file; `before` is what it replaces, None when it is new."""

    wanted: Mapping[str, Any]
    before: Mapping[str, Any] | None

    @property
    def changes(self) -> bool:
        """False when the company says the same already."""
        return self.before != self.wanted


def templates_document(rows: Iterable[MessageTemplate]) -> dict[str, Any]:
    """Some texts as a configuration document, which `encaisse config import` takes too."""
    return {"format": FORMAT, "templates": [template_document(row) for row in rows]}


def templates_in(company: Company, document: Any) -> tuple[list[TakenText], list[str]]:
    """The texts of a document beside those they would replace, and what is wrong with it."""
    if not isinstance(document, Mapping):
        return [], [_("Ce fichier n’est pas une configuration d’Encaisse.")]
    texts = _texts_alone(document)
    if problems := document_problems(company, texts):
        return [], problems
    rows = MessageTemplate.objects.filter(company=company)
    known = {(row.code, row.language): template_document(row) for row in rows}
    wanted = map(whole_template, texts["templates"])
    return [TakenText(one, known.get((one["code"], one["language"]))) for one in wanted], []


def take_templates(
    company: Company, document: Mapping[str, Any], *, author: Author
) -> ConfigurationChanges:
    """Write the texts of a document, nothing else of it. Raises ConfigurationRefused."""
    return take_configuration(
        company, _texts_alone(document), author=author, kind="template.imported"
    )


def _texts_alone(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"format": document.get("format"), "templates": document.get("templates", [])}
