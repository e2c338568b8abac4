"""The rates that are typed, or given as a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.connectors.rates.reading import MAX_BYTES
from encaisse.core.wording import told
from encaisse.ledger.rules.rates import RateError, inverted, parse_units
from encaisse.web.access import CompanyRequest
from encaisse.web.app.customers.forms import day_field
from encaisse.web.app.founding.forms import currency_choices

_INVERSE = "inverse"


class RateForm(forms.Form):
    """The rate of a day; `units` once it is read, for one unit of the company's currency."""

    currency = forms.ChoiceField(label=gettext_lazy("Devise"))
    day = day_field(gettext_lazy("Jour"))
    value = forms.CharField(
        label=gettext_lazy("Cours"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    way = forms.ChoiceField(label=gettext_lazy("Sens"), widget=forms.RadioSelect)

    @classmethod
    def of(cls, request: CompanyRequest, currencies: list[str], data: Any = None) -> "RateForm":
        """The form for a company, its own other currencies first."""
        base = request.company.base_currency
        form = cls(data, initial={"day": request.today, "way": "base"})
        codes = {code: name for code, name in currency_choices(*currencies) if code != base}
        ordered = [*currencies, *(code for code in codes if code not in currencies)]
        form.fields["currency"].choices = [(code, codes[code]) for code in ordered]  # type: ignore[attr-defined]
        form.fields["way"].choices = [  # type: ignore[attr-defined]
            ("base", _("pour 1 %(base)s, comme la BCE") % {"base": base}),
            (_INVERSE, _("en %(base)s, pour 1 de cette devise") % {"base": base}),
        ]
        return form

    def clean(self) -> dict[str, Any]:
        """The rate, turned when it was given the other way round."""
        cleaned = super().clean() or {}
        if "value" in cleaned:
            try:
                units = parse_units(cleaned["value"])
            except RateError as error:
                self.add_error("value", told(error, _))
            else:
                cleaned["units"] = inverted(units) if cleaned.get("way") == _INVERSE else units
        return cleaned


class RatesFileForm(forms.Form):
    """A file of rates."""

    file = forms.FileField(
        label=gettext_lazy("Fichier de cours"),
        widget=forms.FileInput({"accept": ".csv,.txt,.xml,.zip,.xlsx,.xls,.ods"}),
        help_text=gettext_lazy(
            "Un tableau avec les colonnes date, devise et cours ; ou un fichier de la Banque"
            " centrale européenne, tel quel : eurofxref-daily.xml, eurofxref-hist.zip…"
        ),
        error_messages={"required": gettext_lazy("Choisissez d’abord un fichier.")},
    )

    def clean_file(self) -> Any:
        """A file of a reasonable size."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("Ce fichier est trop grand pour des cours."))
        return file
