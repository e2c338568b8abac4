"""Keeping a list under a name: save, change and delete a view."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from encaisse.insights.models import SavedView
from encaisse.insights.saved_views import may_change
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Membership
from encaisse.tenancy.policy import member_holds

# Where one is in a list and what is ticked there are not part of a view.
_PASSING = frozenset({"page", "choix", "sauf"})
_LONGEST_QUERY = 4000


class ViewRefused(Exception):
    """The view cannot be kept so; the text is fit to show to the user."""


class NameTaken(ViewRefused):
    """The user has a view of that name on that screen."""


@dataclass(frozen=True, slots=True)
class ViewWish:
    """A view as someone wants it: its name, and whether colleagues see it."""

    name: str
    is_shared: bool


@transaction.atomic
def save_view(
    membership: Membership,
    wish: ViewWish,
    *,
    screen: str,
    query: str,
    author: Author,
    replaces: bool = False,
) -> SavedView:
    """Keep a list's query string (`?profil=2&tri=name`), without page nor selection.

    With `replaces`, a view of the same name takes the new one's place. Raises NameTaken without
    it, ViewRefused for a name, a list or a sharing that cannot be.
    """
    _check(membership, wish)
    known = SavedView.objects.filter(
        company_id=membership.company_id, owner_id=membership.user_id, screen=screen, name=wish.name
    )
    view = known.select_for_update().first() if replaces else None
    view = view or SavedView(
        company=membership.company, owner_id=membership.user_id, screen=screen, name=wish.name
    )
    view.query = kept_query(query)
    view.is_shared = wish.is_shared
    _write(view)
    _record("view.saved", membership, view, author)
    return view


@transaction.atomic
def change_view(
    membership: Membership,
    view: SavedView,
    wish: ViewWish,
    *,
    author: Author,
    query: str | None = None,
) -> None:
    """Rename a view, share it or not, or give it another list (`query`).

    Raises ViewRefused for someone who may not, NameTaken.
    """
    _check_owner(membership, view)
    if wish.is_shared != view.is_shared:
        _check(membership, wish)
    view.name, view.is_shared = wish.name, wish.is_shared
    if query is not None:
        view.query = kept_query(query)
    _write(view)
    _record("view.changed", membership, view, author)


@transaction.atomic
def delete_view(membership: Membership, view: SavedView, *, author: Author) -> None:
    """Forget a view. Raises ViewRefused for someone who may not."""
    _check_owner(membership, view)
    _record("view.deleted", membership, view, author)
    view.delete()


def kept_query(query: str, *, but: Collection[str] = ()) -> str:
    """What is kept of an address: filters, sort, columns and size, `but` some parameters.

    Raises ViewRefused.
    """
    pairs = parse_qsl(query.removeprefix("?"))
    kept = [(key, value) for key, value in pairs if key not in _PASSING and key not in but]
    text = urlencode(kept, safe=",")
    if len(text) > _LONGEST_QUERY:
        raise ViewRefused(_("Cette liste a trop de filtres pour être gardée."))
    return text


def _check(membership: Membership, wish: ViewWish) -> None:
    if wish.is_shared and not member_holds(membership, "note.write"):
        raise ViewRefused(_("Votre rôle ne permet pas de partager une vue."))


def _check_owner(membership: Membership, view: SavedView) -> None:
    if not may_change(membership, view):
        raise ViewRefused(_("Cette vue appartient à quelqu’un d’autre."))


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise NameTaken(
            _("Une vue de cette liste s’appelle déjà « %(name)s ».") % {"name": view.name}
        ) from None


def _record(kind: str, membership: Membership, view: SavedView, author: Author) -> None:
    record_event(
        kind,
        company=membership.company,
        author=author,
        screen=view.screen,
        name=view.name,
        query=view.query,
        is_shared=view.is_shared,
    )
