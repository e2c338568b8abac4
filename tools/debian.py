"""Programs of the distribution that tests need: installed as root on Debian, or not at all.

`python tools/debian.py ensure`
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

# What a test starts, and the package that has it: a mail server, a reader of PDF files.
PROGRAMS = {"dovecot": "dovecot-imapd", "pdftotext": "poppler-utils"}


def can_install() -> bool:
    """True as root where apt-get is."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> str | None:
    """Install packages; returns None, or in one line why they cannot be had here."""
    apt = ("apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq")
    return run((*apt, "update"), (*apt, "install", "-y", "--no-install-recommends", *packages))


def run(*steps: Sequence[str]) -> str | None:
    """Run commands one after the other; returns None, or in one line what went wrong."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in steps:
        try:
            done = subprocess.run(
                step, env=environment, capture_output=True, text=True, timeout=600, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{step[0]} n’a pas fini en dix minutes"
        if done.returncode:
            lines = (done.stderr + done.stdout).splitlines()
            return next((line for line in lines if "rror" in line), f"{step[0]} a échoué")
    return None


def main() -> None:
    """Install what is absent; never fail, the tests that need it are skipped."""
    absent = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if not absent:
        return
    names = ", ".join(absent)
    problem: str | None = "il faut être root sur une Debian"
    if can_install():
        print(f"Installation pour les tests : {names}…", flush=True)
        problem = install(*absent)
    if problem:
        print(f"{names} : pas installé ({problem}), leurs tests seront sautés.")


if __name__ == "__main__":
    if sys.argv[1:] != ["ensure"]:
        sys.exit("usage: python tools/debian.py ensure")
    main()
