"""Functions that the jobs of the tests run, by their dotted names, in real workers too."""

import time
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from encaisse.jobs.models import Job
from encaisse.jobs.operations import JobRefused, RunningJob


def count(running: RunningJob) -> dict[str, Any]:
    """Succeed, with progress."""
    running.progress(2, 4)
    running.progress(4, 4)
    return {"lines": 4}


def refuse(running: RunningJob) -> None:
    """Refuse, with a sentence for the user."""
    raise JobRefused("Le fichier est vide.")


def crash(running: RunningJob) -> None:
    """Fail as a bug does."""
    raise ZeroDivisionError("oops")


def speak(running: RunningJob) -> dict[str, Any]:
    """Say in which language its sentences are."""
    return {"language": get_language()}


def lose_the_lease(running: RunningJob) -> dict[str, Any]:
    """Finish after another worker has taken the job over."""
    Job.objects.filter(pk=running.job.pk).update(worker="the new one")
    return {"lines": 4}


def first_time_slow(running: RunningJob) -> dict[str, Any]:
    """Append the attempt to a file; the first attempt then lasts until it is killed or stopped."""
    log = Path(running.job.payload["log"])
    with log.open("a") as file:
        file.write("begun\n")
    if log.read_text().count("begun") == 1:
        for step in range(1, 10_000):
            running.progress(step, 10_000)
            time.sleep(0.05)
    with log.open("a") as file:
        file.write("finished\n")
    return {"attempt": running.job.attempts}


def slow_second(running: RunningJob) -> None:
    """Take two seconds, whoever asks to stop."""
    log = Path(running.job.payload["log"])
    log.write_text("begun")
    time.sleep(2)
    log.write_text("finished")
