"""The forms of a scenario's parts: one step, the thresholds of one currency, the whole."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import Scenario, Step
from encaisse.collection.queries.scenario_edit import NamedText
from encaisse.collection.rules.triggers import format_trigger, parse_trigger
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.wording import told
from encaisse.ledger.rules.contact_roles import services_in
from encaisse.web.app.configure.addressees import copies_field, copies_in, services_field
from encaisse.web.app.configure.rows import Row, whole_in

MANUAL, AUTOMATIC, TO_APPROVE = "manual", "automatic", "to_approve"
_SENDINGS = (
    (MANUAL, gettext_lazy("Manuel")),
    (AUTOMATIC, gettext_lazy("Automatique")),
    (TO_APPROVE, gettext_lazy("Automatique, à valider")),
)
_BEFORE = "before"
_TRIGGERS = {
    "reminder": (
        ("previous", gettext_lazy("jours après la relance précédente")),
        ("due", gettext_lazy("jours après l’échéance")),
        ("end_of_month", gettext_lazy("jours après l’échéance, puis fin de mois")),
        ("invoice", gettext_lazy("jours après la date de facture")),
    ),
    "pre_due": ((_BEFORE, gettext_lazy("jours avant l’échéance")),),
    "thanks": (("match", gettext_lazy("jours après le lettrage")),),
}
_LEVELS = [(str(level), f"R{level}") for level in range(1, 10)]
_MOST_DAYS = 365
WRITTEN_MEDIA = {"registered_letter": "letter", "other": "phone"}


class StepForm(forms.Form):
    """One step. Its kind is settled when it is added."""

    kind = forms.ChoiceField(choices=Step.Kind.choices, widget=forms.HiddenInput)
    level = forms.ChoiceField(label=gettext_lazy("Niveau"), choices=_LEVELS, required=False)
    medium = forms.ChoiceField(label=gettext_lazy("Média"), choices=Step.Medium.choices)
    days = forms.IntegerField(
        label=gettext_lazy("Jours"),
        min_value=0,
        max_value=_MOST_DAYS,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Dites combien de jours."),
            "invalid": gettext_lazy("Écrivez un nombre de jours."),
        },
    )
    trigger = forms.ChoiceField(label=gettext_lazy("Déclencheur"))
    template = forms.ChoiceField(label=gettext_lazy("Modèle"), required=False)
    sending = forms.ChoiceField(label=gettext_lazy("Envoi"), choices=_SENDINGS)
    active = forms.BooleanField(label=gettext_lazy("Active"), required=False)
    recipients = services_field()
    copies = copies_field(gettext_lazy("En copie"))
    invoices = forms.BooleanField(label=gettext_lazy("Joindre les factures"), required=False)
    only_after_reminder = forms.BooleanField(
        label=gettext_lazy("Ne remercier qu’après une relance"), required=False
    )

    use_required_attribute = False

    def __init__(
        self, *args: Any, kind: str, texts: Mapping[str, NamedText], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.kind_of_step = kind
        self.fields["trigger"].choices = _TRIGGERS[kind]  # type: ignore[attr-defined]
        medium = str(self["medium"].value() or "")
        self.fields["template"].choices = _text_choices(  # type: ignore[attr-defined]
            texts, kind, WRITTEN_MEDIA.get(medium, medium), str(self["template"].value() or "")
        )

    @property
    def name(self) -> str:
        """« Relance », « Prévenance », « Remerciement »."""
        return str(Step.Kind(self.kind_of_step).label)

    @property
    def is_open(self) -> bool:
        """Whether what is seldom changed holds something worth seeing, or a fault."""
        names = ("recipients", "copies")
        return any(self[name].errors or self[name].value() for name in names) or bool(
            self["invoices"].value()
        )

    def clean_copies(self) -> tuple[str, ...]:
        """The addresses. Raises ValidationError for one that is not."""
        return copies_in(str(self.cleaned_data["copies"]))

    @property
    def services(self) -> list[str]:
        """The services in the field."""
        return services_in(str(self["recipients"].value() or ""))

    @property
    def sketch(self) -> dict[str, Any]:
        """What the line of time shows of the step as it stands, right or wrong.

        Its trigger is empty as long as its days are not a number.
        """
        level, days, medium, sending = (
            str(self[name].value() or "") for name in ("level", "days", "medium", "sending")
        )
        kind, trigger, count = self.kind_of_step, str(self["trigger"].value()), whole_in(days)
        is_known = (
            count is not None and 0 <= count <= _MOST_DAYS and trigger in dict(_TRIGGERS[kind])
        )
        return {
            "kind": kind,
            "level": int(level) if kind == "reminder" and level in dict(_LEVELS) else 0,
            "medium": medium,
            "trigger": _trigger(trigger, count or 0) if is_known else "",
            "automatic": sending != MANUAL,
            "to_approve": sending == TO_APPROVE,
            "active": bool(self["active"].value()),
            "copies": self._copied if medium == "email" else (),
        }

    @property
    def _copied(self) -> tuple[str, ...]:
        """The copies in the field; nobody while one of them is no address."""
        try:
            return copies_in(str(self["copies"].value() or ""))
        except ValidationError:
            return ()

    @property
    def document(self) -> dict[str, Any]:
        """The step as a configuration document writes it, once valid."""
        typed = self.cleaned_data
        kind, trigger, days = typed["kind"], typed["trigger"], typed["days"]
        is_mail = typed["medium"] == "email"
        found = {
            "kind": kind,
            "level": int(typed["level"] or 1) if kind == "reminder" else 0,
            "medium": typed["medium"],
            "trigger": _trigger(trigger, days),
            "template": typed["template"],
            "automatic": typed["sending"] != MANUAL,
            "to_approve": typed["sending"] == TO_APPROVE,
            "active": typed["active"],
            "recipients": self.services,
            "copies": list(typed["copies"]) if is_mail else [],
            "invoices": typed["invoices"] and is_mail,
        }
        if kind == "thanks":
            found["only_after_reminder"] = typed["only_after_reminder"]
        return found


def _trigger(typed: str, days: int) -> str:
    """A trigger of the form as a configuration document writes it."""
    return format_trigger("due", -days) if typed == _BEFORE else format_trigger(typed, days)


def step_row(step: Mapping[str, Any]) -> Row:
    """A step of a document as the form reads it."""
    trigger, days = parse_trigger(step["trigger"])
    automatic = TO_APPROVE if step["to_approve"] else AUTOMATIC
    return {
        "kind": step["kind"],
        "level": str(step["level"] or ""),
        "medium": step["medium"],
        "days": str(abs(days)),
        "trigger": _BEFORE if step["kind"] == "pre_due" or days < 0 else trigger,
        "template": step["template"],
        "sending": automatic if step["automatic"] else MANUAL,
        "active": "on" if step["active"] else "",
        "recipients": ", ".join(step["recipients"]),
        "copies": ", ".join(step["copies"]),
        "invoices": "on" if step["invoices"] else "",
        "only_after_reminder": "on" if step.get("only_after_reminder", True) else "",
    }


def _text_choices(
    texts: Mapping[str, NamedText], kind: str, medium: str, current: str
) -> list[tuple[str, str]]:
    """The texts of that kind and medium, and the one that is named, whatever it is."""
    fitting = [
        (code, text.label)
        for code, text in texts.items()
        if (text.what.kind, text.what.medium) == (kind, medium)
    ]
    if current and current not in dict(fitting):
        known = texts.get(current)
        fitting.append((current, known.label if known else _("%s (absent)") % current))
    return [("", _("Aucun")), *fitting]


class ThresholdForm(forms.Form):
    """The amounts of one currency. An empty row is none."""

    currency = forms.CharField(
        label=gettext_lazy("Devise"),
        max_length=3,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    entry_minimum = forms.CharField(
        label=gettext_lazy("Pièce : au moins"), required=False, max_length=20
    )
    total_minimum = forms.CharField(
        label=gettext_lazy("Total : au moins"), required=False, max_length=20
    )
    total_maximum = forms.CharField(
        label=gettext_lazy("Total : au plus"), required=False, max_length=20
    )

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Amounts of that currency, positive, the maximum above the minimum."""
        typed: dict[str, Any] = super().clean() or {}
        currency = typed["currency"] = str(typed.get("currency", "")).strip().upper()
        amounts = {name: str(typed.get(name, "")).strip() for name in AMOUNTS}
        if any(amounts.values()) and not (currency.isalpha() and len(currency) == _CODE_LENGTH):
            self.add_error("currency", _("Écrivez une devise de trois lettres, comme EUR."))
            return typed
        found = {name: self._minor(name, text, currency) for name, text in amounts.items()}
        most, least = found["total_maximum"], found["total_minimum"]
        if most is not None and least is not None and most < least:
            self.add_error("total_maximum", _("Le maximum est en dessous du minimum."))
        return typed

    def _minor(self, name: str, text: str, currency: str) -> int | None:
        if not text:
            return None
        try:
            minor = parse_minor(text, currency)
        except AmountError as error:
            self.add_error(name, told(error, _))
            return None
        if minor < 0:
            self.add_error(name, _("Le montant est positif."))
        return minor

    @property
    def document(self) -> dict[str, str] | None:
        """The row as a configuration document writes it, once valid; None for an empty one."""
        typed = {name: str(self.cleaned_data.get(name, "")).strip() for name in AMOUNTS}
        if not any(typed.values()):
            return None
        return {"currency": self.cleaned_data["currency"]} | {
            name: text for name, text in typed.items() if text
        }


def threshold_row(row: Mapping[str, str]) -> Row:
    """The thresholds of a document as the form reads them: what bounds nothing is empty."""
    amounts = {name: row.get(name, "") for name in AMOUNTS}
    return {"currency": row["currency"]} | {
        name: text.replace(".", ",") if name == "total_maximum" or text.strip("0.") else ""
        for name, text in amounts.items()
    }


AMOUNTS = ("entry_minimum", "total_minimum", "total_maximum")
_CODE_LENGTH = 3


class WholeForm(forms.Form):
    """What holds for the whole variant. `seen` tells what was read."""

    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à ce scénario.")},
    )
    active = forms.BooleanField(label=gettext_lazy("Scénario en marche"), required=False)
    grouping = forms.ChoiceField(
        label=gettext_lazy("Regroupement"),
        choices=Scenario.Grouping.choices,
        widget=forms.RadioSelect,
    )
    thanks_while_overdue = forms.BooleanField(
        label=gettext_lazy("Remercier aussi un client qui doit encore"), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    use_required_attribute = False
