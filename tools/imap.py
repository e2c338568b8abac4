"""The IMAP server of the tests (Debian's Dovecot). `python tools/imap.py ensure`."""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.debian import can_install, install


def main() -> None:
    """Install Dovecot when it is absent; never fail, the tests that need it are skipped."""
    if shutil.which("dovecot"):
        return
    problem: str | None = "il faut être root sur une Debian"
    if can_install():
        print("Installation de Dovecot pour les tests de la boîte aux lettres…", flush=True)
        problem = install("dovecot-imapd")
    if problem:
        print(f"Dovecot ne peut pas être installé ({problem}) : ses tests seront sautés.")


if __name__ == "__main__":
    if sys.argv[1:] != ["ensure"]:
        sys.exit("usage: python tools/imap.py ensure")
    main()
