"""Saved views: keep a list under a name, change it, forget it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.insights import saved_views
from encaisse.insights.models import SavedView
from encaisse.insights.operations.saved_views import (
    NameTaken,
    ViewRefused,
    change_view,
    delete_view,
    save_view,
)
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.saved_views.dialogs import asked_query, leave, list_url, show, with_query
from encaisse.web.app.saved_views.forms import ViewForm


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("ledger.view")
def save(request: CompanyRequest, screen: str) -> HttpResponse:
    """Keep the list as it is under a name."""
    url, query = list_url(request, screen), asked_query(request)
    form = ViewForm(request.POST or None, may_share=request.can("note.write"))
    if form.is_valid():
        try:
            view = save_view(
                request.membership,
                form.wish,
                screen=screen,
                query=query,
                author=Author.of(request.user),
                replaces=form.cleaned_data["replaces"],
            )
        except NameTaken as refusal:
            form.offer_to_replace(str(refusal))
        except ViewRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Vue « %(name)s » enregistrée.") % {"name": view.name})
            return leave(request, with_query(url, view.query))
    title, back = _("Enregistrer cette liste"), with_query(url, query)
    return show(request, "view", form, {"title": title, "submit": _("Enregistrer"), "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("ledger.view")
def edit(request: CompanyRequest, view_id: int) -> HttpResponse:
    """Rename a view, share it, or give it the list that is on screen."""
    view = _view(request, view_id)
    query, url = asked_query(request), list_url(request, view.screen)
    form = ViewForm(
        request.POST or None,
        initial={"name": view.name, "is_shared": view.is_shared},
        may_share=view.is_shared or request.can("note.write"),
        may_take_list=query != view.query,
    )
    if form.is_valid():
        taken = query if form.cleaned_data["takes_list"] else None
        author = Author.of(request.user)
        try:
            change_view(request.membership, view, form.wish, author=author, query=taken)
        except ViewRefused as refusal:
            form.add_error("name" if isinstance(refusal, NameTaken) else None, str(refusal))
        else:
            messages.success(request, _("Vue « %(name)s » modifiée.") % {"name": view.name})
            return leave(request, with_query(url, view.query))
    context = {
        "title": _("Modifier la vue"),
        "submit": _("Enregistrer"),
        "back": with_query(url, query),
        "delete_url": request.url("view_delete", view.pk),
    }
    return show(request, "view", form, context)


@require_POST
@member_can("ledger.view")
def delete(request: CompanyRequest, view_id: int) -> HttpResponse:
    """Forget a view."""
    view = _view(request, view_id)
    url = list_url(request, view.screen)
    delete_view(request.membership, view, author=Author.of(request.user))
    messages.success(request, _("Vue « %(name)s » supprimée.") % {"name": view.name})
    return leave(request, url)


def _view(request: CompanyRequest, view_id: int) -> SavedView:
    """A view that the user may change; another one does not exist for him. Raises Http404."""
    try:
        view = saved_views.get_view(request.membership, view_id)
    except SavedView.DoesNotExist:
        raise Http404 from None
    if not saved_views.may_change(request.membership, view):
        raise Http404
    return view
