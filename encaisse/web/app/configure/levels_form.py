"""The forms of « Niveaux de relance »."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.rules.levels import (
    LEAST_DAYS,
    MOST_DAYS,
    Level,
    SimpleLevels,
    level_problems,
)
from encaisse.messaging.rules.rendering import check_template
from encaisse.messaging.rules.sources import settled_source
from encaisse.web.app.configure.addressees import copies_field, copies_in
from encaisse.web.app.configure.rows import Row, row_data, whole_in

PREFIX = "n"


class LevelForm(forms.Form):
    """One level."""

    label = forms.CharField(
        label=gettext_lazy("Action"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à ce niveau.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("Jours de retard"),
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Dites combien de jours après l’échéance."),
            "invalid": gettext_lazy("Écrivez un nombre de jours."),
        },
    )
    by_email = forms.BooleanField(label=gettext_lazy("Envoyer un e-mail"), required=False)
    by_letter = forms.BooleanField(label=gettext_lazy("Lettre"), required=False)
    registered = forms.BooleanField(label=gettext_lazy("Recommandé"), required=False)
    # The texts that the level was read from: what is not edited of them stays.
    origin = forms.CharField(required=False, widget=forms.HiddenInput())
    body = forms.CharField(
        label=gettext_lazy("Texte"),
        required=False,
        widget=forms.Textarea({"rows": 10, "data-rich": True, "spellcheck": "true"}),
    )

    use_required_attribute = False

    def clean_body(self) -> str:
        """The text as it is kept. Raises ValidationError with each broken placeholder."""
        body = settled_source(str(self.cleaned_data["body"]))
        if problems := check_template("", body):
            raise ValidationError([problem.said(_) for problem in problems])
        return body

    @property
    def level(self) -> Level:
        """What was typed."""
        return Level(**self.cleaned_data)

    @property
    def asked_days(self) -> int | None:
        """The days in the field, None while they are not a number."""
        return whole_in(str(self["days"].value()))


class NumberedLevel(NamedTuple):
    """A level with what it is called everywhere else: « R2 », « Relance 2 »."""

    form: LevelForm
    badge: str
    name: str


class AllLevelsForm(forms.Form):
    """What all the levels share."""

    copies = copies_field(gettext_lazy("E-mails de tous les niveaux, en copie à"))
    is_automatic = forms.BooleanField(label=gettext_lazy("Tout part tout seul"), required=False)
    replaces = forms.BooleanField(
        label=gettext_lazy("Remplacer mes scénarios par ces niveaux"), required=False
    )

    use_required_attribute = False

    def clean_copies(self) -> tuple[str, ...]:
        """The addresses. Raises ValidationError for one that is not."""
        return copies_in(str(self.cleaned_data["copies"]))


@dataclass(slots=True)
class LevelsForm:
    """The whole page: its levels, and what they share."""

    shared: AllLevelsForm
    levels: list[LevelForm] = field(default_factory=list)

    @classmethod
    def of(cls, simple: SimpleLevels) -> "LevelsForm":
        """The form with levels in it."""
        shared = {"copies": ", ".join(simple.copies), "is_automatic": simple.is_automatic}
        names = tuple(LevelForm.base_fields)
        return cls(
            AllLevelsForm(initial=shared),
            [
                LevelForm(
                    initial={name: getattr(level, name) for name in names},
                    prefix=f"{PREFIX}{place}",
                )
                for place, level in enumerate(simple.levels)
            ],
        )

    @classmethod
    def typed(cls, data: Any, rows: list[Row]) -> "LevelsForm":
        """The form as it was sent."""
        return cls(
            AllLevelsForm(data),
            [
                LevelForm(row_data(row, PREFIX, place), prefix=f"{PREFIX}{place}")
                for place, row in enumerate(rows)
            ],
        )

    @classmethod
    def again(cls, data: Any, rows: list[Row]) -> "LevelsForm":
        """The form to go on typing in: with rows that came or went, and nothing checked yet."""
        return cls(
            AllLevelsForm(initial={name: data.get(name, "") for name in AllLevelsForm.base_fields}),
            [LevelForm(initial=row, prefix=f"{PREFIX}{place}") for place, row in enumerate(rows)],
        )

    def is_valid(self) -> bool:
        """Check everything, each fault beside its field."""
        if not self.levels:
            self.shared.add_error(None, _("Ajoutez au moins un niveau."))
        # All of them, so that every fault is shown at once.
        if not all([self.shared.is_valid(), *(level.is_valid() for level in self.levels)]):
            return False
        for place, name, problem in level_problems([form.level for form in self.levels]):
            self.levels[place].add_error(name, problem.said(_))
        return not any(form.errors for form in self.levels)

    @property
    def simple(self) -> SimpleLevels:
        """What was typed, once valid."""
        shared = self.shared.cleaned_data
        levels = tuple(form.level for form in self.levels)
        return SimpleLevels(levels, shared["copies"], shared["is_automatic"])

    @property
    def numbered(self) -> Iterator[NumberedLevel]:
        """The levels in the order of the page, numbered in that of their days: what precedes the
        due date is the prévenance, the first one after it is R1.
        """
        claimed = sorted(days for form in self.levels if (days := form.asked_days) and days > 0)
        for form in self.levels:
            days = form.asked_days
            if days is not None and days <= 0:
                yield NumberedLevel(form, _("P"), _("Prévenance"))
                continue
            number = claimed.index(days) + 1 if days else len(claimed) + 1
            name = _("Relance %(level)d") % {"level": number}
            yield NumberedLevel(form, f"R{number}", name)

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.shared.errors) or any(form.errors for form in self.levels)
