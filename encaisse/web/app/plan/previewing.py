"""Any message of the plan as it would leave, with the real data."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.utils.translation import gettext as _

from encaisse.collection.operations.deliver import sender_address
from encaisse.collection.operations.joined_invoices import InvoiceJoiner, JoinedInvoices
from encaisse.collection.operations.print_letters import letter_of
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composed, Composer
from encaisse.collection.rules.facts import LETTERS
from encaisse.core.wording import told
from encaisse.messaging.letters.press import LetterPress, LetterRefused
from encaisse.messaging.queries.layout import letter_layout
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.tenancy.scope import Scope


@dataclass(frozen=True)
class Preview:
    """One message: as composed, or why it cannot be. `pages`: a letter's, as data: addresses."""

    draft: Draft
    composed: Composed | None = None
    error: str = ""
    pages: tuple[str, ...] = ()
    sender: str = ""
    invoices: JoinedInvoices = field(default_factory=JoinedInvoices)

    @property
    def files(self) -> list[str]:
        """The names of the files that go along."""
        return [file.name for file in self.invoices.files] if self.invoices.fits() else []

    @property
    def missing(self) -> str:
        """The documents whose file is not known."""
        return ", ".join(self.invoices.missing)

    @property
    def stays_without(self) -> bool:
        """True when the files are more than a message can carry: none of them goes along."""
        return not self.invoices.fits()

    @property
    def is_letter(self) -> bool:
        """True for a letter."""
        return self.draft.medium in LETTERS

    @property
    def is_mail(self) -> bool:
        """True for an e-mail."""
        return self.draft.medium == "email"


def preview_of(scope: Scope, on: date, draft: Draft, *, joins_invoices: bool = False) -> Preview:
    """A message as it would leave on a day.

    `joins_invoices`: it takes the PDF files of its invoices along, besides what its step says.
    """
    composer = Composer(scope.company, on, [draft])
    try:
        composed = composer.compose(draft)
        pages = _pages(scope, composed, draft.medium) if draft.medium in LETTERS else ()
    except (TemplateRefused, LetterRefused) as refusal:
        return Preview(draft, error=told(refusal, _))
    company = scope.company
    name = draft.written.sender_name if draft.written else ""
    sender = f"{name or company.sender_name or company.name} <{sender_address(company)}>"
    joins = joins_invoices or composed.joins_invoices
    invoices = InvoiceJoiner(company, [draft] if joins else []).of(draft)
    return Preview(draft, composed, pages=pages, sender=sender, invoices=invoices)


def _pages(scope: Scope, composed: Composed, medium: str) -> tuple[str, ...]:
    letter = letter_of(scope.company, composed, medium, letter_layout(scope.company))
    images = press().images(letter)
    return tuple(f"data:image/png;base64,{b64encode(image).decode()}" for image in images)


def letter_pdf(scope: Scope, on: date, draft: Draft) -> bytes:
    """The PDF of a letter. Raises TemplateRefused and LetterRefused."""
    composed = Composer(scope.company, on, [draft]).compose(draft)
    layout = letter_layout(scope.company)
    return press().compile(letter_of(scope.company, composed, draft.medium, layout))


@cache
def press() -> LetterPress:
    """The press of this process."""
    return LetterPress()
