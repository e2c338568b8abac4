"""Keeps a few processes alive: starts them, restarts the dead with a back-off, stops them all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from django.utils.translation import gettext as _

from encaisse.cli.output import say

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A process that lived that long is healthy: its next death is a first one again.
HEALTHY_AFTER = 60.0
# What a process gets to finish its task before it is killed; the sweep redoes what was cut.
GRACE = 30.0


class Child:
    """One process kept alive; its group holds whatever it starts itself."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "encaisse.cli", *command]
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._started_at = 0.0
        self._restart_at = 0.0

    def start(self) -> None:
        """Start it, out of reach of the terminal's Ctrl-C: only the supervisor stops it."""
        self._process = subprocess.Popen(  # noqa: S603 — our own command
            self._command,
            stdin=subprocess.PIPE,
            env={**os.environ, "ENCAISSE_SUPERVISED": "1"},
            start_new_session=True,
        )
        self._started_at = time.monotonic()
        say(_("%(name)s : démarré (pid %(pid)s)") % {"name": self.name, "pid": self._process.pid})

    def is_running(self) -> bool:
        """True until it exits."""
        return self._process is not None and self._process.poll() is None

    def look_after(self, now: float) -> None:
        """Restart it if it is dead and its delay is over."""
        if self.is_running():
            return
        if self._process is not None:
            self._bury(now)
        elif now >= self._restart_at:
            self.start()

    def _bury(self, now: float) -> None:
        assert self._process is not None
        status = self._process.returncode
        self.kill()
        self._process = None
        self._deaths = 1 if now - self._started_at > HEALTHY_AFTER else self._deaths + 1
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self._deaths - 1))
        self._restart_at = now + delay
        say(
            _("%(name)s : arrêté (code %(status)s), redémarrage dans %(delay).1f s")
            % {"name": self.name, "status": status, "delay": delay}
        )

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self._process is not None and self.is_running():
            self._process.terminate()

    def kill(self) -> None:
        """End it and everything it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


class Supervisor:
    """Looks after children until SIGTERM or SIGINT; a second signal hurries."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._stop = threading.Event()
        self._hurry = threading.Event()

    def run(self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Run until asked to stop; returns 0, or 1 when a child died before all was ready."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            for child in self._children:
                child.start()
            if not self._wait_ready(is_ready):
                return 0 if self._stop.is_set() else 1
            on_ready()
            while not self._stop.wait(0.2):
                for child in self._children:
                    child.look_after(time.monotonic())
            return 0
        finally:
            self._stop_all()

    def _on_signal(self, *_arguments: object) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def _wait_ready(self, is_ready: Callable[[], bool]) -> bool:
        while not is_ready():
            dead = [child.name for child in self._children if not child.is_running()]
            if dead:
                say(_("%(name)s n’a pas pu démarrer : arrêt.") % {"name": dead[0]})
                return False
            if self._stop.wait(0.1):
                return False
        return True

    def _stop_all(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        end = time.monotonic() + GRACE
        while any(child.is_running() for child in self._children):
            if time.monotonic() > end or self._hurry.is_set():
                break
            time.sleep(0.05)
        for child in self._children:
            child.kill()
