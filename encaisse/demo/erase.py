"""Emptying a company, whole and quickly: one DELETE a table, those that point at others first.

The tables are found in the models themselves, so a table that is added later is emptied too.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company, Membership

Model = type[models.Model]


def erase_company(company: Company) -> None:
    """Delete everything that hangs on a company, inside the caller's transaction.

    The company itself stays, and so do its memberships and the jobs that are running: one of them
    may be doing this.
    """
    for model, path in _tables():
        rows = model._base_manager.filter(**{path: company})
        if model is Job:
            rows = rows.exclude(status=Job.Status.RUNNING)
        # No signals and no cascade to follow: the order of the tables sees to it.
        rows._raw_delete(rows.db)


def owned_tables() -> dict[Model, str]:
    """Every model whose rows belong to a company, and the look-up that leads there."""
    found: dict[Model, str] = {}
    models_left = [model for model in apps.get_models() if not model._meta.proxy]
    while True:
        more = {model: path for model in models_left if (path := _path(model, found))}
        if not more:
            return found
        found |= more
        models_left = [model for model in models_left if model not in found]


def _path(model: Model, known: dict[Model, str]) -> str:
    """How a row of the model leads to its company; empty when it does not, as far as known."""
    paths = [
        field.name if target is Company else f"{field.name}__{known[target]}"
        for field, target in _references(model)
        if target is Company or (target in known and not field.null)
    ]
    return min(paths, key=len, default="")


def _tables() -> Iterator[tuple[Model, str]]:
    """The tables to empty, each before those that it points at."""
    left = {model: path for model, path in owned_tables().items() if model is not Membership}
    while left:
        pointed_at = {
            target for model in left for _field, target in _references(model) if target is not model
        }
        free = [model for model in left if model not in pointed_at]
        for model in free:
            yield model, left.pop(model)


def _references(model: Model) -> Iterator[tuple[models.ForeignKey, Model]]:  # type: ignore[type-arg]
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield field, field.related_model
