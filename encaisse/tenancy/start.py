"""What a person says of « Démarrer », the first steps of a company."""

from django.db import transaction

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company

# Steps that work as they come: somebody may find them right without changing anything.
CONFIRMABLE = ("company", "profiles", "scenario")


@transaction.atomic
def confirm_start_step(company: Company, code: str, *, author: Author) -> None:
    """Keep that somebody looked at a step and found it right. Raises KeyError for another step."""
    if code not in CONFIRMABLE:
        raise KeyError(code)
    locked = Company.objects.select_for_update().get(pk=company.pk)
    if code in locked.start_confirmed:
        return
    company.start_confirmed = [*locked.start_confirmed, code]
    company.save(update_fields=["start_confirmed"])
    record_event("start.confirmed", company=company, author=author, step=code)


@transaction.atomic
def show_start(company: Company, *, is_shown: bool, author: Author) -> None:
    """Take « Démarrer » off the home page, or put it back."""
    changed = Company.objects.filter(pk=company.pk, start_dismissed=is_shown).update(
        start_dismissed=not is_shown
    )
    company.start_dismissed = not is_shown
    if changed:
        kind = "start.shown" if is_shown else "start.dismissed"
        record_event(kind, company=company, author=author)
