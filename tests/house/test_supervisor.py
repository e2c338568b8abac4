"""`encaisse serve`: from nothing to a site that answers; what dies comes back; all stops."""

import json
import os
import re
import signal
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.support.processes import Process, Processes, free_port, wait_until

pytestmark = pytest.mark.chaos


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    return True


def pids(server: Process, name: str) -> list[int]:
    """The process ids that the supervisor announced for a child, oldest first."""
    return [int(pid) for pid in re.findall(rf"{name} : démarré \(pid (\d+)\)", server.errors())]


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(processes: Processes, port: int) -> Process:
    """`encaisse serve` on a database whose schema is up to date, ready."""
    return started(processes, port)


def started(processes: Processes, port: int) -> Process:
    server = processes.start("serve", "--json", ENCAISSE_PORT=str(port))
    wait_until(lambda: bool(server.output()) or not server.is_running())
    assert server.is_running(), server.errors()
    return server


def test_serve_starts_on_an_empty_folder_while_a_worker_waits_for_the_schema(
    bare_processes: Processes, port: int
):
    worker = bare_processes.start("worker")
    wait_until(lambda: "En attente de la mise à jour du schéma" in worker.errors())

    server = started(bare_processes, port)

    assert json.loads(server.output()) == {"url": f"http://localhost:{port}"}
    assert answers(port)
    wait_until(lambda: "Starting worker" in worker.errors())
    assert worker.terminate() == 0
    assert server.terminate() == 0


def test_a_killed_worker_is_back_and_sigterm_stops_everything(server: Process, port: int):
    (first,) = pids(server, "worker-1")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(pids(server, "worker-1")) == 2)

    everyone = [*pids(server, "web"), *pids(server, "worker-1")]
    assert server.terminate() == 0

    assert [pid for pid in everyone if exists(pid)] == []
    assert not answers(port)


def test_a_killed_web_is_back(server: Process, port: int):
    (first,) = pids(server, "web")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(pids(server, "web")) == 2)

    wait_until(lambda: answers(port))
    assert server.is_running()


def test_the_children_of_a_killed_supervisor_stop(server: Process, port: int):
    children = [*pids(server, "web"), *pids(server, "worker-1")]

    server.kill()

    wait_until(lambda: not any(exists(pid) for pid in children))
    wait_until(lambda: not answers(port))


def test_a_busy_port_is_refused_with_the_name_of_the_variable(bare_processes: Processes):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = bare_processes.run("serve", ENCAISSE_PORT=str(taken.getsockname()[1]))

    assert refused.wait() == 1
    assert "ENCAISSE_PORT" in refused.errors()
    assert "Traceback" not in refused.errors()
    assert refused.output() == ""


def test_a_bad_variable_is_refused_by_its_name_with_status_2(bare_processes: Processes):
    refused = bare_processes.run("serve", ENCAISSE_WORKERS="beaucoup")

    assert refused.wait() == 2
    assert refused.errors().startswith("ENCAISSE_WORKERS vaut « beaucoup »")
    assert "Traceback" not in refused.errors()


def test_two_first_starts_at_once_migrate_once(bare_processes: Processes):
    ports = [free_port(), free_port()]
    servers = [bare_processes.start("serve", ENCAISSE_PORT=str(port)) for port in ports]

    for port in ports:
        wait_until(lambda port=port: answers(port))

    said = "".join(server.errors() for server in servers)
    assert said.count("mise à jour du schéma…") == 1
    assert [server.terminate() for server in servers] == [0, 0]
