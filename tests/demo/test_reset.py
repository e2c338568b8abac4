"""Resetting the demonstration: everything of it, nothing of anybody else's."""

from datetime import date

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.utils import timezone

from encaisse.cli import main
from encaisse.collection.models import EntryFollowUp
from encaisse.collection.operations.mail_session import outbox
from encaisse.collection.queries.plan import plan_of_day
from encaisse.demo import DemoRefused, reset_demo
from encaisse.demo.erase import erase_company, owned_tables
from encaisse.demo.team import IDENTITY
from encaisse.jobs.models import Job
from encaisse.jobs.operations import run_job, start_job
from encaisse.ledger.models import ImportFile, LedgerEntry, LedgerSync
from encaisse.tenancy.models import Company, Event, Membership, User
from encaisse.tenancy.operations import SETTINGS
from encaisse.tenancy.scope import Scope
from tests import builders
from tests.demo.conftest import NOW

TODAY = NOW.date()


def balances(company: Company) -> list[tuple[object, ...]]:
    """Every line of the ledger, and where it stands, by what does not depend on its id."""
    levels = dict(
        EntryFollowUp.objects.filter(company=company).values_list("entry__source_id", "level")
    )
    entries = LedgerEntry.objects.filter(company=company).order_by("source_id")
    return [
        (
            entry.source_id,
            entry.customer.account_code,
            entry.document_number,
            entry.due_date,
            entry.amount_minor,
            entry.remaining_minor,
            entry.settled_date,
            levels.get(entry.source_id),
        )
        for entry in entries.select_related("customer")
    ]


def work(company: Company, today: date) -> list[tuple[object, ...]]:
    """The day's plan, by account."""
    codes = dict(company.customer_set.values_list("id", "account_code"))
    return sorted(
        (codes[action.customer_id], action.currency, action.step.medium, action.amount)
        for action in plan_of_day(Scope(company), today).actions
    )


def rows_of(company: Company) -> dict[str, int]:
    """How many rows each table holds of a company."""
    return {
        model.__name__: model._base_manager.filter(**{path: company}).count()
        for model, path in owned_tables().items()
    }


def test_it_may_be_done_again_with_the_same_result(morel):
    made = balances(morel)

    reset_demo(morel, now=NOW, desk_days=10)
    first = balances(morel), work(morel, TODAY)
    reset_demo(morel, now=NOW, desk_days=10)

    assert (balances(morel), work(morel, TODAY)) == first
    assert [line[:-1] for line in first[0]] == [line[:-1] for line in made]
    assert LedgerSync.objects.filter(company=morel).count() < 12


def test_it_puts_settings_back_forgets_mails_and_keeps_people(
    morel, data_folder, django_capture_on_commit_callbacks
):
    builders.member(morel, role="reader", email="visiteur@ailleurs.example")
    Company.objects.filter(pk=morel.pk).update(
        name="Autre", mail_mode="live", smtp_host="x.example"
    )
    mail, upload = outbox(morel) / "old.eml", data_folder / "upload.csv"
    mail.write_text("old")
    upload.write_text("old")
    ImportFile.objects.create(company=morel, format="entries", name="x.csv", path=str(upload))
    other = builders.company("Menuiserie Petit")
    builders.invoice(builders.customer(other), euros=100, due=TODAY)
    Event.objects.create(company=other, at=NOW, actor_name="Petit", kind="note.written")
    theirs = rows_of(other)

    with django_capture_on_commit_callbacks(execute=True):
        reset_demo(morel, now=NOW, desk_days=5)

    morel.refresh_from_db()
    assert (morel.name, morel.mail_mode, morel.smtp_host) == ("Ateliers Morel", "capture", "")
    assert (mail.exists(), upload.exists()) == (False, False)
    assert Membership.objects.filter(company=morel).count() == 4
    assert rows_of(other) == theirs
    last = Event.objects.filter(company=morel).order_by("-id")[0]
    assert (last.kind, last.at) == ("demo.reset", NOW)


def test_a_real_company_is_never_reset(morel):
    real = builders.company("Menuiserie Petit")
    builders.customer(real)

    with pytest.raises(DemoRefused, match="pas une société de démonstration"):
        reset_demo(real, now=NOW)

    assert real.customer_set.count() == 1


def test_erasing_leaves_no_row_but_the_company_its_people_and_running_jobs(morel):
    for status in (Job.Status.RUNNING, Job.Status.DONE):
        Job.objects.create(company=morel, function="x", label="x", status=status)

    erase_company(morel)

    assert {name: count for name, count in rows_of(morel).items() if count} == {
        "Membership": 3,
        "Job": 1,
    }


def test_no_setting_of_a_company_is_forgotten():
    assert set(IDENTITY) >= SETTINGS


def test_every_table_with_a_company_is_known():
    named = {
        model
        for model in apps.get_models()
        if any(field.related_model is Company for field in model._meta.concrete_fields)
    }

    assert named
    assert named <= set(owned_tables())


def test_the_job_of_the_screen_makes_it_anew_from_now(morel, monkeypatch):
    monkeypatch.setitem(reset_demo.__kwdefaults__, "desk_days", 5)  # a quick demonstration
    claire = User.objects.get(email="demo@encaisse.local")
    job = start_job("encaisse.demo.tasks.reset", company=morel, label="x", actor=claire)

    run_job.call(job_id=job.pk)

    job.refresh_from_db()
    assert (job.status, job.message) == (Job.Status.DONE, "")
    assert (timezone.now() - LedgerSync.objects.filter(company=morel).latest("at").at).seconds < 900
    assert Event.objects.get(company=morel, kind="demo.reset").actor == claire


def test_the_job_of_a_real_company_fails_with_a_sentence(db):
    real = builders.company("Menuiserie Petit")
    job = start_job("encaisse.demo.tasks.reset", company=real, label="x", actor=None)

    run_job.call(job_id=job.pk)

    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert "pas une société de démonstration" in job.message


def test_the_command_refuses_without_a_demonstration(db):
    Company.objects.update(is_demo=False)

    result = CliRunner().invoke(main, ["demo", "reset"])

    assert result.exit_code == 1
    assert "Il n’y a pas de société de démonstration." in result.stderr
