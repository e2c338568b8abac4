"""The forms of the four ways. They read what was typed; the operations decide."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import is_token
from encaisse.collection.operations.write_message import Message
from encaisse.collection.rules.facts import ScenarioRule
from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.queries.open_items import Matching
from encaisse.web.app.customers.forms import EntriesForm, day_field

YES, NO = "oui", "non"
# Whose name stands before the company's address.
MYSELF, COMPANY = "moi", "societe"
# The step that comes next by itself; no text to start from.
NEXT, NONE = "suivante", "aucun"
Choices = Sequence[tuple[str, str]]

_SEPARATORS = re.compile(r"[\s,;]+")
# « Marie Dupont <marie@dupont.fr> »: the address alone.
_NAMED = re.compile(r"[^,;\n<>]*<([^<>\s]+)>")


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses that were typed or pasted, each once."""
    words = _SEPARATORS.split(_NAMED.sub(r" \1 ", text))
    return tuple({word.casefold(): word for word in words if word}.values())


def addresses_field(label: Any, *, suggests: str, **options: Any) -> forms.CharField:
    """Addresses, one a line; chips with JavaScript. `suggests` is the id of a list of some."""
    attributes = {
        "data-addresses": True,
        "data-list": suggests,
        "data-remove": gettext_lazy("Retirer"),
        "data-wrong": gettext_lazy("Ce n’est pas une adresse complète"),
        "rows": 2,
    }
    return forms.CharField(label=label, widget=forms.Textarea(attributes), **options)


