"""Naming the free fields, and saying where they are shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from encaisse.ledger.models import Customer, FreeField, LedgerEntry
from encaisse.ledger.queries.free_fields import (
    NUMBERS,
    PLACES,
    field_document,
    free_fields,
    usual_document,
    usual_field,
)
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company

_LONGEST_COLUMN = FreeField._meta.get_field("source_column").max_length


@transaction.atomic
def set_free_fields(
    company: Company, documents: Iterable[Mapping[str, Any]], *, author: Author, now: datetime
) -> int:
    """Write what configuration documents say of some fields. Returns how many changed."""
    changed = write_free_fields(company, documents)
    if changed:
        record_event(
            "free_fields.set",
            company=company,
            author=author,
            at=now,
            before=_told(before for _field, before in changed),
            after=_told(field_document(field) for field, _before in changed),
        )
        # Lists of large ledgers are remembered until the facts change.
        facts_changed(company.pk)
    return len(changed)


def write_free_fields(
    company: Company, documents: Iterable[Mapping[str, Any]]
) -> list[tuple[FreeField, dict[str, Any]]]:
    """Write some fields; those that changed, with what they were. Whoever calls keeps the journal.

    What a document leaves out stays. A field that is as usual again, and that nothing fills, is
    in use no more.
    """
    known = {(one.about, one.number): one for one in free_fields(company).all()}
    changed = []
    for document in documents:
        place = document["about"], document["number"]
        field = known.get(place) or usual_field(*place)
        before = field_document(field)
        if before | dict(document) == before:
            continue
        for name in ("label", *PLACES[FreeField.About(field.about)]):
            setattr(field, name, document.get(name, before[name]))
        field.company = company
        if field_document(field) == usual_document(*place) and not _is_filled(field):
            FreeField.objects.filter(pk=field.pk).delete()
        else:
            field.save()
        changed.append((field, before))
    return changed


def _is_filled(field: FreeField) -> bool:
    if field.source_column:
        return True
    is_customer = field.about == FreeField.About.CUSTOMER
    rows: QuerySet[Any] = (Customer if is_customer else LedgerEntry)._default_manager.filter(
        company=field.company
    )
    return rows.exclude(**{field.column: ""}).exists()


def remember_columns(company: Company, about: str, mapping: Mapping[str, str]) -> None:
    """Keep the titles of the columns that a file gave free fields in, by field (`free1`…).

    An import calls it, and keeps the journal.
    """
    for number in NUMBERS[FreeField.About(about)]:
        title = mapping.get(f"free{number}", "").strip()[:_LONGEST_COLUMN]
        if title:
            FreeField.objects.update_or_create(
                company=company, about=about, number=number, defaults={"source_column": title}
            )


def remember_use(company: Company, about: str, rows: Iterable[Sequence[str]]) -> None:
    """Keep in use the fields that a program fills; `rows` are the texts of each, in order."""
    filled: set[int] = set()
    for texts in rows:
        filled.update(number for number, text in enumerate(texts, start=1) if text)
    used = {field.number for field in free_fields(company).all() if field.about == about}
    if missing := sorted(filled - used):
        fields = [FreeField(company=company, about=about, number=number) for number in missing]
        FreeField.objects.bulk_create(fields, ignore_conflicts=True)


def _told(documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What documents say, one value a choice: `customer 1 label`."""
    return {
        f"{one['about']} {one['number']} {name}": value
        for one in documents
        for name, value in one.items()
        if name not in ("about", "number")
    }
