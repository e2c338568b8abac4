"""What the editor of a text shows around the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.queries.templates import (
    default_of,
    languages_of,
    uses_of,
    versions_of,
)
from encaisse.ledger.models import FreeField
from encaisse.ledger.queries.free_fields import free_fields
from encaisse.messaging.models import MessageTemplate, MessageTemplateVersion
from encaisse.messaging.operations.versions import Text
from encaisse.messaging.rules.placeholders import Placeholder, offered
from encaisse.tenancy.models import Company
from encaisse.web.app.configure.templates_form import LANGUAGES, TemplateForm
from encaisse.web.app.write.pages import Offered

_FREE_TAGS = {FreeField.About.CUSTOMER: "client_champ", FreeField.About.ENTRY: "piece_champ"}
# Where what a tag writes comes from, when it is not plain.
_HINTS: dict[str, Promise] = {
    "lien_portail": gettext_lazy("à mettre en service dans « Frais et paiement »"),
    "lien_factures": gettext_lazy("vide quand aucun PDF de ces factures n’a été déposé"),
    "logo": gettext_lazy("à déposer dans « Courriers »"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A language of a text; `row` is None while it is not written in it."""

    language: str
    label: str
    row: MessageTemplate | None


@dataclass(frozen=True)
class TemplatePage:
    """A text being edited; `template` is None for a new one, `source` what it starts from."""

    company: Company
    form: TemplateForm
    template: MessageTemplate | None = None
    source: MessageTemplate | None = None

    @property
    def title(self) -> str:
        """The name of the text, or that it is new."""
        if self.template:
            return self.template.label
        return _("Autre langue") if self.is_translation else _("Nouveau modèle")

    @property
    def is_translation(self) -> bool:
        """True for a known text in a language that it has not yet."""
        return self.source is not None and self.form.written_in != self.source.language

    @cached_property
    def tabs(self) -> Sequence[Tab]:
        """The languages, for a text that exists in one of them."""
        known = self.template or (self.source if self.is_translation else None)
        if known is None:
            return ()
        rows = {row.language: row for row in languages_of(known)}
        return [Tab(code, str(label), rows.get(code)) for code, label in LANGUAGES]

    @cached_property
    def uses(self) -> list[str]:
        """The steps that use the text."""
        if self.template is None:
            return []
        return uses_of(self.company, [self.template.code]).get(self.template.code, [])

    @cached_property
    def versions(self) -> list[MessageTemplateVersion]:
        """What the text was."""
        return versions_of(self.template) if self.template else []

    @property
    def last(self) -> MessageTemplateVersion | None:
        """The last change made by a person."""
        return next((one for one in self.versions if one.saved_at), None)

    @property
    def is_in_other_language(self) -> bool:
        """True when the text would remain in another language."""
        return sum(tab.row is not None for tab in self.tabs) > 1

    @property
    def has_other_default(self) -> bool:
        """True when the product proposes another text."""
        proposed = default_of(self.template) if self.template else None
        if proposed is None or self.template is None:
            return False
        text = Text(proposed.label, proposed.subject, proposed.body)
        return text.settled() != Text.of(self.template).settled()

    @cached_property
    def placeholders(self) -> list[tuple[str, list[Offered]]]:
        """Everything that a text can say, by group; conditions last."""
        groups: dict[str, list[Offered]] = {}
        for one in offered():
            label = one.label.said(_)
            if one.name.startswith(tuple(_FREE_TAGS.values())):
                if one.name not in self._free_names:
                    continue
                label = self._free_names[one.name] or label
            group = _("Conditions") if one.kind == "flag" else _(one.group)
            inserts = f"{{% if {one.name} %}}…{{% endif %}}" if one.kind == "flag" else ""
            groups.setdefault(group, []).append(Offered(one.name, label, _hint(one), inserts))
        conditions = groups.pop(_("Conditions"), [])
        return [*groups.items(), (_("Conditions"), conditions)]

    @cached_property
    def _free_names(self) -> dict[str, str]:
        """What the company calls the free fields in use, by tag; "" where it has no name."""
        return {
            f"{_FREE_TAGS[FreeField.About(field.about)]}{field.number}": (
                "" if field.name == field.usual_name else field.name
            )
            for field in free_fields(self.company).all()
        }


def _hint(one: Placeholder) -> str:
    if one.kind == "flag":
        return _("le texte entre les deux ne paraît que si c’est vrai, celui après « else » sinon")
    if one.name in _HINTS:
        return str(_HINTS[one.name])
    return "" if one.mandatory else _("peut être vide")
