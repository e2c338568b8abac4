"""What can be sent in one go: one step, or everything that leaves the same way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from encaisse.collection.operations.prepare import Selection, without_entries
from encaisse.collection.queries.day_plan import DayPlan, Lines, Row
from encaisse.collection.queries.step_words import step_name, step_timing
from encaisse.collection.rules.plan import Action
from encaisse.web.app.plan.choice import Choice


class Way(NamedTuple):
    """A way to reach customers: a column of the overview."""

    code: str
    label: str | Promise
    title: str | Promise
    icon: str
    media: frozenset[str]


WAYS = (
    Way(
        "emails",
        gettext_lazy("E-mails"),
        gettext_lazy("Tous les e-mails à envoyer"),
        "envelope",
        frozenset({"email"}),
    ),
    Way(
        "courriers",
        gettext_lazy("Courriers"),
        gettext_lazy("Tous les courriers à imprimer"),
        "document-text",
        frozenset({"letter", "registered_letter"}),
    ),
    Way(
        "appels",
        gettext_lazy("Appels"),
        gettext_lazy("Tous les appels à faire"),
        "phone",
        frozenset({"phone"}),
    ),
    Way(
        "autres",
        gettext_lazy("Autres"),
        gettext_lazy("Toutes les autres actions à faire"),
        "hand-raised",
        frozenset({"other"}),
    ),
)


def way_of(medium: str) -> Way:
    """The way that a medium belongs to."""
    return next(way for way in WAYS if medium in way.media)


class BatchUnknown(LookupError):
    """No such step, and no such way."""


@dataclass(frozen=True)
class Batch:
    """The lines of one page: its code in the address is a step's id, or that of a way."""

    code: str
    way: Way
    title: str
    subtitle: str
    step_ids: frozenset[int]
    is_automatic: bool = False
    # An automatic step whose messages wait for a person's word.
    needs_approval: bool = False


def button_label(way: Way, count: int) -> str:
    """« Envoyer 42 e-mails »: what the button does, with its number."""
    if way.code == "emails":
        text = ngettext("Envoyer %(count)d e-mail", "Envoyer %(count)d e-mails", count)
    elif way.code == "courriers":
        text = ngettext("Imprimer %(count)d courrier", "Imprimer %(count)d courriers", count)
    elif way.code == "appels":
        text = ngettext(
            "Mettre %(count)d appel dans la liste", "Mettre %(count)d appels dans la liste", count
        )
    else:
        text = ngettext(
            "Mettre %(count)d action dans la liste", "Mettre %(count)d actions dans la liste", count
        )
    return text % {"count": count}


def find_batch(day: DayPlan, code: str) -> Batch:
    """The batch of a code. Raises BatchUnknown."""
    for way in WAYS:
        if way.code == code:
            ids = frozenset(key for key, step in day.steps.items() if step.medium in way.media)
            every = _("Toutes les étapes")
            return Batch(code, way, str(way.title), every, ids)
    step = day.steps.get(int(code)) if code.isdecimal() else None
    if step is None:
        raise BatchUnknown(code)
    scenario = next(
        rule
        for rule in day.book.rules.values()
        if step in (rule.pre_due, *rule.reminders, rule.thanks)
    )
    return Batch(
        code,
        way_of(step.medium),
        _("%(step)s : %(timing)s")
        % {"step": step_name(step), "timing": step_timing(step, scenario)},
        scenario.name,
        frozenset({step.id}),
        is_automatic=step.is_automatic,
        needs_approval=step.needs_approval,
    )


# -- what is chosen ----------------------------------------------------------------------------


@dataclass(slots=True)
class Chosen:
    """What would leave: how many messages, to how many customers, how much in each currency."""

    count: int = 0
    customers: int = 0
    amounts: dict[str, int] = field(default_factory=dict)

    def add(self, actions: Iterable[Action], sign: int = 1) -> None:
        """Count some messages in, or out. A remerciement claims nothing: it has no amount."""
        for action in actions:
            self.count += sign
            if action.step.kind != "thanks":
                before = self.amounts.get(action.currency, 0)
                self.amounts[action.currency] = before + sign * action.amount


def narrowed(row: Row, choice: Choice) -> tuple[Action, ...]:
    """The messages of a line without the entries that were taken out; maybe none is left."""
    if not choice.without:
        return row.actions
    kept = (without_entries(action, choice.without) for action in row.actions)
    return tuple(action for action in kept if action is not None)


def messages(rows: Iterable[Row], choice: Choice) -> Iterator[Action]:
    """The messages that are chosen among some lines."""
    for row in rows:
        if choice.includes(row.key):
            yield from narrowed(row, choice)


def chosen(lines: Lines, choice: Choice) -> Chosen:
    """Count what is chosen, from the whole or from nothing: whichever the choice names less of."""
    named = [lines.by_key[key] for key in choice.keys if key in lines.by_key]
    if choice.only_keys:
        found = Chosen()
        kept = [(row, narrowed(row, choice)) for row in named]
        for _row, actions in kept:
            found.add(actions)
        found.customers = len({row.customer_id for row, actions in kept if actions})
    else:
        found = Chosen(lines.count, len(lines.per_customer), dict(lines.amounts))
        gone = Counter(row.customer_id for row in _take_out(found, lines, named, choice))
        found.customers -= sum(lines.per_customer[one] == number for one, number in gone.items())
    found.amounts = {currency: minor for currency, minor in found.amounts.items() if minor}
    return found


def _take_out(
    found: Chosen, lines: Lines, unticked: Sequence[Row], choice: Choice
) -> Iterator[Row]:
    """Count out the lines that are unticked, and the entries taken out of the others.

    Gives the lines of which nothing is left.
    """
    for row in unticked:
        found.add(row.actions, -1)
        yield row
    touched = {lines.by_entry[entry] for entry in choice.without if entry in lines.by_entry}
    for row in touched.difference(unticked):
        found.add(row.actions, -1)
        actions = narrowed(row, choice)
        found.add(actions)
        if not actions:
            yield row


def selection_of(day: DayPlan, batch: Batch, choice: Choice) -> Selection:
    """The choice as the preparation takes it.

    A customer who is unticked in one currency only is named by the entries of that currency.
    """
    rows = day.lines(batch.step_ids).rows
    kept = {row.customer_id for row in rows if choice.includes(row.key)}
    refused = [row for row in rows if not choice.includes(row.key)]
    entries = {
        claim.entry_id
        for row in refused
        if row.customer_id in kept
        for action in row.actions
        for claim in action.claims
    }
    named = {int(key) for key in choice.keys if key.isdecimal() and not choice.only_keys}
    return Selection(
        media=batch.way.media,
        step_ids=batch.step_ids,
        customer_ids=frozenset(kept) if choice.only_keys else None,
        excluded_customers=frozenset({row.customer_id for row in refused} | named) - kept,
        excluded_entries=choice.without | entries,
    )
