"""What an order would make leave: to whom, how much, who is left out and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import nlargest
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from encaisse.collection.operations.write_messages import MassOrder
from encaisse.collection.queries.at_once import (
    BY_LEVEL,
    Texts,
    draft_of,
    levels_of_text,
    plan_at_once,
    reasons_by_customer,
    steps_to_reach,
)
from encaisse.collection.queries.messages import Composer
from encaisse.collection.queries.plan_lines import customers_of
from encaisse.collection.queries.reasons import Words, words_of
from encaisse.collection.queries.writing import template_code, texts_for
from encaisse.collection.rules.facts import LETTERS, SPOKEN, TOP_LEVEL
from encaisse.collection.rules.plan import Action, Plan
from encaisse.core.text import fold
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company, User
from encaisse.tenancy.scope import Scope
from encaisse.web.app.criteria.forms import CALL, EMAIL, NEXT, YES, OrderForm
from encaisse.web.app.plan.lines import refusal_of
from encaisse.web.app.plan.overview import amounts_of

# Messages written in advance to find those that cannot be; beyond, the sending itself says so.
_CHECKED = 200
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone to whom a message would leave."""

    customer: Customer
    action: Action


@dataclass(frozen=True, slots=True)
class Refusal:
    """Someone whose message cannot be written."""

    customer: Customer
    error: str


def order_form(company: Company, data: QueryDict | None) -> OrderForm:
    """The form as it was sent, or as it starts: each customer gets the text of his level."""
    mediums = {str(code) for code, _label in OrderForm.base_fields["medium"].choices}  # type: ignore[attr-defined]
    asked = data.get("medium") if data else EMAIL
    medium = asked if asked in mediums else EMAIL
    texts = texts_for(company, kind="reminder", medium=str(medium))
    if texts:
        texts = [(BY_LEVEL, _("Celui du niveau de chaque client")), *texts]
    codes = [code for code, _label in texts]
    text = next(iter(codes), "")
    if data is not None and data.get("template") not in codes:
        data = data.copy()
        data["template"] = text
    return OrderForm(
        data,
        texts=texts,
        levels=steps_to_reach(company),
        initial={
            "medium": medium,
            "template": text,
            "counts": YES,
            "to_level": NEXT,
            "token": uuid4().hex,
        },
    )


@dataclass(frozen=True)
class Proposal:
    """What a form would make leave for the customers that were chosen."""

    scope: Scope
    on: date
    user: User
    form: OrderForm
    chosen: Sequence[int]

    @property
    def company(self) -> Company:
        """Whose customers they are."""
        return self.scope.company

    @property
    def medium(self) -> str:
        """The medium."""
        return self.form.asked("medium")

    @property
    def is_mail(self) -> bool:
        """True for e-mails."""
        return self.medium == EMAIL

    @property
    def is_letter(self) -> bool:
        """True for letters, registered or not."""
        return self.medium in LETTERS

    @property
    def is_spoken(self) -> bool:
        """True for calls."""
        return self.medium == CALL

    @cached_property
    def plan(self) -> Plan:
        """What the rules allow."""
        return plan_at_once(self.scope, self.on, self.form.wish, customer_ids=self.chosen)

    @cached_property
    def texts(self) -> Texts:
        """What the messages are written with."""
        return Texts(self.company, self.form.asked("template"), self.medium)

    @cached_property
    def _errors(self) -> dict[int, str]:
        """Why some messages cannot be written, by customer."""
        if self.medium in SPOKEN:
            return {}
        some = self.plan.actions[:_CHECKED]
        drafts = [draft_of(action, self.texts, self.user) for action in some]
        composer = Composer(self.company, self.on, drafts)
        found = ((draft.customer_id, refusal_of(composer, draft)) for draft in drafts)
        return {customer_id: error for customer_id, error in found if error}

    @cached_property
    def actions(self) -> list[Action]:
        """The messages that would leave."""
        return [one for one in self.plan.actions if one.customer_id not in self._errors]

    @property
    def count(self) -> int:
        """How many messages."""
        return len(self.actions)

    @cached_property
    def of_other_levels(self) -> int:
        """How many messages are for another level than the text was written for."""
        code = self.form.asked("template")
        if code == BY_LEVEL:
            return 0
        levels = levels_of_text(self.company, code)
        for level in range(1, TOP_LEVEL + 1):
            if template_code("reminder", level, self.medium) == code:
                levels.add(level)
        return sum(one.step.level not in levels for one in self.actions) if levels else 0

    @cached_property
    def customer_ids(self) -> frozenset[int]:
        """To whom."""
        return frozenset(action.customer_id for action in self.actions)

    @property
    def amounts(self) -> Sequence[tuple[str, int]]:
        """How much, by currency."""
        return amounts_of(self.actions, self.company.base_currency)

    @cached_property
    def recipients(self) -> list[Recipient]:
        """The largest of them."""
        largest = nlargest(_SHOWN, self.actions, key=lambda action: action.amount)
        names = customers_of(self.scope, {action.customer_id for action in largest})
        return [Recipient(names[one.customer_id], one) for one in largest]

    @property
    def others(self) -> int:
        """How many messages are not named."""
        return self.count - len(self.recipients)

    @cached_property
    def refused(self) -> list[Refusal]:
        """Some whose message cannot be written, by name."""
        names = customers_of(self.scope, set(self._errors))
        found = [Refusal(names[pk], error) for pk, error in self._errors.items() if pk in names]
        return sorted(found, key=lambda one: fold(one.customer.legal_name))[:_SHOWN]

    @property
    def refused_count(self) -> int:
        """How many cannot."""
        return len(self._errors)

    @cached_property
    def left_out(self) -> list[tuple[Words, int]]:
        """Why others are left out, and how many customers each time."""
        counts: dict[Words, int] = {}
        for reasons in reasons_by_customer(self.plan).values():
            for reason in reasons:
                words = words_of(reason)
                counts[words] = counts.get(words, 0) + 1
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    @property
    def left_out_count(self) -> int:
        """How many of those chosen get nothing."""
        return len(self.chosen) - len(self.customer_ids) - len(self._errors)

    @property
    def undo_seconds(self) -> int:
        """How long it can be taken back."""
        return int(settings.UNDO_SECONDS)

    @property
    def may_leave(self) -> bool:
        """False for e-mails without a sender."""
        return not self.is_mail or self.company.can_send_mail()

    @property
    def can_order(self) -> bool:
        """True when something would leave."""
        has_text = self.is_spoken or bool(self.form.asked("template"))
        return bool(self.actions) and self.may_leave and has_text

    def order(self, at: Any) -> MassOrder:
        """The order as it is carried out. The form must be valid."""
        return MassOrder(
            medium=self.medium,
            template_code=self.form.asked("template"),
            counts=self.form.counts_in_scenarios,
            to_level=self.form.level,
            token=self.form.cleaned_data["token"],
            at=at,
        )
