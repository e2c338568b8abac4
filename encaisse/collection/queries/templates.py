"""The texts of a company: who uses them, what they were, whom to show them on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from encaisse.collection.models import Reminder, Step
from encaisse.collection.queries.step_words import step_name
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.messaging.defaults import DefaultTemplate, load_defaults
from encaisse.messaging.models import MessageTemplate, MessageTemplateVersion
from encaisse.messaging.rules.content import Language, own_language
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

LANGUAGES = ("fr", "en")
# A payment is worth a word of thanks for so long.
_LATELY = timedelta(days=60)
# The usual delay of a first reminder.
_REMINDED = timedelta(days=8)
_MOST_VERSIONS = 100


@dataclass(slots=True)
class TextOfCompany:
    """A text in its languages, the company's first, and the steps that use it."""

    rows: list[MessageTemplate]
    uses: list[str] = field(default_factory=list)

    @property
    def first(self) -> MessageTemplate:
        """The row that names it."""
        return self.rows[0]


def texts_of(company: Company) -> list[TextOfCompany]:
    """The texts by kind and name, with who uses each; two queries."""
    found: dict[str, TextOfCompany] = {}
    for row in _rows(company):
        found.setdefault(row.code, TextOfCompany([])).rows.append(row)
    for code, names in uses_of(company, found).items():
        found[code].uses = names
    return sorted(found.values(), key=lambda one: _place(one.first))


def _place(row: MessageTemplate) -> tuple[int, str, str]:
    return MessageTemplate.Kind.values.index(row.kind), row.code, row.medium


def languages_of(template: MessageTemplate) -> list[MessageTemplate]:
    """The rows of the same text, the company's language first."""
    return [row for row in _rows(template.company) if row.code == template.code]


def text_name(company: Company, code: str) -> str:
    """What people call a text, in the company's language first; empty when there is none left."""
    return next((row.label for row in _rows(company) if row.code == code), "")


def _rows(company: Company) -> list[MessageTemplate]:
    rows = MessageTemplate.objects.filter(company=company).order_by("code", "-language")
    return sorted(rows, key=lambda row: (row.code, row.language != company.language))


def uses_of(company: Company, codes: Iterable[str]) -> dict[str, list[str]]:
    """The steps of the present scenarios that write with each text, in words."""
    steps = Step.objects.filter(
        scenario__company=company, template_code__in=list(codes), version=F("scenario__version")
    ).select_related("scenario")
    found: dict[str, list[str]] = {}
    for step in steps.order_by("scenario__name", "level", "id"):
        words = f"{step.scenario.name} – {step_name(step)}"
        found.setdefault(step.template_code, []).append(words)
    return found


def is_awaited(company: Company, code: str) -> bool:
    """True when a message not sent yet is to be written with a text."""
    return Reminder.objects.pending().filter(company=company, template_code=code).exists()


def default_of(template: MessageTemplate) -> DefaultTemplate | None:
    """The text that the product proposes under that code, if it proposes any."""
    proposed = load_defaults(own_language(template.language))
    return next((one for one in proposed if one.code == template.code), None)


def text_of(company: Company, template_id: int) -> MessageTemplate | None:
    """One text of the company."""
    return MessageTemplate.objects.filter(company=company, pk=template_id).first()


def versions_of(template: MessageTemplate) -> list[MessageTemplateVersion]:
    """What a text said, the present version first; nothing when it was never changed."""
    return list(template.versions.order_by("-number")[:_MOST_VERSIONS])


def customer_by_code(scope: Scope, code: str) -> Customer | None:
    """A customer that the reader may see, by his account."""
    return Customer.objects.visible_in(scope).filter(account_code=code).first()


def customer_to_show(scope: Scope, kind: str, *, language: Language, on: date) -> Customer | None:
    """Somebody to whom a text of that kind could be written today; None when there is nobody.

    Rather one who reads that language, rather one whose first reminder is due.
    """
    is_reader = Q(customer__language__istartswith="fr")
    theirs = is_reader if language == "fr" else ~is_reader
    likely = _entries_to_show(scope, kind, on)
    for entries in (*(some.filter(theirs) for some in likely), *likely):
        if entry := entries.select_related("customer").first():
            return entry.customer
    return None


def _entries_to_show(scope: Scope, kind: str, on: date) -> list[QuerySet[LedgerEntry]]:
    """The entries that a text of that kind is about, the likeliest first."""
    company = scope.company
    entries = LedgerEntry.objects.filter(
        scope.customers("customer__"), company=company, currency=company.base_currency
    )
    if kind == MessageTemplate.Kind.THANKS:
        paid = entries.filter(
            remaining_minor=0, amount_minor__gt=0, settled_date__gt=on - _LATELY, is_counted=True
        )
        return [paid.order_by("-settled_date")]
    # In the words of the index that lists what is open by due date.
    due = entries.exclude(remaining_minor=0).filter(remaining_minor__gt=0)
    if kind == MessageTemplate.Kind.PRE_DUE:
        return [due.filter(due_date__gte=on).order_by("due_date")]
    late = due.filter(due_date__lt=on).order_by("-due_date")
    return [late.filter(due_date__lte=on - _REMINDED), late]
