"""Which movements of the accounting the ledger takes: some accounts, less some journals. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from encaisse.core.wording import Explained, sentence

# Customers, bills receivable, doubtful customers, down payments received (credits).
USUAL_ACCOUNTS = ("411", "413", "416", "4191")
_PREFIX = re.compile(r"[0-9][0-9A-Z]{1,7}")
_MOST = 50
_LONGEST_JOURNAL = 20


class ScopeRefused(Explained):
    """The accounts or the journals make no sense; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class LedgerScope:
    """The accounts that begin with one of `prefixes` (any where there is none), but for some
    journals, by their codes. A movement whose source names no account is in scope.
    """

    prefixes: tuple[str, ...] = ()
    journals: frozenset[str] = frozenset()

    def covers(self, account: str, journal: str) -> bool:
        """True for a movement that counts."""
        if journal in self.journals:
            return False
        return not account or not self.prefixes or account.startswith(self.prefixes)

    @property
    def is_all(self) -> bool:
        """True when nothing is left out."""
        return not self.prefixes and not self.journals


def scope_of(prefixes: Sequence[str], journals: Sequence[str]) -> LedgerScope:
    """The scope as a person typed it: the usual accounts are no limit. Raises ScopeRefused."""
    if len(prefixes) > _MOST:
        raise ScopeRefused(sentence("Cinquante débuts de compte au plus."))
    for prefix in prefixes:
        if not _PREFIX.fullmatch(prefix):
            raise ScopeRefused(
                sentence(
                    "« %(text)s » n’est pas un début de compte, comme 411 ou 416.",
                    text=prefix,
                )
            )
    if len(journals) > _MOST or any(
        not journal.strip() or len(journal) > _LONGEST_JOURNAL for journal in journals
    ):
        raise ScopeRefused(sentence("Un code de journal a de 1 à 20 caractères."))
    chosen = tuple(sorted(set(prefixes)))
    return LedgerScope(() if chosen == USUAL_ACCOUNTS else chosen, frozenset(journals))
