"""The form of the layout of letters."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.messaging.letters.layout import LEAST_MARGIN, LONGEST_FOOTER, MOST_MARGIN
from encaisse.messaging.letters.pictures import (
    MOST_BYTES,
    MOST_LETTERHEAD_BYTES,
    Picture,
    PictureRefused,
    Use,
    made_fit,
)
from encaisse.messaging.models import LetterLayout
from encaisse.messaging.queries.layout import LAYOUT_CHOICES

_MOST_LINES = 3


def _margin(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=LEAST_MARGIN, max_value=MOST_MARGIN)


def _picture(label: Any, accepted: str, help_text: Any) -> forms.FileField:
    widget = forms.FileInput({"accept": accepted})
    return forms.FileField(label=label, required=False, widget=widget, help_text=help_text)


class LayoutForm(forms.Form):
    """Every choice of a layout, named like the row's; a ticked `drop_…` takes a picture away."""

    window = forms.ChoiceField(
        label=gettext_lazy("Fenêtre de l’enveloppe"), choices=LetterLayout.Window.choices
    )
    font = forms.ChoiceField(label=gettext_lazy("Police"), choices=LetterLayout.Font.choices)
    margin_left = _margin(gettext_lazy("Gauche"))
    margin_right = _margin(gettext_lazy("Droite"))
    margin_top = _margin(gettext_lazy("Haut"))
    margin_bottom = _margin(gettext_lazy("Bas"))
    has_sender = forms.BooleanField(
        label=gettext_lazy("Imprimer le nom et l’adresse de la société"), required=False
    )
    footer = forms.CharField(
        label=gettext_lazy("Pied de page"),
        required=False,
        max_length=LONGEST_FOOTER,
        widget=forms.Textarea({"rows": 3}),
    )
    has_code = forms.BooleanField(
        label=gettext_lazy("Imprimer le QR code de virement"), required=False
    )
    has_slip = forms.BooleanField(
        label=gettext_lazy("Ajouter un coupon à joindre au règlement"), required=False
    )
    letterhead_everywhere = forms.BooleanField(
        label=gettext_lazy("Sur toutes les pages, pas seulement la première"), required=False
    )
    logo = _picture(
        gettext_lazy("Logo"),
        ".png,.jpg,.jpeg,.svg",
        gettext_lazy("PNG, JPEG ou SVG, 1 Mo au plus. Imprimé sur 60 × 16 mm au plus."),
    )
    letterhead = _picture(
        gettext_lazy("Papier à en-tête"),
        ".png,.jpg,.jpeg,.pdf",
        gettext_lazy("Une page A4 en PNG, JPEG ou PDF, 5 Mo au plus, imprimée sous le texte."),
    )
    signature = _picture(
        gettext_lazy("Signature"),
        ".png,.jpg,.jpeg,.svg",
        gettext_lazy("PNG, JPEG ou SVG, 1 Mo au plus. Au-dessus du nom, sur 60 × 18 mm au plus."),
    )
    drop_logo = forms.BooleanField(label=gettext_lazy("Retirer le logo"), required=False)
    drop_letterhead = forms.BooleanField(
        label=gettext_lazy("Retirer le papier à en-tête"), required=False
    )
    drop_signature = forms.BooleanField(label=gettext_lazy("Retirer la signature"), required=False)

    use_required_attribute = False

    @classmethod
    def of(cls, row: LetterLayout, data: Any = None, files: Any = None) -> "LayoutForm":
        """The form filled with what the company chose."""
        initial = {name: getattr(row, name) for name in LAYOUT_CHOICES}
        return cls(data, files, initial=initial)

    def clean_footer(self) -> str:
        """Three lines at most: the foot of the page holds no more."""
        lines = [line.strip() for line in self.cleaned_data["footer"].splitlines()]
        kept = [line for line in lines if line]
        if len(kept) > _MOST_LINES:
            raise forms.ValidationError(_("Trois lignes au plus."))
        return "\n".join(kept)

    def clean_logo(self) -> Picture | None:
        """The logo as letters can use it."""
        return self._fit(Use.LOGO)

    def clean_letterhead(self) -> Picture | None:
        """The letterhead as letters can use it."""
        return self._fit(Use.LETTERHEAD)

    def clean_signature(self) -> Picture | None:
        """The signature as letters can use it."""
        return self._fit(Use.SIGNATURE)

    def _fit(self, use: Use) -> Picture | None:
        file = self.cleaned_data[use.value]
        if file is None:
            return None
        most = MOST_LETTERHEAD_BYTES if use is Use.LETTERHEAD else MOST_BYTES
        try:
            # One byte more is enough to know that there are too many.
            return made_fit(use, file.read(most + 1), name=file.name)
        except PictureRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    @property
    def choices(self) -> dict[str, Any]:
        """The choices that are valid."""
        typed = self.cleaned_data
        return {name: typed[name] for name in LAYOUT_CHOICES if name in typed}

    @property
    def pictures(self) -> Mapping[Use, Picture | None]:
        """The pictures that are given, None for those to take away."""
        found: dict[Use, Picture | None] = {}
        for use in Use:
            given = self.cleaned_data.get(use.value)
            if given or self.cleaned_data.get(f"drop_{use.value}"):
                found[use] = given
        return found
