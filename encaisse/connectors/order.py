"""What is asked of an import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from encaisse.connectors.refusal import FileRefused
from encaisse.core.wording import told
from encaisse.ledger.rules.terms import PaymentTerms, TermsError, parse_terms
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """A file for a company. `terms` replaces the company's default payment terms when given;
    `mapping` says which column holds which field, instead of a guess.
    """

    company: Company
    format: str
    path: Path
    file_name: str
    now: datetime
    author: Author
    terms: str = ""
    mapping: Mapping[str, int | None] | None = None
    progress: Callable[[int, int], None] | None = None

    @property
    def payment_terms(self) -> PaymentTerms | None:
        """The terms asked for; None for the company's own. Raises FileRefused."""
        if not self.terms:
            return None
        try:
            return parse_terms(self.terms)
        except TermsError as error:
            raise FileRefused(told(error, _)) from error
