"""« Toutes mes sociétés »: every customer of the user's companies, one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from encaisse.core.dates import short_date
from encaisse.insights.groups import (
    Group,
    GroupCriteria,
    Groups,
    Member,
    places_of,
    without_demonstration,
)
from encaisse.tenancy.policy import member_holds
from encaisse.web.access import CompanyRequest, MemberRequest, company_url, memberships
from encaisse.web.app.companies.listspec import criteria_of, groups_spec
from encaisse.web.app.companies.pages import sums_together
from encaisse.web.exports import Line, Money, export_response, rows_of, titles_of
from encaisse.web.lists import Listing, ListState, render_list


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One customer in one currency; each of his companies with the address of his page there."""

    group: Group
    places: Sequence[tuple[Member, str]]

    @property
    def url(self) -> str:
        """His page in the first of his companies."""
        return self.places[0][1]


@require_safe
@login_required
def all_companies(request: HttpRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    member = cast(MemberRequest, request)
    groups, state, criteria = _asked(member)
    page = groups.page(criteria, sort=state.sort, offset=state.offset, limit=state.size)
    rows = [_line(group) for group in page.groups]
    listing = Listing(state, rows=rows, count=page.count, totals=page.totals)
    context = {
        "places": groups.places,
        "can_export": _may_export(member),
        "together": sums_together(groups.places, page.totals),
    }
    # A list outside any company has no saved views: nothing of the company is read.
    inside = cast(CompanyRequest, request)
    return render_list(inside, "companies/all.html", context, listing=listing)


@require_safe
@login_required
def export_all_companies(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    member = cast(MemberRequest, request)
    if not _may_export(member):
        raise PermissionDenied
    groups, state, criteria = _asked(member)
    rows = rows_of(state, map(_cells, groups.rows(criteria, sort=state.sort)))
    name = f"toutes-mes-societes-{timezone.now():%Y-%m-%d}"
    about = [
        (_("Liste"), str(state.spec.caption)),
        *((place.company.name, short_date(place.on)) for place in groups.places),
    ]
    return export_response(kind, name=name, titles=titles_of(state), rows=rows, about=about)


def _asked(request: MemberRequest) -> tuple[Groups, ListState, GroupCriteria]:
    places = places_of(memberships(request), now=timezone.now())
    groups = Groups(without_demonstration(places))
    state = ListState.read(groups_spec(groups.companies()), request)
    return groups, state, criteria_of(state, [place.company for place in groups.places])


def _may_export(request: MemberRequest) -> bool:
    """The list holds every company: its file takes the right in each of them."""
    return all(member_holds(membership, "ledger.export") for membership in memberships(request))


def _line(group: Group) -> GroupLine:
    return GroupLine(
        group,
        [(one, company_url(one.company, "customer", one.customer_id)) for one in group.members],
    )


def _cells(group: Group) -> Line:
    total, members = group.sum, group.members
    names = dict.fromkeys(one.company.name for one in members)
    codes = dict.fromkeys(one.code for one in members)
    return {
        "name": (group.name, group.siren),
        "companies": (", ".join(names), ", ".join(codes)),
        "overdue": Money(total.overdue, total.currency),
        "not_due": Money(total.not_due, total.currency),
        "balance": Money(total.balance, total.currency),
        "currency": total.currency,
    }
