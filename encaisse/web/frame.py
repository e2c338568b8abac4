"""What surrounds every page: the menu, the companies, how fresh the data is, what is running."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from encaisse.collection.queries.answers import to_handle_count
from encaisse.insights.activity import waiting
from encaisse.insights.freshness import last_sync_at
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company
from encaisse.web.access import CompanyRequest, memberships

# A finished job stays on screen long enough for its outcome to be read.
_JOB_LINGERS = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Screen:
    """An entry of the menu, shown once its page exists and to those who may open it."""

    name: str
    label: str | Promise
    icon: str
    capability: str
    is_primary: bool = False
    # Other pages that are reached from it, though their addresses lie elsewhere.
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as one user sees it."""

    screen: Screen
    url: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of the menu."""

    label: str | Promise
    entries: list[Entry]


MENU: tuple[tuple[str | Promise, tuple[Screen, ...]], ...] = (
    ("", (Screen("home", _("Accueil"), "home", "ledger.view", is_primary=True),)),
    (
        _("Suivre"),
        (
            Screen("aging", _("Qui vous doit quoi ?"), "chart-bar", "ledger.view", is_primary=True),
            Screen("due_items", _("Échéances"), "calendar-days", "ledger.view"),
            Screen("receipts", _("Encaissements"), "banknotes", "ledger.view"),
            Screen("customers", _("Clients"), "users", "ledger.view"),
            Screen("promises", _("Promesses"), "hand-raised", "ledger.view"),
            Screen("disputes", _("Litiges"), "scale", "ledger.view"),
            Screen("answers", _("Réponses"), "inbox", "activity.view"),
            Screen("forecast", _("Prévisions"), "presentation-chart-line", "ledger.view"),
            Screen("activities", _("Activités"), "clock", "activity.view", is_primary=True),
        ),
    ),
    (
        _("Agir"),
        (
            Screen(
                "plan",
                _("Par scénario"),
                "paper-airplane",
                "ledger.view",
                is_primary=True,
                also=("approvals",),
            ),
            Screen("by_criteria", _("Par critère"), "funnel", "ledger.view"),
            Screen("by_customer", _("Par client"), "user", "reminder.send"),
        ),
    ),
    (
        _("Données et réglages"),
        (
            Screen("import", _("Importer"), "arrow-down-tray", "ledger.import"),
            Screen("settings", _("Configurer"), "cog-6-tooth", "company.configure"),
            Screen("help", _("Aide"), "lifebuoy", "ledger.view"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the ledger was last synchronised, and whether that is too long ago to act on."""

    at: datetime | None
    is_old: bool


class Frame:
    """The parts of the frame, each computed only where a template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.company: Company | None = getattr(request, "company", None)

    @cached_property
    def companies(self) -> list[Company]:
        """The companies of the user, by name."""
        return [membership.company for membership in memberships(self._request)]

    @cached_property
    def menu(self) -> list[Group]:
        """The groups that have something to show."""
        if self.company is None:
            return []
        groups = [Group(label, self._entries(screens)) for label, screens in MENU]
        return [group for group in groups if group.entries]

    @property
    def has_passwords(self) -> bool:
        """False where a provider is the only way in."""
        return not settings.PROVIDER_ONLY

    @property
    def primary(self) -> list[Entry]:
        """What a phone's bottom bar shows; the rest is behind « Plus »."""
        return [entry for group in self.menu for entry in group.entries if entry.screen.is_primary]

    @property
    def secondary(self) -> list[Entry]:
        """What a phone keeps behind « Plus »."""
        return [
            entry for group in self.menu for entry in group.entries if not entry.screen.is_primary
        ]

    @cached_property
    def freshness(self) -> Freshness | None:
        """How old the data is; one query."""
        if self.company is None:
            return None
        return freshness(self.company, now=timezone.now())

    @cached_property
    def jobs(self) -> list[Job]:
        """The company's running jobs and those that ended a moment ago; one query."""
        return running_jobs(self.company, now=timezone.now()) if self.company else []

    @property
    def is_busy(self) -> bool:
        """True while something runs: the page then asks again every two seconds."""
        return any(not job.is_finished for job in self.jobs)

    @cached_property
    def _counts(self) -> dict[str, int]:
        """Figures beside the entries: what waits for a person; two queries on partial indexes."""
        scope = cast(CompanyRequest, self._request).scope
        found = waiting(scope)
        return {
            "activities": found.unknown + found.to_post + found.to_do,
            "answers": to_handle_count(scope),
        }

    def _entries(self, screens: tuple[Screen, ...]) -> list[Entry]:
        request = cast(CompanyRequest, self._request)
        entries = []
        for screen in screens:
            url = _url(screen.name, request.company.slug)
            if url and request.can(screen.capability):
                also = (_url(name, request.company.slug) for name in screen.also)
                is_current = any(_covers(one, request) for one in (url, *also))
                entries.append(Entry(screen, url, is_current, self._counts.get(screen.name, 0)))
        return entries


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context: `frame`, and `company` under /s/."""
    parts = Frame(request)
    return {"frame": parts, "company": parts.company}


def freshness(company: Company, *, now: datetime) -> Freshness:
    """How old the company's data is; old without any synchronisation."""
    at = last_sync_at(company)
    limit = timedelta(hours=company.freshness_hours)
    return Freshness(at, is_old=at is None or now - at > limit)


def running_jobs(company: Company, *, now: datetime) -> list[Job]:
    """Jobs not finished, or finished a moment ago, newest first."""
    latest = company.job_set.order_by("-id")[:10]
    return [
        job
        for job in latest
        if not job.is_finished or (job.finished_at and now - job.finished_at < _JOB_LINGERS)
    ]


def _url(name: str, slug: str) -> str:
    try:
        return reverse(f"web:{name}", args=(slug,))
    except NoReverseMatch:
        return ""


def _covers(url: str, request: CompanyRequest) -> bool:
    """True when the current page is that entry, or lies below it."""
    if url == request.url("home"):
        return request.path == url
    return request.path.startswith(url)
