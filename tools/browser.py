"""Chromium for the tests: where it is, and how to get it. `python tools/browser.py ensure`."""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import debian


def chromium_path() -> str | None:
    """The first Chromium of this machine: the distribution's, then Playwright's own."""
    for name in ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    default = Path.home() / ".cache" / "ms-playwright"
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", default))
    found = sorted(downloads.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return str(found[0]) if found else None


def install() -> str | None:
    """Install Chromium; returns None, or in one line why it cannot be had here."""
    if debian.can_install():
        problem = debian.install("chromium")
    else:
        problem = debian.run((sys.executable, "-m", "playwright", "install", "chromium"))
    if problem:
        return problem
    return None if chromium_path() else "l’installation n’a rien laissé d’exécutable"


def main() -> None:
    """Install Chromium when it is absent; never fail, the tests that need it are skipped."""
    if chromium_path():
        return
    print("Installation de Chromium pour les tests du navigateur…", flush=True)
    if problem := install():
        print(f"Chromium ne peut pas être installé ({problem}) : ses tests seront sautés.")


if __name__ == "__main__":
    if sys.argv[1:] != ["ensure"]:
        sys.exit("usage: python tools/browser.py ensure")
    main()
