"""The form of a text."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.templates import Kind
from encaisse.core.wording import Sentence
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.operations.versions import Text
from encaisse.messaging.rules.content import Language, own_language
from encaisse.messaging.rules.templates import check_template

LANGUAGES = (("fr", gettext_lazy("français")), ("en", gettext_lazy("anglais")))


class TemplateForm(forms.Form):
    """A text in one language. `seen` is the version that was read; its kind may be settled."""

    label = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à ce modèle.")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=MessageTemplate.Kind.choices)
    medium = forms.ChoiceField(label=gettext_lazy("Média"), choices=MessageTemplate.Medium.choices)
    language = forms.ChoiceField(choices=LANGUAGES, widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    subject = forms.CharField(
        label=gettext_lazy("Objet"),
        max_length=250,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un objet à ce modèle.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Contenu"),
        widget=forms.Textarea({"rows": 16, "data-rich": True, "spellcheck": "true"}),
        error_messages={"required": gettext_lazy("Donnez un texte à ce modèle.")},
    )

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Unknown placeholders and broken conditions, each beside its field."""
        cleaned = super().clean() or {}
        for name, problems in self._problems(cleaned).items():
            for problem in problems:
                self.add_error(name, problem.said(_))
        return cleaned

    def _problems(self, cleaned: dict[str, Any]) -> dict[str, list[Sentence]]:
        text = Text("", cleaned.get("subject", ""), cleaned.get("body", "")).settled()
        return {
            "subject": check_template(text.subject, ""),
            "body": check_template("", text.body),
        }

    @property
    def text(self) -> Text:
        """What was typed, as far as it is valid."""
        typed = self.cleaned_data
        found = Text(typed.get("label", ""), typed.get("subject", ""), typed.get("body", ""))
        return found.settled()

    @property
    def draft(self) -> Text:
        """What stands in the form, valid or not."""
        return Text(
            "", str(self["subject"].value() or ""), str(self["body"].value() or "")
        ).settled()

    @property
    def what(self) -> Kind:
        """What the text is for."""
        return Kind(self.cleaned_data["kind"], self.cleaned_data["medium"])

    @property
    def written_in(self) -> Language:
        """The language of the text."""
        return own_language(str(self["language"].value() or "fr"))


def typed_form(data: Any, template: MessageTemplate | None, *, is_used: bool) -> TemplateForm:
    """The form as it was sent; the kind of a text that steps use cannot change."""
    return settled_kind(TemplateForm(data, initial=_initial(template)), is_used=is_used)


def fresh_form(template: MessageTemplate, *, is_used: bool) -> TemplateForm:
    """The form with a text in it."""
    return settled_kind(TemplateForm(initial=_initial(template)), is_used=is_used)


def settled_kind(form: TemplateForm, *, is_used: bool) -> TemplateForm:
    """The form whose kind and medium are shown, not asked, when the text is used."""
    for name in ("kind", "medium"):
        form.fields[name].disabled = is_used
    return form


def _initial(template: MessageTemplate | None) -> dict[str, Any]:
    if template is None:
        return {}
    names = ("label", "kind", "medium", "language", "subject", "body")
    return {name: getattr(template, name) for name in names} | {"seen": template.version}
