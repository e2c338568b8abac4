"""What « Réponses » shows, and its export."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from encaisse.collection.models import IncomingMail
from encaisse.collection.queries.answers import (
    AnswerCriteria,
    Pile,
    all_answers,
    answers_page,
    pile_counts,
)
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.answers.listspec import TABS, answers_spec, criteria_of, tab_names
from encaisse.web.exports import Line, Money
from encaisse.web.lists import Listing, ListState
from encaisse.web.tabs import Tab, open_tab, tabs_of


@dataclass(frozen=True)
class AnswersPage:
    """The list as a scope sees it; `reads_mailbox` is False before a mailbox was given."""

    scope: Scope
    state: ListState

    @property
    def _criteria(self) -> AnswerCriteria:
        return criteria_of(self.state)

    @property
    def _pile(self) -> Pile:
        return TABS[open_tab(self.state, TABS)]

    @property
    def _newest_first(self) -> bool:
        return self.state.sort != "received"

    @cached_property
    def _counts(self) -> dict[Pile, int]:
        return pile_counts(self.scope, self._criteria)

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
        state = self.state
        rows = answers_page(
            self.scope,
            self._criteria,
            self._pile,
            newest_first=self._newest_first,
            offset=state.offset,
            limit=state.size,
        )
        return Listing(state, rows=rows, count=self._counts[self._pile])

    def exported(self) -> Iterator[Line]:
        """Every mail of the open pile, streamed."""
        zone = self.scope.company.zone
        for answer in all_answers(
            self.scope, self._criteria, self._pile, newest_first=self._newest_first
        ):
            yield _cells(answer, zone)


def asked_page(request: CompanyRequest) -> AnswersPage:
    """The list that a request asks for."""
    return AnswersPage(request.scope, ListState.read(answers_spec(), request))


def _cells(answer: IncomingMail, zone: ZoneInfo) -> Line:
    received, reminder, customer = (
        answer.received_at.astimezone(zone),
        answer.reminder,
        answer.customer,
    )
    assert customer is not None
    return {
        "received": (received.date(), f"{received:%H:%M}"),
        "customer": (customer.legal_name, customer.account_code, answer.from_address),
        "text": (answer.subject, answer.diagnosis or answer.text),
        "reminder": (
            str(reminder.get_kind_display()),
            reminder.level or None,
            Money(reminder.amount_minor, reminder.currency),
            reminder.currency,
        )
        if reminder
        else ("", None, None, ""),
        "acts": (
            answer.handled_at.astimezone(zone).date() if answer.handled_at else None,
            answer.handled_by.full_name if answer.handled_by else "",
        ),
    }
