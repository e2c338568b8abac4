"""How a person wants many customers to be reminded."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.attachments import is_token
from encaisse.collection.rules.at_once import Wish

YES, NO = "oui", "non"
NEXT = "suivante"
EMAIL, LETTER, REGISTERED, CALL = "email", "letter", "registered_letter", "phone"
Choices = Sequence[tuple[str, Any]]


class OrderForm(forms.Form):
    """Medium, text and scenario. `nombre` is how many messages the page said would leave."""

    medium = forms.ChoiceField(
        label=gettext_lazy("Moyen"),
        choices=(
            (EMAIL, gettext_lazy("E-mail")),
            (LETTER, gettext_lazy("Courrier")),
            (REGISTERED, gettext_lazy("Lettre recommandée")),
            (CALL, gettext_lazy("Liste d’appels")),
        ),
        widget=forms.RadioSelect,
    )
    template = forms.ChoiceField(label=gettext_lazy("Modèle"))
    counts = forms.ChoiceField(
        label=gettext_lazy("Prendre cette action en compte dans les scénarios"),
        choices=((YES, gettext_lazy("Oui")), (NO, gettext_lazy("Non"))),
        widget=forms.RadioSelect,
    )
    to_level = forms.ChoiceField(label=gettext_lazy("Prochaine étape du scénario"))
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, texts: Choices, levels: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(data, use_required_attribute=False, **kwargs)
        template, to_level = self.fields["template"], self.fields["to_level"]
        assert isinstance(template, forms.ChoiceField)
        assert isinstance(to_level, forms.ChoiceField)
        template.choices = list(texts)
        reached = [(str(n), _("Relance %(level)d") % {"level": n}) for n in levels]
        to_level.choices = [(NEXT, _("Étape suivante de chaque pièce")), *reached]

    def clean_token(self) -> str:
        """The name of this form: given by the page, never typed."""
        token: str = self.cleaned_data["token"]
        if not is_token(token):
            raise forms.ValidationError(_("Rechargez la page."))
        return token

    @property
    def counts_in_scenarios(self) -> bool:
        """True when the entries move on."""
        return bool(self["counts"].value() != NO)

    @property
    def wish(self) -> Wish:
        """How to remind, as far as it was chosen."""
        return Wish(self.asked("medium"), self.level)

    @property
    def level(self) -> int | None:
        """The level asked for; None is the next step of each entry."""
        asked = self.asked("to_level")
        return None if asked == NEXT or not self.counts_in_scenarios else int(asked)

    def asked(self, name: str) -> str:
        """What is chosen in a field, its first choice unless it makes sense."""
        codes = [str(code) for code, _label in self.fields[name].choices]  # type: ignore[attr-defined]
        value = self[name].value()
        return str(value) if value in codes else (codes[0] if codes else "")
