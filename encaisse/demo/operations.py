"""Making the demonstration company, and making it anew."""

from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import TypedDict

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.core.workdays import working_days
from encaisse.demo import team
from encaisse.demo.aims import set_targets
from encaisse.demo.answers import receive_answers
from encaisse.demo.currencies import give_rates
from encaisse.demo.erase import erase_company
from encaisse.demo.habits import keep_lists
from encaisse.demo.replay import DESK_DAYS, Replay
from encaisse.demo.stage import Stage
from encaisse.demo.stories import CHARACTERS
from encaisse.demo.volume import populate
from encaisse.ledger.models import ImportFile
from encaisse.tenancy.journal import COMMAND_LINE, Author, facts_changed, record_event
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import create_company

SEED = 2026


class DemoLogin(TypedDict):
    """How to get into the demonstration."""

    email: str
    password: str


class DemoRefused(Exception):
    """The company is not the demonstration; the message is fit to show to the user."""


def ensure_demo(*, now: datetime | None = None, desk_days: int = DESK_DAYS) -> DemoLogin | None:
    """Make the demonstration company when there is no company at all; None when there is one.

    `now`: the moment to date it from, the present one by default. `desk_days`: how many days of
    reminders are relived; that is most of the time it takes.
    """
    moment = now or timezone.now()
    if Company.objects.exists():
        return None
    with transaction.atomic():
        company = create_company(slug=team.SLUG, author=COMMAND_LINE, **team.IDENTITY)
        _fill(company, now=moment, desk_days=desk_days)
        record_event("demo.created", company=company, author=COMMAND_LINE, at=moment)
    return DemoLogin(email=team.EMAIL, password=team.PASSWORD)


def reset_demo(
    company: Company,
    *,
    now: datetime,
    author: Author = COMMAND_LINE,
    desk_days: int = DESK_DAYS,
) -> None:
    """Make the demonstration company anew, dated from now. All or nothing.

    Its users keep their access. Raises DemoRefused for any company that is not a demonstration.
    """
    with transaction.atomic():
        locked = Company.objects.select_for_update().get(pk=company.pk)
        if not locked.is_demo:
            raise DemoRefused(
                _("« %(name)s » n’est pas une société de démonstration : rien n’a été effacé.")
                % {"name": locked.name}
            )
        _forget_files(locked)
        erase_company(locked)
        for name, value in team.IDENTITY.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(team.IDENTITY))
        _fill(locked, now=now, desk_days=desk_days)
        record_event("demo.reset", company=locked, author=author, at=now)


def _fill(company: Company, *, now: datetime, desk_days: int) -> None:
    authors = team.install(company)
    stage = make_stage(company.local_day(now))
    Replay(company, stage, authors, now, desk_days).run()
    receive_answers(company, authors, now=now)
    set_targets(company, today=stage.today, author=authors["claire"], now=now)
    keep_lists(company, authors, now=now)
    give_rates(company, today=stage.today, author=authors["claire"])
    facts_changed(company.pk)


def make_stage(today: date, *, seed: int = SEED) -> Stage:
    """The customers, their accounts and what was decided: the same for a day and a seed."""
    stage = Stage(today, working_days("FR"), Random(seed))  # noqa: S311 — invented customers
    for tell in CHARACTERS:
        tell(stage)
    populate(stage)
    stage.books.close()
    return stage


def _forget_files(company: Company) -> None:
    """Delete the mails, letters, invoices and imports of now, once the transaction is committed."""
    folders = (
        Path(settings.DATA) / "outbox" / company.slug,
        Path(settings.MEDIA_ROOT) / "letters" / company.slug,
        Path(settings.MEDIA_ROOT) / "invoices" / company.slug,
    )
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    files += map(Path, ImportFile.objects.filter(company=company).values_list("path", flat=True))

    def forget() -> None:
        for file in files:
            file.unlink(missing_ok=True)

    transaction.on_commit(forget)
