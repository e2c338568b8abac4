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
    Section("start", _("Démarrer"), "rocket-launch"),
    Section("settings", _("Société"), "building-office-2"),
    Section("settings_sender", _("Expéditeur"), "envelope"),
    Section("settings_rehearsal", _("Répétition"), "beaker"),
    Section("settings_rules", _("Règles"), "adjustments-horizontal"),
    Section("settings_options", _("Options"), "cog-8-tooth"),
    Section("settings_profiles", _("Profils de clients"), "user-group"),
    Section("settings_scenarios", _("Scénarios"), "arrow-trending-up"),
    Section("settings_levels", _("Niveaux de relance"), "bars-arrow-up"),
    Section("settings_templates", _("Modèles"), "document-text"),
    Section("settings_letters", _("Courriers"), "printer"),
    Section("settings_methods", _("Modes de règlement"), "credit-card"),
    Section("settings_fields", _("Champs libres"), "tag"),
    Section("settings_currencies", _("Devises"), "arrows-right-left"),
    Section("settings_charges", _("Frais et paiement"), "receipt-percent"),
    Section("settings_users", _("Utilisateurs"), "users"),
    Section("me_cash_report", _("Cash reporting"), "chart-bar"),
    Section("settings_api", _("API"), "key"),
    Section("settings_webhooks", _("Webhooks"), "bolt"),
    Section("audit", _("Journal"), "book-open"),
)


def render_section(
    request: CompanyRequest, name: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page of one section, with the way to the others."""
    shared = {"sections": SECTIONS, "section": name}
    return render(request, template, {**shared, **context}, status=status)
