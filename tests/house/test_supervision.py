"""The supervisor alone: what it does when a child cannot start."""

import subprocess
import sys

import pytest

from tests.support.processes import Processes

pytestmark = pytest.mark.chaos

NEVER_READY = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "encaisse.settings"
django.setup()
from encaisse.cli.supervisor import Child, Supervisor
supervisor = Supervisor([Child("web", ["no-such-command"])])
raise SystemExit(supervisor.run(is_ready=lambda: False, on_ready=lambda: None))
"""


def test_a_child_that_dies_before_all_is_ready_ends_everything_with_1(bare_processes: Processes):
    done = subprocess.run(
        [sys.executable, "-c", NEVER_READY],
        env=bare_processes.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "web n’a pas pu démarrer" in done.stderr
