"""The forms of the profiles."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import CollectionProfile
from encaisse.web.app.configure.rows import MOST_ROWS, Row, read_rows, row_data
from encaisse.web.app.configure.scenario_rows import ThresholdForm, threshold_row

THRESHOLDS = "s"


class NameForm(forms.Form):
    """What a profile is called."""

    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom au profil.")},
    )

    use_required_attribute = False


class NewForm(NameForm):
    """A new profile: with the scenarios of another one, or none."""

    source = forms.TypedChoiceField(
        label=gettext_lazy("Scénarios"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, profiles: Iterable[CollectionProfile], **options: Any) -> None:
        super().__init__(*args, **options)
        copies = [(one.pk, _("Ceux de « %(name)s »") % {"name": one.name}) for one in profiles]
        self.fields["source"].choices = [("", _("Aucun pour l’instant")), *copies]  # type: ignore[attr-defined]


class ReplacementForm(forms.Form):
    """Which profile takes the customers of one that goes."""

    replacement = forms.TypedChoiceField(
        label=gettext_lazy("Profil de remplacement"),
        coerce=int,
        empty_value=None,
        error_messages={"required": gettext_lazy("Choisissez le profil qui remplace celui-ci.")},
    )

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        profiles: Iterable[CollectionProfile],
        is_asked: bool,
        **options: Any,
    ) -> None:
        """`is_asked`: somebody follows the profile that goes."""
        super().__init__(*args, **options)
        self.fields["replacement"].required = is_asked
        others = [(one.pk, one.name) for one in profiles]
        self.fields["replacement"].choices = [("", _("Choisir…")), *others]  # type: ignore[attr-defined]


class ThresholdsForm:
    """The thresholds of a profile, a row a currency."""

    def __init__(self, rows: list[ThresholdForm]) -> None:
        self.rows = rows

    @classmethod
    def of(cls, thresholds: Iterable[Mapping[str, str]], *, currency: str) -> "ThresholdsForm":
        """The form with thresholds in it, and at least one row to fill in."""
        rows = [threshold_row(one) for one in thresholds] or [{"currency": currency}]
        return cls._shown(rows)

    @classmethod
    def sent(cls, data: Mapping[str, str], *, with_another: bool = False) -> "ThresholdsForm":
        """The form as it was sent; or to go on typing in, with one more row."""
        rows = read_rows(data, THRESHOLDS, ThresholdForm.base_fields)
        if with_another:
            return cls._shown([*rows, {}][:MOST_ROWS])
        return cls(
            [
                ThresholdForm(row_data(row, THRESHOLDS, place), prefix=f"{THRESHOLDS}{place}")
                for place, row in enumerate(rows)
            ]
        )

    @classmethod
    def _shown(cls, rows: Iterable[Row]) -> "ThresholdsForm":
        return cls(
            [
                ThresholdForm(initial=row, prefix=f"{THRESHOLDS}{place}")
                for place, row in enumerate(rows)
            ]
        )

    def is_valid(self) -> bool:
        """Check every row; no currency twice."""
        if self.errors:
            return False
        currencies = [row.cleaned_data["currency"] for row in self.rows if row.document]
        for row in self.rows:
            if row.document and currencies.count(row.cleaned_data["currency"]) > 1:
                row.add_error("currency", _("Cette devise est là deux fois."))
        return not self.errors

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return any(row.errors for row in self.rows)

    @property
    def documents(self) -> list[dict[str, str]]:
        """The thresholds as a configuration document writes them, once valid."""
        return [found for row in self.rows if (found := row.document)]
