"""What the import screens show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from encaisse.connectors.drafts import Draft, drafts, is_stale, other_writer
from encaisse.connectors.importing import FORMATS
from encaisse.connectors.push.order import SOURCE as PUSHED
from encaisse.connectors.tables.importing import FIELDS
from encaisse.connectors.tables.mapping import Field
from encaisse.core.money import parse_minor
from encaisse.insights.freshness import is_old
from encaisse.jobs.models import Job
from encaisse.ledger.models import ImportFile
from encaisse.ledger.queries.invoice_files import leftovers
from encaisse.tenancy.models import Company
from encaisse.web.access import CompanyRequest
from encaisse.web.app.founding.terms import terms_example
from encaisse.web.app.imports.listspec import HISTORY, SET_ASIDE
from encaisse.web.app.start.pages import start_card
from encaisse.web.language import shown_month
from encaisse.web.lists import Listing, ListState

# Where what was imported came from: a kind of file, or a program.
SOURCES = {**FORMATS, PUSHED: "API"}

_SAMPLE_ROWS = 3
# The first and the last entry of a year are rarely those of its first and last day.
_SHORTEST_YEAR, _LONGEST_YEAR = timedelta(days=330), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class SetAsideLine:
    """A line of the file that was left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a reading, or an import, found. Amounts are minor units of `currency`."""

    found: Mapping[str, Any]
    currency: str

    @property
    def has_entries(self) -> bool:
        """True for a file of entries; customers' and contacts' files have no amounts."""
        return self.found["format"] in ("fec", "entries")

    @property
    def open_minor(self) -> int:
        """What is open, in the company's currency."""
        return parse_minor(self.found["open_balance"], self.currency)

    @property
    def control_minor(self) -> int | None:
        """The balance of the customers' accounts in the accounting, where the file gives it."""
        control = self.found.get("control_balance")
        return None if control is None else parse_minor(control, self.currency)

    @property
    def foreign_minor(self) -> int:
        """What the accounting makes of what is open in other currencies, in the company's."""
        return parse_minor(self.found.get("foreign_balance") or "0", self.currency)

    @property
    def difference_minor(self) -> int:
        """What is open, less the accounting's own balance."""
        return self.open_minor + self.foreign_minor - (self.control_minor or 0)

    @property
    def debit_minor(self) -> int:
        """Sum of the debits of the whole file."""
        return parse_minor(self.found["debit"], self.currency)

    @property
    def credit_minor(self) -> int:
        """Sum of the credits of the whole file."""
        return parse_minor(self.found["credit"], self.currency)

    @property
    def other_balances(self) -> list[tuple[str, int]]:
        """What is open in other currencies: (code, minor units)."""
        balances: Mapping[str, str] = self.found["open_balances"]
        return [
            (code, parse_minor(text, code))
            for code, text in balances.items()
            if code != self.currency
        ]

    @property
    def left_out(self) -> int:
        """Lines read that are no customer's entry: the other accounts of the books."""
        return int(self.found["rows"] - self.found["accepted"] - self.found["set_aside_count"])

    @property
    def first_date(self) -> date | None:
        """The first day of the file."""
        return _day(self.found["first_date"])

    @property
    def last_date(self) -> date | None:
        """The last day of the file."""
        return _day(self.found["last_date"])

    @property
    def set_aside(self) -> list[SetAsideLine]:
        """The lines left out of the reading; the first thousand."""
        return [SetAsideLine(row["line"], row["reason"]) for row in self.found["set_aside"]]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class MappedField:
    """One of our fields, the column that holds it, and what that column begins with."""

    field: Field
    place: int | None
    sample: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A file on its way in. `stage` is setup, busy, understood, written or gone."""

    draft: Draft
    stage: str
    company: Company
    formats: Mapping[str, str | Promise]
    first_fields: Sequence[MappedField]
    more_fields: Sequence[MappedField]
    understanding: Understanding | None
    set_aside: Listing | None
    terms_example: str
    is_stale: bool
    waits_for: Job | None
    refusal: str
    today: date

    @property
    def file(self) -> ImportFile | None:
        """The file, None once it was imported."""
        return self.draft.file

    @property
    def format_label(self) -> str:
        """What the file holds, in words."""
        found = self.draft.file.format if self.draft.file else ""
        if self.understanding:
            found = self.understanding.found["format"]
        return str(FORMATS.get(found, _("Contenu à préciser")))

    @property
    def table(self) -> Mapping[str, Any] | None:
        """The beginning of a table; None for a FEC."""
        return self.draft.file.options.get("table") if self.draft.file else None

    @property
    def year_of_the_books(self) -> str:
        """The first month of the year that the file covers, when the company has another."""
        found = self.understanding
        first, last = (found.first_date, found.last_date) if found else (None, None)
        if first is None or last is None or (last.month % 12) + 1 != first.month:
            return ""
        is_a_year = _SHORTEST_YEAR <= last - first <= _LONGEST_YEAR
        if not is_a_year or first.month == self.company.fiscal_year_month:
            return ""
        return shown_month(first, year=False)

    @property
    def is_out_of_date(self) -> bool:
        """True when the entries of the file end long ago."""
        end = self.understanding.last_date if self.understanding else None
        return end is not None and is_old(end, on=self.today)

    @property
    def asks_terms(self) -> bool:
        """True where due dates may have to be computed."""
        return self.draft.file is not None and self.draft.file.format in ("fec", "entries")


def draft_page(
    request: CompanyRequest, draft: Draft, *, refusal: str = "", to_setup: bool = False
) -> DraftPage:
    """The page of a file, at the stage where it is; `to_setup` goes back to its settings."""
    stage = _stage(draft)
    if stage == "understood" and to_setup:
        stage = "setup"
    understanding = _understanding(draft, stage, request.company)
    fields = _mapped(draft.file) if draft.file and stage == "setup" else []
    first = [one for one in fields if one.field.required or one.place is not None]
    terms = str(draft.file.options.get("terms", "")) if draft.file else ""
    return DraftPage(
        draft=draft,
        stage=stage,
        company=request.company,
        formats=FORMATS,
        first_fields=first,
        more_fields=[one for one in fields if one not in first],
        understanding=understanding,
        set_aside=_set_aside(request, understanding),
        terms_example=terms_example(terms, today=request.today) if stage == "setup" else "",
        is_stale=stage == "understood" and is_stale(draft),
        waits_for=_waits_for(draft, stage, request.company),
        refusal=refusal or _refusal(draft, stage),
        today=request.today,
    )


def _stage(draft: Draft) -> str:
    if draft.is_busy:
        return "busy"
    if draft.file is None:
        done = draft.is_writing and draft.job and draft.job.status == Job.Status.DONE
        return "written" if done else "gone"
    return "understood" if draft.is_understood else "setup"


def _understanding(draft: Draft, stage: str, company: Company) -> Understanding | None:
    if stage == "understood" and draft.file:
        return Understanding(draft.file.preview, company.base_currency)
    if stage == "written" and draft.job:
        return Understanding(draft.job.result, company.base_currency)
    return None


def _refusal(draft: Draft, stage: str) -> str:
    if draft.is_lost and stage != "busy":
        return _(
            "Le fichier n’est plus sur le serveur : abandonnez-le, puis déposez-le de nouveau."
        )
    return draft.error if stage == "setup" else ""


def _waits_for(draft: Draft, stage: str, company: Company) -> Job | None:
    if draft.file is None or stage not in ("understood", "busy"):
        return None
    return other_writer(company, than=draft.file.pk)


def _mapped(file: ImportFile) -> list[MappedField]:
    rows = file.options.get("table", {}).get("rows", [])
    found = []
    for field in FIELDS.get(file.format, ()):
        place = file.mapping.get(field.name)
        found.append(MappedField(field, place, sample_of(rows, place)))
    return found


def sample_of(rows: Sequence[Sequence[str]], place: int | None) -> str:
    """The first values of a column, to recognise it by."""
    if place is None:
        return ""
    values = [row[place] for row in rows if place < len(row) and row[place]]
    return " · ".join(values[:_SAMPLE_ROWS])


def _set_aside(request: CompanyRequest, understanding: Understanding | None) -> Listing | None:
    if understanding is None or not understanding.found["set_aside"]:
        return None
    state = ListState.read(SET_ASIDE, request)
    lines = understanding.set_aside
    return Listing(state, rows=lines[state.offset : state.offset + state.size], count=len(lines))


def history(request: CompanyRequest) -> Listing:
    """The imports that were written, newest first."""
    state = ListState.read(HISTORY, request)
    syncs = request.company.ledgersync_set.select_related("actor").order_by("-at", "-id")
    rows = [
        {
            "sync": sync,
            "format": SOURCES.get(sync.format, sync.format),
            "is_pushed": sync.format == PUSHED,
        }
        for sync in syncs[state.offset : state.offset + state.size]
    ]
    return Listing(state, rows=rows, count=syncs.count())


def imports_context(request: CompanyRequest) -> dict[str, Any]:
    """What the screen « Importer » shows."""
    listing = history(request)
    return {
        "list": listing,
        "drafts": [
            {"file": file, "format": FORMATS.get(file.format, _("Contenu à préciser"))}
            for file in drafts(request.company)
        ],
        "start": start_card(request),
        "invoices_left": leftovers(request.company).count(),
        "max_mb": settings.MAX_UPLOAD_MB,
        "max_bytes": settings.MAX_UPLOAD_MB << 20,
    }