class WriteForm(EntriesForm):
    """What the forms have in common: the entries, the text they start from, the scenario."""

    kind = forms.ChoiceField(label=gettext_lazy("Type"))
    template = forms.ChoiceField(label=gettext_lazy("Modèle"))
    counts = forms.ChoiceField(
        label=gettext_lazy("Prendre cette action en compte dans les scénarios"),
        choices=((YES, gettext_lazy("Oui")), (NO, gettext_lazy("Non"))),
        widget=forms.RadioSelect,
        initial=YES,
        required=False,
    )
    to_level = forms.ChoiceField(label=gettext_lazy("Prochaine étape du scénario"), initial=NEXT)
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, kinds: Choices, texts: Choices, steps: Choices, **kwargs: Any
    ) -> None:
        super().__init__(data, use_required_attribute=False, **kwargs)
        for name, choices in (("kind", kinds), ("template", texts), ("to_level", steps)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_token(self) -> str:
        """The name of this form: given by the page, never typed."""
        token: str = self.cleaned_data["token"]
        if not is_token(token):
            raise forms.ValidationError(_("Rechargez la page."))
        return token

    def message(self, medium: str, scenario: ScenarioRule | None) -> Message:
        """What was written, as far as it is valid."""
        cleaned = self.cleaned_data
        kind = cleaned.get("kind", Reminder.Kind.REMINDER)
        level = cleaned.get("to_level", NEXT) if kind == Reminder.Kind.REMINDER else NEXT
        return Message(
            kind=kind,
            medium=medium,
            entries=self.entries_chosen(),
            template_code=cleaned.get("template", "").removesuffix(NONE),
            counts=scenario is not None and cleaned.get("counts") != NO,
            to_level=None if level == NEXT else int(level),
            token=cleaned.get("token", ""),
            scenario=scenario,
            **self.written(),
        )

    def entries_chosen(self) -> list[LedgerEntry]:
        """The entries that are ticked, also while the form has errors."""
        chosen = self.cleaned_data.get("entries") or ()
        return [self.offered[pk] for pk in chosen]

    def written(self) -> dict[str, Any]:
        """What is particular to this way, as fields of a Message."""
        return {}


class TextForm(WriteForm):
    """A message with a text."""

    subject = forms.CharField(
        label=gettext_lazy("Objet"),
        max_length=250,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    body = forms.CharField(
        label=gettext_lazy("Contenu"), widget=forms.Textarea({"rows": 16, "data-rich": True})
    )

    def written(self) -> dict[str, Any]:
        return {key: self.cleaned_data.get(key, "") for key in ("subject", "body")}


class MailForm(TextForm):
    """An e-mail."""

    sender = forms.ChoiceField(label=gettext_lazy("Expéditeur"))
    answers_to_me = forms.BooleanField(required=False)
    recipients = addresses_field(
        gettext_lazy("Destinataires"),
        suggests="write-contacts",
        error_messages={"required": gettext_lazy("Donnez au moins un destinataire.")},
    )
    copies = addresses_field(gettext_lazy("Copie à"), suggests="write-copies", required=False)
    statement = forms.ChoiceField(
        label=gettext_lazy("Relevé de compte"),
        choices=(
            (NO, gettext_lazy("Ne pas le joindre")),
            (Matching.OPEN.value, gettext_lazy("Joindre le relevé des écritures ouvertes")),
            (Matching.ALL.value, gettext_lazy("Joindre le relevé de toutes les écritures")),
        ),
    )
    invoices = forms.BooleanField(
        label=gettext_lazy("Joindre les PDF des factures"), required=False
    )

    def __init__(
        self, data: Any = None, *, senders: Choices, own_email: str, **kwargs: Any
    ) -> None:
        """`senders`: the names it can be sent under, one's own first; `own_email` takes answers."""
        super().__init__(data, **kwargs)
        self._senders, self._own_email = dict(senders), own_email
        self.fields["sender"].choices = senders  # type: ignore[attr-defined]

    def written(self) -> dict[str, Any]:
        typed = self.cleaned_data
        is_mine = typed.get("sender", MYSELF) == MYSELF
        return {
            **super().written(),
            "sender_name": self._senders[MYSELF] if is_mine else "",
            "reply_to": self._own_email if typed.get("answers_to_me") else "",
            "recipients": addresses_in(typed.get("recipients", "")),
            "copies": addresses_in(typed.get("copies", "")),
        }


class LetterForm(TextForm):
    """A letter: who signs it, and its envelope, which can be corrected for this once."""

    sender = forms.ChoiceField(label=gettext_lazy("Signature"))
    attention = forms.CharField(
        label=gettext_lazy("À l’attention de"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "list": "write-people"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Adresse"),
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": gettext_lazy("Donnez l’adresse postale du destinataire.")},
    )

    field_order = ("sender", "attention", "address")

    def __init__(self, data: Any = None, *, senders: Choices, language: str, **kwargs: Any) -> None:
        """`senders`: who can sign, oneself first; `language`: that of the envelope."""
        super().__init__(data, **kwargs)
        self._senders, self._language = dict(senders), language
        self.fields["sender"].choices = senders  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        """At most the six lines that a window envelope shows, the person among them."""
        kept = self._envelope(self.cleaned_data["address"])
        if len(kept) > 6:
            raise forms.ValidationError(_("Six lignes au plus : la fenêtre n’en montre pas plus."))
        return "\n".join(kept)

    def _envelope(self, address: str) -> list[str]:
        """The lines of the envelope: the person comes second, after the company's name."""
        kept = [line for line in map(str.strip, address.splitlines()) if line]
        if person := self.cleaned_data.get("attention", "").strip():
            with override(self._language):
                kept.insert(1, _("À l’attention de %(name)s") % {"name": person})
        return kept

    def written(self) -> dict[str, Any]:
        typed = self.cleaned_data
        is_mine = typed.get("sender", MYSELF) == MYSELF
        return {
            **super().written(),
            "address": tuple(typed.get("address", "").splitlines()),
            "sender_name": self._senders[MYSELF] if is_mine else "",
        }


class SpokenForm(WriteForm):
    """A call or another action: the day it was done; what came of it is a CallForm."""

    done_on = day_field(gettext_lazy("Date"))

    def clean_done_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["done_on"]
        if day > self.today:
            raise forms.ValidationError(_("Cette date n’est pas encore passée."))
        return day

    def written(self) -> dict[str, Any]:
        return {"done_on": self.cleaned_data.get("done_on")}
