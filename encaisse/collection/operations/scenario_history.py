"""What scenarios were: one document a version. Whoever calls keeps the journal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from encaisse.collection.models import Scenario, ScenarioVersion
from encaisse.tenancy.journal import Author


def keep_version(
    scenario: Scenario,
    document: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None,
    author: Author,
    now: datetime,
) -> None:
    """Keep what a scenario has become, and first of all what it was before its first change."""
    last = scenario.history.aggregate(last=Max("number"))["last"]
    if last is None and before is not None:
        # What came with the product, or before versions were kept.
        ScenarioVersion.objects.create(scenario=scenario, number=1, document=before)
        last = 1
    ScenarioVersion.objects.create(
        scenario=scenario,
        number=(last or 0) + 1,
        document=document,
        saved_at=now,
        author_name=author.name[:120],
    )
