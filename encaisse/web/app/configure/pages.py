"""The sections of « Configurer », and what all of them show."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from encaisse.web.access import CompanyRequest


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the settings, by the url name of its page."""

    name: str
    label: str | Promise
    icon: str


SECTIONS = (
    Section("settings", _("Société"), "building-office-2"),
    Section("settings_sender", _("Expéditeur"), "envelope"),
    Section("settings_rules", _("Règles"), "adjustments-horizontal"),
    Section("settings_scenarios", _("Scénarios"), "arrow-trending-up"),
    Section("settings_levels", _("Niveaux de relance"), "bars-arrow-up"),
    Section("settings_templates", _("Modèles"), "document-text"),
    Section("settings_letters", _("Courriers"), "printer"),
    Section("settings_methods", _("Modes de règlement"), "credit-card"),
    Section("settings_users", _("Utilisateurs"), "users"),
    Section("audit", _("Journal"), "book-open"),
)


def render_section(
    request: CompanyRequest, name: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page of one section, with the way to the others."""
    shared = {"sections": SECTIONS, "section": name}
    return render(request, template, {**shared, **context}, status=status)
