"""What « Options » shows: every section with its form, and the figures that it is chosen by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from encaisse.collection.queries.motives import call_outcomes, motives, used_reasons
from encaisse.core.workdays import Holiday, public_holidays
from encaisse.insights.options import promised_entries
from encaisse.ledger.operations.scope import ScopeEffect
from encaisse.ledger.rules.scope import USUAL_ACCOUNTS
from encaisse.tenancy.models import Company
from encaisse.web.app.options.forms import (
    BoundsForm,
    ClosureForm,
    MotiveForm,
    NumbersForm,
    ObstaclesForm,
    OutcomeForm,
    ScopeForm,
    WeekdaysForm,
)
from encaisse.web.app.options.rows import Rows
from encaisse.web.charts import late_labels
from encaisse.web.language import current_language

MOTIVES, OUTCOMES, CLOSURES = "m", "r", "f"


@dataclass(frozen=True, slots=True)
class OptionForms:
    """One form a section."""

    bounds: BoundsForm
    numbers: NumbersForm
    obstacles: ObstaclesForm
    motives: Rows[MotiveForm]
    outcomes: Rows[OutcomeForm]
    weekdays: WeekdaysForm
    closures: Rows[ClosureForm]
    scope: ScopeForm

    @classmethod
    def of(cls, company: Company) -> "OptionForms":
        """The forms with what the company has."""
        own = {
            name: getattr(company, name)
            for name in ("numbers_shown", "promises_suspend", "disputes_suspend")
        }
        return cls(
            bounds=BoundsForm(initial={"aging_bounds": ", ".join(map(str, company.bounds))}),
            numbers=NumbersForm(initial=own),
            obstacles=ObstaclesForm(initial=own),
            motives=Rows.of(MotiveForm, MOTIVES, _motives(company)),
            outcomes=Rows.of(
                OutcomeForm, OUTCOMES, [one.as_json() for one in call_outcomes(company)]
            ),
            weekdays=WeekdaysForm(initial={"weekdays": list(company.weekdays)}),
            closures=Rows.of(ClosureForm, CLOSURES, company.closures),
            scope=ScopeForm.of(company),
        )


def _motives(company: Company) -> list[dict[str, object]]:
    """The company's reasons, then those that were typed in disputes."""
    listed = [{"was": one.label, "label": one.label, "active": one.active}
              for one in motives(company)]  # fmt: skip
    known = {one["label"] for one in listed}
    typed = [label for label in used_reasons(company) if label not in known]
    is_offered = not company.dispute_reasons
    return [*listed, *({"was": one, "label": one, "active": is_offered} for one in typed)]


@dataclass(frozen=True)
class OptionsPage:
    """The page as of a day; `part` is the section whose form was sent and stays open.

    `effect` is what the accounts and journals just typed would do.
    """

    company: Company
    on: date
    forms: OptionForms
    part: str = ""
    refused: str = ""
    effect: ScopeEffect | None = None

    @classmethod
    def of(cls, company: Company, on: date) -> "OptionsPage":
        """The page with what the company has."""
        return cls(company, on, OptionForms.of(company))

    def with_form(self, name: str, form: object) -> "OptionsPage":
        """The page with the form of a section as it was sent."""
        changed = replace(self.forms, **{name: form})  # type: ignore[arg-type]
        return replace(self, forms=changed)

    @property
    def is_wrong(self) -> bool:
        """True when what was sent cannot be saved."""
        forms = self.forms
        sent = (
            forms.bounds, forms.numbers, forms.obstacles, forms.motives, forms.outcomes,
            forms.weekdays, forms.closures, forms.scope,
        )  # fmt: skip
        return bool(self.refused) or any(form.errors for form in sent)

    @property
    def labels(self) -> list[str]:
        """The words of the ageing periods."""
        return [_("À venir"), *late_labels(self.company.bounds)]

    @cached_property
    def used(self) -> dict[str, int]:
        """How many disputes were opened for each reason."""
        return used_reasons(self.company)

    @property
    def motive_rows(self) -> list[tuple[MotiveForm, int]]:
        """The reasons, and how many disputes each has."""
        return [
            (form, self.used.get(str(form["was"].value() or ""), 0))
            for form in self.forms.motives.forms
        ]

    @cached_property
    def promised(self) -> int:
        """How many entries a running promise holds back."""
        return promised_entries(self.company, self.on)

    @property
    def holidays(self) -> Sequence[tuple[int, Sequence[Holiday]]]:
        """The public holidays of this year and of the next one."""
        place = (self.company.country, self.company.subdivision)
        return [
            (year, public_holidays(year, *place, language=current_language()))
            for year in (self.on.year, self.on.year + 1)
        ]

    @property
    def next_day(self) -> date:
        """The next working day."""
        return self.company.calendar.on_or_after(self.on)

    @property
    def usual_accounts(self) -> str:
        """The accounts that a company follows unless it says otherwise."""
        return ", ".join(USUAL_ACCOUNTS)
