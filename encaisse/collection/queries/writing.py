"""What a person needs to write to one customer: his entries, the texts, and his scenario."""

from collections.abc import Collection
from datetime import date, timedelta

from encaisse.collection.models import Reminder
from encaisse.collection.queries.customers import followed_up
from encaisse.collection.queries.letterhead import customer_address
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.rules.facts import ScenarioRule
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company

# A form that listed more could not be read, nor sent.
MOST_LISTED = 2_000
# A payment is worth a word of thanks for so long.
_LATELY = timedelta(days=60)


def open_on_account(customer: Customer) -> list[LedgerEntry]:
    """What is open on the account, credits included: the base currency first, then the oldest."""
    entries = customer.entries.exclude(remaining_minor=0).order_by("due_date", "id")
    return _in_order(customer, entries[:MOST_LISTED])


def settled_lately(customer: Customer, *, on: date) -> list[LedgerEntry]:
    """The debits that payments of the last sixty days settled, the latest first."""
    entries = customer.entries.filter(
        remaining_minor=0, amount_minor__gt=0, is_counted=True, settled_date__gt=on - _LATELY
    )
    return _in_order(customer, entries.order_by("-settled_date", "id")[:MOST_LISTED])


def _in_order(customer: Customer, entries: Collection[LedgerEntry]) -> list[LedgerEntry]:
    base = customer.company.base_currency
    return sorted(entries, key=lambda entry: (entry.currency != base, entry.currency))


def scenario_of(customer: Customer) -> ScenarioRule | None:
    """The scenario that the customer follows; None when none applies to him or it is off."""
    profile = followed_up(customer).profile
    book = scenario_book(customer.company)
    found = book.scenario_id(profile.pk if profile else None, has_email=customer.has_email)
    scenario = book.rules[found] if found else None
    return scenario if scenario and scenario.is_active else None


def envelope_of(customer: Customer) -> list[str]:
    """The lines of his address: the accounting's, else the one typed here, with his name."""
    typed = followed_up(customer).address
    if not typed and not customer.has_postal_address():
        return []
    return [*customer_address(customer, typed)]


def written_today(customer: Customer, *, on: date) -> list[Reminder]:
    """The messages and calls of a day that were not cancelled or refused, the latest first."""
    today = Reminder.objects.filter(customer=customer, day=on).exclude(status__in=Reminder.DEAD)
    return list(today.defer("content_html", "content_text").order_by("-id")[:5])


def texts_for(company: Company, *, kind: str, medium: str) -> list[tuple[str, str]]:
    """The texts of a kind of message and a medium: code and name, in the order of the cycle."""
    texts = MessageTemplate.objects.filter(
        company=company, kind=kind, medium=written_medium(medium)
    ).order_by("code", "-language")
    names: dict[str, str] = {}
    for code, language, label in texts.values_list("code", "language", "label"):
        if language == company.language:
            names[code] = label
        else:
            names.setdefault(code, label)
    return list(names.items())


def written_medium(medium: str) -> str:
    """The medium that texts know: a registered letter is a letter, a visit is said like a call."""
    return {"registered_letter": "letter", "other": "phone"}.get(medium, medium)


def template_code(kind: str, level: int, medium: str) -> str:
    """The code of the default text of a step."""
    stem = f"reminder_{level}" if kind == "reminder" else kind
    return f"{stem}_{written_medium(medium)}"
