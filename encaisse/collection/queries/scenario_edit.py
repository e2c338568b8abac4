"""What the editor of a scenario needs to know: the variant, its profile, the texts it may name."""

from dataclasses import dataclass

from encaisse.collection.models import CollectionProfile, Scenario
from encaisse.collection.rules.scenario_check import TextKind
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company


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


def texts_by_code(company: Company) -> dict[str, NamedText]:
    """Every text of the company by code, named in the company's language where it can be."""
    rows = MessageTemplate.objects.filter(company=company).only(
        "code", "language", "label", "kind", "medium"
    )
    ordered = sorted(rows, key=lambda row: (row.language == company.language, row.code))
    found = {row.code: NamedText(row.label, TextKind(row.kind, row.medium)) for row in ordered}
    return dict(sorted(found.items()))
