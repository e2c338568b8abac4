"""What the pages of the profiles show."""

from dataclasses import dataclass
from functools import cached_property

from encaisse.collection.queries.configuration import threshold_document
from encaisse.collection.queries.profile_rules import rule_rows
from encaisse.insights.profiles import ProfileLine, profile_lines
from encaisse.tenancy.models import Company
from encaisse.web.app.profiles.words import rule_words


@dataclass(frozen=True)
class ProfilesPage:
    """All the profiles, and how customers get theirs."""

    company: Company

    @cached_property
    def lines(self) -> list[ProfileLine]:
        """The profiles, the default one first."""
        return profile_lines(self.company)

    @cached_property
    def rules(self) -> list[str]:
        """The rules in words."""
        return [
            rule_words(row.conditions, row.profile.name, currency=self.company.base_currency)
            for row in rule_rows(self.company)
        ]


@dataclass(frozen=True)
class ProfilePage:
    """One profile."""

    line: ProfileLine
    lines: list[ProfileLine]

    @classmethod
    def of(cls, company: Company, profile_id: int) -> "ProfilePage | None":
        """The page of a profile of the company, None for another."""
        lines = profile_lines(company)
        line = next((one for one in lines if one.profile.pk == profile_id), None)
        return cls(line, lines) if line else None

    @property
    def others(self) -> list[ProfileLine]:
        """The profiles that may replace it."""
        return [one for one in self.lines if one is not self.line]

    @property
    def without_profile(self) -> int:
        """How many customers nobody gave a profile to: they follow the default one."""
        return sum(one.unset for one in self.lines)

    @property
    def default_name(self) -> str:
        """The name of the default profile."""
        return next((one.profile.name for one in self.lines if one.profile.is_default), "")

    @cached_property
    def thresholds(self) -> list[dict[str, str]]:
        """Those of its first scenario."""
        found = self._all_thresholds
        return found[0] if found else []

    @property
    def thresholds_differ(self) -> bool:
        """True when its two scenarios do not have the same thresholds."""
        found = self._all_thresholds
        return any(one != found[0] for one in found)

    @cached_property
    def _all_thresholds(self) -> list[list[dict[str, str]]]:
        return [[threshold_document(row) for row in rows] for rows in self.line.thresholds]
