"""Every check that needs no test run; says which failed, changes nothing."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"


def checks() -> dict[str, list[str]]:
    """The commands, by the name under which a failure is reported."""
    python = str(BIN / "python")
    templates = sorted(str(path) for path in (ROOT / "encaisse").glob("**/templates/**/*.html"))
    commands = {
        "format": [str(BIN / "ruff"), "format", "--check", "."],
        "lint": [str(BIN / "ruff"), "check", "."],
        "types": [str(BIN / "mypy")],
        "layers": [str(BIN / "lint-imports"), "--no-cache"],
        "django": [python, "manage.py", "check", "--fail-level", "WARNING"],
        "migrations": [
            python,
            "manage.py",
            "makemigrations",
            "--check",
            "--dry-run",
            "--skip-checks",
        ],
        "translations": [python, "tools/translations.py", "check"],
    }
    if templates:
        djade = str(BIN / "djade")
        commands["templates"] = [djade, "--check", "--target-version", "5.2", *templates]
    return commands


def main() -> int:
    """1 when a check failed; the output of those that pass is not shown."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="encaisse-check-") as data:
        environment = {**os.environ, "ENCAISSE_DATA": data, "ENCAISSE_LOG": "warning"}
        environment.pop("DATABASE_URL", None)
        for name, command in checks().items():
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            print(f"{'ÉCHEC' if done.returncode else 'ok':6} {name}", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
