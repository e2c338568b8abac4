"""What a new company starts with: profiles, scenarios in two variants, texts (domain.md 8-3)."""

from typing import NamedTuple

from django.db import transaction

from encaisse.collection.models import CollectionProfile, Scenario, Step, Threshold
from encaisse.collection.queries.writing import template_code
from encaisse.messaging.defaults import load_defaults
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company

# Below this a reminder costs more than it brings and annoys; in the company's currency.
TOTAL_MINIMUM_MINOR = 500


class _Plan(NamedTuple):
    """A reminder cycle: days between steps, and the medium of each level with/without e-mail."""

    first: int
    gap: int
    with_email: str
    without_email: str


_PROFILES = (
    ("standard", "Standard", _Plan(8, 8, "e p p l r", "l p p l r")),
    ("export", "Export", _Plan(8, 8, "e e e l r", "l l l l r")),
    ("grand-compte", "Grand compte", _Plan(15, 15, "e p e l r", "l p l l r")),
    ("interne", "Interne", None),
)
_MEDIA = {"e": "email", "p": "phone", "l": "letter", "r": "registered_letter"}
_PRE_DUE_DAYS = -8
_THANKS_DAYS = 2


@transaction.atomic
def install_defaults(company: Company) -> None:
    """Give a company its first profiles, scenarios and texts; does nothing when it has any."""
    if CollectionProfile.objects.filter(company=company).exists():
        return
    install_templates(company)
    for code, name, plan in _PROFILES:
        profile = CollectionProfile.objects.create(
            company=company, code=code, name=name, is_default=code == "standard"
        )
        if plan is not None:
            _install_scenario(profile, plan, with_email=True)
            _install_scenario(profile, plan, with_email=False)


def install_templates(company: Company) -> None:
    """The default texts, in French and in English."""
    kinds = {"formal_notice": "reminder"}
    MessageTemplate.objects.bulk_create(
        MessageTemplate(
            company=company,
            code=text.code,
            language=language,
            label=text.label,
            kind=kinds.get(text.kind, text.kind),
            medium=text.medium,
            subject=text.subject,
            body=text.body,
        )
        for language in ("fr", "en")
        for text in load_defaults(language)
        if text.kind != "promise"
    )


def _install_scenario(profile: CollectionProfile, plan: _Plan, *, with_email: bool) -> None:
    variant = "avec e-mail" if with_email else "sans e-mail"
    scenario = Scenario.objects.create(
        company=profile.company,
        profile=profile,
        with_email=with_email,
        name=f"Clients « {profile.name} » {variant}",
    )
    Threshold.objects.create(
        scenario=scenario,
        currency=profile.company.base_currency,
        total_minimum_minor=TOTAL_MINIMUM_MINOR,
    )
    Step.objects.bulk_create(_steps(scenario, plan))


def _steps(scenario: Scenario, plan: _Plan) -> list[Step]:
    media = (plan.with_email if scenario.with_email else plan.without_email).split()
    steps = [
        Step(
            scenario=scenario,
            kind="reminder",
            level=level,
            medium=_MEDIA[letter],
            trigger="due" if level == 1 else "previous",
            offset_days=plan.first if level == 1 else plan.gap,
            template_code=template_code("reminder", level, _MEDIA[letter]),
        )
        for level, letter in enumerate(media, start=1)
    ]
    if scenario.with_email:
        steps += [
            Step(
                scenario=scenario,
                kind="pre_due",
                medium="email",
                trigger="due",
                offset_days=_PRE_DUE_DAYS,
                template_code=template_code("pre_due", 0, "email"),
            ),
            Step(
                scenario=scenario,
                kind="thanks",
                medium="email",
                trigger="match",
                offset_days=_THANKS_DAYS,
                template_code=template_code("thanks", 0, "email"),
            ),
        ]
    return steps
