"""Jobs: progress, leases, stops, the sweep."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from encaisse.jobs import operations
from encaisse.jobs.models import Job
from encaisse.jobs.operations import JobStopped, RunningJob, request_stop, run_job, start_job, sweep
from encaisse.tenancy.models import Company, User

Status = Job.Status


@pytest.fixture
def company(db):
    """A company, and an empty queue: the demonstration of other tests leaves a task in it."""
    DBTaskResult.objects.all().delete()
    return Company.objects.create(slug="morel", name="Ateliers Morel")


@pytest.fixture
def start(company, django_capture_on_commit_callbacks):
    """Starts a job of tests/jobs/work.py, its task queued as after a commit."""

    def start(name: str, **options) -> Job:
        with django_capture_on_commit_callbacks(execute=True):
            return start_job(
                f"tests.jobs.work.{name}", company=company, label=name, **{"actor": None, **options}
            )

    return start


def run(job: Job) -> Job:
    run_job.call(job_id=job.pk)
    job.refresh_from_db()
    return job


def running(job: Job, *, lease_seconds: int, attempts: int = 1, worker: str = "other") -> Job:
    """As another worker left it."""
    Job.objects.filter(pk=job.pk).update(
        status=Status.RUNNING,
        worker=worker,
        attempts=attempts,
        lease_until=timezone.now() + timedelta(seconds=lease_seconds),
    )
    job.refresh_from_db()
    return job


def queued_tasks() -> int:
    return DBTaskResult.objects.count()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_job_speaks_to_its_author(start, language):
    author = User.objects.create_user(email="claire@morel.fr", language=language)

    job = run(start("speak", actor=author))

    assert job.result == {"language": language}


def test_a_job_of_nobody_speaks_the_language_of_the_company(start, company):
    Company.objects.filter(pk=company.pk).update(language="en")

    assert run(start("speak")).result == {"language": "en"}


def test_a_job_that_succeeds_keeps_its_result(start):
    job = run(start("count"))

    assert (job.status, job.result, job.percent) == (Status.DONE, {"lines": 4}, 100)
    assert (job.attempts, job.lease_until) == (1, None)
    assert job.finished_at is not None


def test_starting_a_job_queues_one_task(start):
    start("count")

    assert queued_tasks() == 1


def test_a_job_for_later_is_queued_for_later(start):
    later = timezone.now() + timedelta(hours=1)

    start("count", run_after=later)

    assert DBTaskResult.objects.get().run_after == later


def test_a_refusal_is_shown_as_it_is_said(start):
    job = run(start("refuse"))

    assert (job.status, job.message) == (Status.FAILED, "Le fichier est vide.")


def test_a_crash_is_recorded_on_the_row(start):
    job = run(start("crash"))

    assert job.status == Status.FAILED
    assert "oops" in job.message


def test_a_job_held_by_another_worker_is_left_alone(start):
    job = running(start("count"), lease_seconds=60)

    assert run(job).status == Status.RUNNING
    assert (job.worker, job.attempts) == ("other", 1)


def test_a_job_whose_lease_has_passed_is_taken_over(start):
    job = run(running(start("count"), lease_seconds=-1))

    assert (job.status, job.attempts) == (Status.DONE, 2)


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED, Status.STOPPED])
def test_a_finished_job_never_runs_again(start, status):
    job = start("count")
    Job.objects.filter(pk=job.pk).update(status=status)

    assert run(job).attempts == 0


def test_a_worker_that_lost_its_lease_stops_at_its_next_progress(start):
    job = running(start("count"), lease_seconds=60, worker="the new one")

    with pytest.raises(JobStopped):
        RunningJob(job, "the old one").progress(1, 2)


def test_a_worker_that_lost_its_lease_cannot_close_the_job(start):
    job = run(start("lose_the_lease"))

    assert (job.status, job.worker, job.finished_at) == (Status.RUNNING, "the new one", None)


def test_progress_renews_the_lease(start):
    job = running(start("count"), lease_seconds=1)

    RunningJob(job, "other").progress(1, 2)

    job.refresh_from_db()
    assert (job.done, job.total, job.percent) == (1, 2, 50)
    assert job.lease_until > timezone.now() + timedelta(seconds=30)


def test_a_running_job_asked_to_stop_stops_at_its_next_progress(start):
    job = running(start("count"), lease_seconds=60)
    request_stop(job)

    with pytest.raises(JobStopped):
        RunningJob(job, "other").progress(1, 2)


def test_a_job_stopped_before_it_began_never_begins(start):
    job = start("count")
    request_stop(job)

    assert run(job).status == Status.STOPPED
    assert job.attempts == 0


@pytest.mark.django_db(transaction=True)
def test_the_sweep_asks_again_for_the_dead_and_the_lost_only(company):
    now = timezone.now()

    def job(**fields) -> Job:
        made = Job.objects.create(company=company, function="tests.jobs.work.count", **fields)
        Job.objects.filter(pk=made.pk).update(created_at=now - timedelta(minutes=5))
        return made

    past, future = now - timedelta(seconds=90), now + timedelta(seconds=90)
    asked = [
        job(status=Status.RUNNING, lease_until=past, attempts=1),
        job(status=Status.QUEUED),
        job(status=Status.QUEUED, run_after=past),
    ]
    job(status=Status.RUNNING, lease_until=future)
    job(status=Status.QUEUED, run_after=future)
    job(status=Status.DONE)

    assert sweep(now) == 3

    again = [task.args_kwargs["kwargs"]["job_id"] for task in DBTaskResult.objects.all()]
    assert sorted(again) == [one.pk for one in asked]


def test_the_sweep_gives_up_a_job_that_keeps_killing_its_workers(start):
    job = running(start("count"), lease_seconds=-1, attempts=operations.MAX_ATTEMPTS)

    assert sweep(timezone.now()) == 0

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert "abandonné" in job.message
