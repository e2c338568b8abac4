"""Make the virtual environment, or bring it up to date; does nothing when nothing changed.

Runs with the machine's Python and its standard library only. What was installed is remembered by
a stamp: the hash of the lock file, the interpreter and this folder's path.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / ".encaisse-stamp"
CATALOGS = ROOT / "encaisse" / "locale"


def main() -> None:
    """Bring .venv to what the lock file says, then compile the translations."""
    with (ROOT / "Makefile").open() as lock:
        fcntl.flock(
            lock, fcntl.LOCK_EX
        )  # two makes at once: the second waits, then has nothing to do
        wanted = fingerprint()
        if not STAMP.exists() or STAMP.read_text() != wanted:
            install()
            STAMP.write_text(wanted)
        compile_translations()


def fingerprint() -> str:
    """What the environment is made from, as one hash."""
    parts = (LOCK.read_bytes(), sys.version.encode(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install() -> None:
    """Make the environment if it does not run, install the lock and the command `encaisse`."""
    if not runs():
        print("Environnement Python : création de .venv", flush=True)
        make_venv()
    print("Bibliothèques : installation de requirements/dev.txt", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    checked(
        [*pip, "--require-hashes", "--no-deps", "--use-pep517", "--requirement", str(LOCK)],
        "Les bibliothèques n’ont pas pu être installées (voir ci-dessus).",
    )
    put_encaisse_in()


def runs() -> bool:
    """True when .venv has an interpreter that works, of the wanted version, with pip."""
    if not PYTHON.exists():
        return False
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == version


def make_venv() -> None:
    """Make .venv afresh, with pip."""
    if VENV.exists():
        shutil.rmtree(VENV)
    checked(
        [sys.executable, "-m", "venv", str(VENV)],
        f"{sys.executable} ne peut pas faire d’environnement virtuel : sous Debian et Ubuntu,"
        " installez le paquet python3-venv, puis recommencez.",
    )


def put_encaisse_in() -> None:
    """Let the environment import this folder, and give it the command `encaisse`."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.check_output([PYTHON, "-c", code], text=True).strip()
    (Path(packages) / "encaisse.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "encaisse"
    command.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m encaisse.cli "$@"\n')
    command.chmod(0o755)


def compile_translations() -> None:
    """Compile the catalogues that changed since they were last compiled."""
    stale = [
        source
        for source in CATALOGS.glob("*/LC_MESSAGES/*.po")
        if not (compiled := source.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        script = str(ROOT / "tools" / "translations.py")
        checked([str(PYTHON), script, "compile"], "Les traductions n’ont pas pu être compilées.")


def checked(command: list[str], failure: str) -> None:
    """Run a command; on failure stop with a sentence."""
    environment = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"}
    if subprocess.run(command, env=environment, check=False).returncode:
        sys.exit(failure)


if __name__ == "__main__":
    main()
