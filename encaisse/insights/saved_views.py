"""The views that people keep of a list."""

from django.db.models import Q, QuerySet

from encaisse.core.text import fold
from encaisse.insights.models import SavedView
from encaisse.tenancy.models import Membership
from encaisse.tenancy.policy import member_holds


def views_of(membership: Membership, screen: str) -> list[SavedView]:
    """One's own views of a screen and those shared by colleagues, by name; one query."""
    found = _visible(membership).filter(screen=screen).select_related("owner")
    return sorted(found, key=lambda view: (fold(view.name), view.pk))


def get_view(membership: Membership, view_id: int) -> SavedView:
    """One of the views that the member sees. Raises SavedView.DoesNotExist."""
    return _visible(membership).select_related("owner").get(pk=view_id)


def may_change(membership: Membership, view: SavedView) -> bool:
    """True for the owner; once the view is shared, for who configures the company too."""
    configures = member_holds(membership, "company.configure")
    return view.owner_id == membership.user_id or (view.is_shared and configures)


def _visible(membership: Membership) -> QuerySet[SavedView]:
    own_or_shared = Q(owner_id=membership.user_id) | Q(is_shared=True)
    return SavedView.objects.filter(own_or_shared, company_id=membership.company_id)
