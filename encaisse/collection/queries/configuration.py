"""A company's configuration as one readable document: profiles, scenarios, texts, settings."""

from collections.abc import Mapping
from typing import Any

from encaisse.collection.models import CollectionProfile, Scenario, Step, Threshold
from encaisse.collection.queries.profile_rules import rule_documents
from encaisse.collection.rules.triggers import format_trigger
from encaisse.core.money import decimal_string
from encaisse.ledger.queries.free_fields import field_documents
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.queries.layout import LAYOUT_CHOICES, layout_row
from encaisse.tenancy.models import Company

FORMAT = "encaisse-config/1"
SETTINGS = (
    "default_payment_terms", "fiscal_year_month", "timezone", "country", "subdivision",
    "send_from_hour", "send_until_hour", "freshness_hours", "automatic_paused",
    "service_name",
    # By which service mails leave, never its keys; what is followed of them.
    "mail_service", "service_domain", "service_url", "tracks_opening", "tracks_clicks",
    "aging_bounds", "numbers_shown", "promises_suspend", "disputes_suspend", "weekdays", "closures",
    "dispute_reasons", "call_outcomes", "account_prefixes", "excluded_journals",
    "penalty_mode", "penalty_rate", "ecb_rates", "payment_url", "customer_pages",
)  # fmt: skip


def configuration(company: Company) -> dict[str, Any]:
    """The document: only texts, numbers, booleans and lists, so TOML and JSON can write it."""
    scenarios = (
        Scenario.objects.filter(company=company)
        .select_related("profile")
        .prefetch_related("steps", "thresholds")
        .order_by("profile__code", "-with_email")
    )
    profiles = CollectionProfile.objects.filter(company=company).order_by("id")
    templates = MessageTemplate.objects.filter(company=company).order_by("code", "-language")
    return {
        "format": FORMAT,
        "settings": {name: setting(company, name) for name in SETTINGS},
        "profiles": [
            {
                "code": profile.code,
                "name": profile.name,
                "default": profile.is_default,
                "business": profile.is_business,
            }
            for profile in profiles
        ],
        "scenarios": [scenario_document(scenario) for scenario in scenarios],
        "templates": [template_document(text) for text in templates],
        "letters": letters_document(company),
        "profile_rules": rule_documents(company),
        "fields": field_documents(company),
    }


def setting(company: Company, name: str) -> Any:
    """A setting as the document writes it: a rate is a text, empty where there is none."""
    value = getattr(company, name)
    return value if name != "penalty_rate" else "" if value is None else str(value)


def template_document(text: MessageTemplate) -> dict[str, Any]:
    """A text as the document writes it."""
    return {
        "code": text.code,
        "language": text.language,
        "label": text.label,
        "kind": text.kind,
        "medium": text.medium,
        "subject": text.subject,
        "body": text.body.replace("\r\n", "\n"),
    }


def letters_document(company: Company) -> dict[str, Any]:
    """The layout of letters as the document writes it: all but its pictures, which are files."""
    row = layout_row(company)
    return {name: getattr(row, name) for name in LAYOUT_CHOICES}


def scenario_document(scenario: Scenario) -> dict[str, Any]:
    """A scenario in its current version, as the document writes it."""
    steps = [step for step in scenario.steps.all() if step.version == scenario.version]
    thresholds = sorted(scenario.thresholds.all(), key=lambda row: row.currency)
    return {
        "profile": scenario.profile.code,
        "variant": "with_email" if scenario.with_email else "without_email",
        "name": scenario.name,
        "active": scenario.is_active,
        "grouping": scenario.grouping,
        "thanks_while_overdue": scenario.thanks_while_overdue,
        "thresholds": [threshold_document(row) for row in thresholds],
        "steps": sorted(map(step_document, steps), key=step_order),
    }


def threshold_document(row: Threshold) -> dict[str, Any]:
    """The thresholds of one currency as the document writes them."""
    found = {
        "currency": row.currency,
        "entry_minimum": decimal_string(row.entry_minimum_minor, row.currency),
        "total_minimum": decimal_string(row.total_minimum_minor, row.currency),
    }
    if row.total_maximum_minor is not None:
        found["total_maximum"] = decimal_string(row.total_maximum_minor, row.currency)
    return found


def step_order(step: Mapping[str, Any]) -> tuple[int, int]:
    """Where a step of a document stands in its scenario."""
    return list(Step.Kind.values).index(step["kind"]), step["level"]


def step_document(step: Step) -> dict[str, Any]:
    """A step as the document writes it."""
    found: dict[str, Any] = {
        "kind": step.kind,
        "level": step.level,
        "medium": step.medium,
        "trigger": format_trigger(step.trigger, step.offset_days),
        "template": step.template_code,
        "automatic": step.is_automatic,
        "to_approve": step.needs_approval,
        "active": step.is_active,
        "recipients": step.recipient_roles.splitlines(),
        "copies": step.copies.splitlines(),
        "invoices": step.attach_invoices,
    }
    if step.kind == "thanks":
        found["only_after_reminder"] = step.only_after_reminder
    return found
