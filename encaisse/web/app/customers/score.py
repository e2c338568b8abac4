"""« Comment il paie »: a customer's score and every payment behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from encaisse.insights.payments import Paid, Payment, PaymentRecord, overdue_now
from encaisse.insights.rules.score import BANDS, WORST, Score
from encaisse.ledger.models import Customer
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.picture import lateness, tone_of

TWO_YEARS = "24mois"
# Beyond, nobody reads; the totals are over all of them.
_MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment as the page lists it."""

    payment: Payment

    @property
    def lateness(self) -> str:
        """How late, in words."""
        return lateness(self.payment.days)

    @property
    def tone(self) -> str:
        """The colour of it."""
        return tone_of(self.payment.days)


@dataclass(frozen=True)
class ScorePage:
    """The payments of the fiscal year, or of two years with `is_long`."""

    record: PaymentRecord
    is_long: bool

    @property
    def score(self) -> Score | None:
        """The score of the fiscal year."""
        return self.record.score

    @cached_property
    def lines(self) -> list[PaymentLine]:
        """The latest payments."""
        return [PaymentLine(payment) for payment in self._payments[:_MOST_LINES]]

    @property
    def is_cut(self) -> bool:
        """True when older payments are not listed."""
        return len(self._payments) > _MOST_LINES

    @cached_property
    def totals(self) -> list[Paid]:
        """The payments summed by currency."""
        return self.record.totals(self._payments)

    @cached_property
    def overdue(self) -> list[tuple[str, int]]:
        """What is open and overdue, beside the score and not mixed with it."""
        return sorted(overdue_now(self.record.customer, on=self.record.on).items())

    @property
    def average(self) -> str:
        """The average lateness, in days with one decimal."""
        return average_text(self.record.score) if self.record.score else ""

    @property
    def bands(self) -> list[tuple[str, str]]:
        """Each grade and what it means."""
        told = [(letter, _("%(days)d jours au plus") % {"days": most}) for letter, most in BANDS]
        return [*told, (WORST, _("plus de %(days)d jours") % {"days": BANDS[-1][1]})]

    @property
    def _payments(self) -> Sequence[Payment]:
        return self.record.payments if self.is_long else self.record.of_the_year


def average_text(score: Score) -> str:
    """`12,4`."""
    return number_format(score.tenths / 10, 1)


@require_safe
@member_can("ledger.view")
def score(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The score with its figures: a page, or a dialog for htmx."""
    customer: Customer = customer_of(request, customer_id)
    is_long = request.GET.get("periode") == TWO_YEARS
    page = ScorePage(PaymentRecord(customer, request.today), is_long)
    template = "customers/_score_dialog.html" if request.htmx else "customers/score.html"
    response = render(request, template, {"page": page, "customer": customer})
    patch_vary_headers(response, ("HX-Request",))
    return response
