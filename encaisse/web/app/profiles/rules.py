"""The rules that give profiles: written in order, shown with what they would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.operations.profile_rules import save_profile_rules
from encaisse.collection.queries.profile_rules import (
    RuleOutcome,
    read_rule,
    rule_documents,
    rule_outcome,
)
from encaisse.collection.queries.scenario_edit import profiles_of
from encaisse.insights.choices import choices_of
from encaisse.insights.profiles import MoveGroup, countries_of, move_groups
from encaisse.ledger.queries.free_fields import free_fields
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.rows import read_rows
from encaisse.web.app.profiles.rules_form import PREFIX, ROW, RuleChoices, RulesForm, acted

SECTION = "settings_profiles"


@dataclass(frozen=True, slots=True)
class RulesEffect:
    """What the rules of the form would change."""

    outcome: RuleOutcome
    groups: Sequence[MoveGroup]

    @property
    def words(self) -> str:
        """« 37 clients changeraient de profil. »"""
        count = len(self.outcome.moves)
        if not count:
            return _("Aucun client ne changerait de profil.")
        text = ngettext(
            "%(count)d client changerait de profil.",
            "%(count)d clients changeraient de profil.",
            count,
        )
        return text % {"count": count}


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def rules(request: CompanyRequest) -> HttpResponse:
    """The rules; `faire` names a button that only changes what is on the screen."""
    choices = _choices(request)
    if request.method != "POST":
        return _page(request, RulesForm.of(rule_documents(request.company), choices))
    act = request.POST.get("faire", "")
    if act and act != "effet":
        rows = acted(read_rows(request.POST, PREFIX, ROW), act)
        return _page(request, RulesForm.again(rows, choices))
    form = RulesForm.sent(request.POST, choices)
    if not form.is_valid() or act:
        return _page(request, form, effect=_effect(request, form) if act else None)
    moved = save_profile_rules(
        request.company, form.documents, author=Author.of(request.user), now=timezone.now()
    )
    _tell(request, moved)
    return redirect(request.url(SECTION))


@require_POST
@member_can("company.configure")
def effect(request: CompanyRequest) -> HttpResponse:
    """What the rules of the form would change."""
    form = RulesForm.sent(request.POST, _choices(request))
    return render(
        request, "profiles/_effect.html", {"form": form, "effect": _effect(request, form)}
    )


def _tell(request: CompanyRequest, moved: int | None) -> None:
    if moved is None:
        messages.success(request, _("Rien n’avait changé."))
        return
    text = ngettext(
        "Règles enregistrées : %(count)d client a changé de profil.",
        "Règles enregistrées : %(count)d clients ont changé de profil.",
        moved,
    )
    none = _("Règles enregistrées : aucun client n’a changé de profil.")
    messages.success(request, text % {"count": moved} if moved else none)


def _choices(request: CompanyRequest) -> RuleChoices:
    company = request.company
    names = {one.column: one.name for one in free_fields(company).customer}
    return RuleChoices(tuple(profiles_of(company)), names, company.base_currency)


def _effect(request: CompanyRequest, form: RulesForm) -> RulesEffect | None:
    if not form.is_valid():
        return None
    ids = {one.code: one.pk for one in form.choices.profiles}
    found = [
        read_rule(request.company, ids[one["profile"]], one["conditions"]) for one in form.documents
    ]
    outcome = rule_outcome(request.company, found)
    return RulesEffect(outcome, move_groups(request.company, outcome.moves))


def _page(
    request: CompanyRequest, form: RulesForm, *, effect: RulesEffect | None = None
) -> HttpResponse:
    known = choices_of(request.scope)
    suggestions: Mapping[str, Sequence[str]] = {
        "category": known.categories,
        "sales_rep": known.sales_reps,
        "country": countries_of(request.company),
        **{column: values or () for column, values in known.free.items()},
    }
    context: dict[str, Any] = {"form": form, "suggestions": suggestions.items(), "effect": effect}
    status = 422 if form.errors else 200
    return render_section(request, SECTION, "profiles/rules.html", context, status=status)
