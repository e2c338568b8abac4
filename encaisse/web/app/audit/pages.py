"""The list « Journal »: everything that was done in the company, by whom and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from encaisse.core.dates import short_date
from encaisse.insights.audit import (
    AuditCriteria,
    AuditPage,
    Journal,
    authors_of,
    customers_named,
)
from encaisse.tenancy.models import Company, Event, User
from encaisse.web.access import CompanyRequest
from encaisse.web.app.audit.changes import changes_of
from encaisse.web.app.audit.searched import Said
from encaisse.web.app.audit.taken import notes_of
from encaisse.web.app.audit.words import GROUPS, kinds_of, sentence_of
from encaisse.web.app.configure.pages import SECTIONS, Section
from encaisse.web.exports import Line
from encaisse.web.lists import Column, Filter, Listing, ListSpec, ListState

_AUTOMATIC = "auto"


def audit_spec(people: Sequence[User]) -> ListSpec:
    """The list, with the people who may have acted."""
    actors = tuple((str(user.pk), user.full_name) for user in people)
    return ListSpec(
        columns=(
            Column("at", _("Date"), sortable=False, fixed=True, titles=(_("Date et heure"),)),
            Column("actor", _("Par"), sortable=False),
            Column(
                "what",
                _("Action"),
                sortable=False,
                fixed=True,
                titles=(_("Action"), _("Avant → après")),
            ),
            Column(
                "customer",
                _("Client"),
                sortable=False,
                titles=(_("Client"), _("Code client")),
            ),
        ),
        filters=(
            Filter("du", _("Du"), kind="date"),
            Filter("au", _("Au"), kind="date"),
            Filter("acteur", _("Par"), ((_AUTOMATIC, _("Sans personne (automatique)")), *actors)),
            Filter("sujet", _("Sujet"), tuple((key, label) for key, label, _nouns in GROUPS)),
            Filter("client", _("Client"), kind="text"),
        ),
        search=_("Action, réglage ou texte"),
        caption=_("Journal"),
        rows="audit/_rows.html",
        summary="audit/_searched.html",
        empty="audit/_empty.html",
    )


def criteria_of(state: ListState) -> AuditCriteria:
    """What the filters ask of the journal."""
    actor, said = state.get("acteur"), Said.of(state.search)
    return AuditCriteria(
        kinds=kinds_of(state.get("sujet")),
        actor_id=int(actor) if actor.isdecimal() else None,
        is_automatic=actor == _AUTOMATIC,
        customer=state.get("client"),
        text=state.search,
        said_kinds=said.kinds,
        said_fields=said.fields,
        first=state.day("du"),
        last=state.day("au"),
    )


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the journal in words; `customer_id` where its customer is still known.

    `changes` have a before and an after, `notes` say it at once.
    """

    event: Event
    text: str
    changes: Sequence[tuple[str, str, str]]
    notes: Sequence[str]
    customer_id: int | None
    customer: str

    @property
    def changed(self) -> str:
        """What it changed, on one line."""
        moved = [f"{name} : {before} → {after}" for name, before, after in self.changes]
        return " ; ".join((*moved, *self.notes))


@dataclass(frozen=True)
class AuditListing(Listing):
    """The list turned by its keys: `page` in the address is the line that a page begins after."""

    found: AuditPage | None = None
    days: str = ""

    @property
    def place(self) -> str:
        """The days between which the page stands."""
        return self.days

    @property
    def previous_url(self) -> str:
        """The lines just newer; empty on the first page."""
        newer = self.found.newer if self.found else None
        return "" if newer is None else self.state.url(page=max(newer, 1))

    @property
    def next_url(self) -> str:
        """The lines just older; empty on the last page."""
        older = self.found.older if self.found else None
        return self.state.url(page=older) if older else ""


@dataclass(frozen=True)
class JournalPage:
    """The journal that a request asks for."""

    company: Company
    state: ListState
    sections: Sequence[Section] = SECTIONS

    @cached_property
    def found(self) -> AuditPage:
        """One page of it."""
        after = self.state.page if self.state.page > 1 else 0
        return self._journal.page(after=after, limit=self.state.size)

    @property
    def _journal(self) -> Journal:
        return Journal(self.company, criteria_of(self.state))

    @cached_property
    def listing(self) -> Listing:
        """One page of the list; a constant number of queries."""
        rows = self._lines(self.found.events)
        days = _days(self.company, self.found.events)
        return AuditListing(self.state, rows, len(rows), found=self.found, days=days)

    def _lines(self, events: Sequence[Event]) -> list[AuditLine]:
        codes = {event.customer_code for event in events if event.customer_code}
        customers = customers_named(self.company, codes)
        return [_line(event, customers) for event in events]

    def exported(self) -> Iterator[Line]:
        """Every line of the list, fetched in batches."""
        zone = self.company.zone
        for events in self._journal.batches():
            for line in self._lines(events):
                yield {
                    "at": f"{line.event.at.astimezone(zone):%d/%m/%Y %H:%M:%S}",
                    "actor": line.event.actor_name,
                    "what": (line.text, line.changed),
                    "customer": (line.customer, line.event.customer_code),
                }


def _days(company: Company, events: Sequence[Event]) -> str:
    if not events:
        return ""
    return _("Du %(first)s au %(last)s") % {
        "first": short_date(company.local_day(events[-1].at)),
        "last": short_date(company.local_day(events[0].at)),
    }


def _line(event: Event, customers: Mapping[str, tuple[int, str]]) -> AuditLine:
    customer_id, name = customers.get(event.customer_code, (None, event.customer_code))
    changes, notes = changes_of(event), notes_of(event)
    return AuditLine(event, sentence_of(event), changes, notes, customer_id, name)


def journal_page(request: CompanyRequest) -> JournalPage:
    """The list that a request asks for."""
    spec = audit_spec(authors_of(request.company))
    return JournalPage(request.company, ListState.read(spec, request))
