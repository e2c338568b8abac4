"""What « Réponses » shows."""

from dataclasses import dataclass
from functools import cached_property

from encaisse.collection.queries.answers import Pile, answers_page, pile_counts
from encaisse.tenancy.scope import Scope
from encaisse.web.app.answers.listspec import TABS, criteria_of, tab_names
from encaisse.web.lists import Listing, ListState
from encaisse.web.tabs import Tab, open_tab, tabs_of


@dataclass(frozen=True)
class AnswersPage:
    """The list as a scope sees it; `reads_mailbox` is False before a mailbox was given."""

    scope: Scope
    state: ListState

    @cached_property
    def _counts(self) -> dict[Pile, int]:
        return pile_counts(self.scope, criteria_of(self.state))

    @property
    def reads_mailbox(self) -> bool:
        """True once the company gave the mailbox where answers arrive."""
        return bool(self.scope.company.imap_host)

    @property
    def error(self) -> str:
        """Why the mailbox could not be read the last time."""
        return self.scope.company.imap_error

    @property
    def has_mails(self) -> bool:
        """False where every pile is empty."""
        return any(self._counts.values())

    @cached_property
    def tabs(self) -> list[Tab]:
        """The piles, with what the filters leave in each."""
        counts = {key: self._counts[pile] for key, pile in TABS.items()}
        return tabs_of(self.state, tab_names(), counts)

    @cached_property
    def listing(self) -> Listing:
        """One page of the open pile; two queries."""
        state, pile = self.state, TABS[open_tab(self.state, TABS)]
        rows = answers_page(
            self.scope,
            criteria_of(state),
            pile,
            newest_first=state.sort != "received",
            offset=state.offset,
            limit=state.size,
        )
        return Listing(state, rows=rows, count=self._counts[pile])
