"""What the editor of a scenario needs to know: the variant, its profile, the texts it may name."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, Scenario, ScenarioVersion
from encaisse.collection.rules.scenario_check import TextKind
from encaisse.ledger.models import Contact
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company

_MOST_VERSIONS = 100
_MOST_SERVICES = 500


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text that a step may name."""

    label: str
    what: TextKind


def profiles_of(company: Company) -> list[CollectionProfile]:
    """The profiles, the default one first."""
    return list(
        CollectionProfile.objects.filter(company=company).order_by("-is_default", "name", "id")
    )


def profile_of(company: Company, profile_id: int) -> CollectionProfile | None:
    """One profile of the company."""
    return CollectionProfile.objects.filter(company=company, pk=profile_id).first()


def scenario_of_variant(profile: CollectionProfile, *, with_email: bool) -> Scenario | None:
    """A variant of the profile's scenario with its steps, if there is one."""
    return (
        Scenario.objects.filter(profile=profile, with_email=with_email)
        .select_related("profile", "company")
        .prefetch_related("steps", "thresholds")
        .first()
    )


def scenario_name(profile: CollectionProfile, *, with_email: bool) -> str:
    """The usual name of a variant."""
    name = {"profile": profile.name}
    if with_email:
        return _("Clients « %(profile)s » avec e-mail") % name
    return _("Clients « %(profile)s » sans e-mail") % name


def copy_targets(
    source: Scenario, companies: Iterable[Company]
) -> list[tuple[CollectionProfile, bool]]:
    """The variants of some companies that a scenario may be copied to, its own company first."""
    profiles = CollectionProfile.objects.filter(company__in=list(companies)).select_related(
        "company"
    )
    ordered = sorted(
        profiles,
        key=lambda one: (
            one.company_id != source.company_id, one.company.name, not one.is_default, one.name,
        ),
    )  # fmt: skip
    own = (source.profile_id, source.with_email)
    return [
        (profile, with_email)
        for profile in ordered
        for with_email in (True, False)
        if (profile.pk, with_email) != own
    ]


def versions_of_scenario(scenario: Scenario) -> list[ScenarioVersion]:
    """What a scenario was, the present version first; nothing when it was never changed."""
    return list(scenario.history.order_by("-number")[:_MOST_VERSIONS])


def contact_services(company: Company) -> list[str]:
    """What the contacts of a company say of their services, each text once."""
    contacts = Contact.objects.filter(company=company).exclude(role="").order_by("role")
    return list(contacts.values_list("role", flat=True).distinct()[:_MOST_SERVICES])


def texts_by_code(company: Company) -> dict[str, NamedText]:
    """Every text of the company by code, named in the company's language where it can be."""
    rows = MessageTemplate.objects.filter(company=company).only(
        "code", "language", "label", "kind", "medium"
    )
    ordered = sorted(rows, key=lambda row: (row.language == company.language, row.code))
    found = {row.code: NamedText(row.label, TextKind(row.kind, row.medium)) for row in ordered}
    return dict(sorted(found.items()))
