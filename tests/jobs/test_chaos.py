"""Real workers, really killed: no job is lost, none is finished twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from encaisse.jobs.models import Job, Schedule
from encaisse.jobs.operations import request_stop, start_job
from encaisse.tenancy.models import Company
from tests.support.processes import Processes, wait_until

pytestmark = pytest.mark.chaos


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "work.log"
    path.touch()
    return path


def start(name: str, log: Path) -> Job:
    company = Company.objects.create(slug="morel", name="Ateliers Morel")
    return start_job(
        f"tests.jobs.work.{name}",
        company=company,
        label=name,
        actor=None,
        payload={"log": str(log)},
    )


def status(job: Job) -> str:
    job.refresh_from_db()
    return job.status


def sweep_now() -> None:
    """Bring the sweep forward, so that the test need not wait for its turn."""
    Schedule.objects.update_or_create(
        name="jobs.sweep", defaults={"next_run_at": timezone.now() - timedelta(seconds=1)}
    )


def test_a_job_whose_worker_is_killed_is_done_again_by_another(processes: Processes, log: Path):
    job = start("first_time_slow", log)
    victim = processes.start("worker", ENCAISSE_LEASE_SECONDS="1")
    wait_until(lambda: "begun" in log.read_text())
    victim.kill()
    assert status(job) == Job.Status.RUNNING
    wait_until(lambda: Job.objects.filter(lease_until__lt=timezone.now()).exists())

    sweep_now()
    heir = processes.start("worker", ENCAISSE_LEASE_SECONDS="1")
    wait_until(lambda: status(job) == Job.Status.DONE)

    assert job.result == {"attempt": 2}
    assert log.read_text() == "begun\nbegun\nfinished\n"
    assert heir.terminate() == 0


def test_a_worker_asked_to_stop_finishes_its_task(processes: Processes, log: Path):
    job = start("slow_second", log)
    worker = processes.start("worker")
    wait_until(lambda: log.read_text() == "begun")

    assert worker.terminate() == 0

    assert log.read_text() == "finished"
    assert status(job) == Job.Status.DONE


def test_an_idle_worker_stops_at_once(processes: Processes):
    worker = processes.start("worker")
    wait_until(lambda: "Starting worker" in worker.errors())

    assert worker.terminate(seconds=5) == 0


def test_a_user_stops_a_running_job(processes: Processes, log: Path):
    job = start("first_time_slow", log)
    worker = processes.start("worker")
    wait_until(lambda: "begun" in log.read_text())

    request_stop(job)
    wait_until(lambda: status(job) == Job.Status.STOPPED)

    assert worker.terminate() == 0


def test_two_workers_run_each_job_once(processes: Processes, log: Path):
    company = Company.objects.create(slug="morel", name="Ateliers Morel")
    for number in range(40):
        start_job("tests.jobs.work.count", company=company, label=str(number), actor=None)
    workers = [processes.start("worker"), processes.start("worker")]
    wait_until(lambda: not Job.objects.exclude(status=Job.Status.DONE).exists())

    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    for worker in workers:
        assert worker.terminate() == 0
