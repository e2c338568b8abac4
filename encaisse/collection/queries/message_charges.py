"""What late payment costs, and where to pay: what messages say of it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from encaisse.core.money import NO_BREAK, decimal_string, format_amount
from encaisse.ledger.rules.charges import (
    ECB_RATES,
    RECOVERY_SUM_MINOR,
    Debt,
    LateRate,
    RateUnknown,
    interest_a_day,
    interest_of,
)
from encaisse.messaging.rules.content import EntryRow
from encaisse.tenancy.models import Company

_CLAIMED = ("penalites", "penalite_jour", "taux_penalite", "indemnites")


def known_rates(company: Company) -> dict[str, Decimal]:
    """The ECB's rates by half-year: those of the product, and what the company typed instead."""
    typed = {half: Decimal(rate) for half, rate in company.ecb_rates.items()}
    return {**ECB_RATES, **typed}


def late_rate(company: Company) -> LateRate | None:
    """The rate that the company claims; None when it claims nothing."""
    if company.penalty_mode == Company.Penalty.AGREED and company.penalty_rate is not None:
        return LateRate(fixed=company.penalty_rate)
    if company.penalty_mode == Company.Penalty.LEGAL:
        return LateRate(known=known_rates(company))
    return None


class Charges:
    """The charges of a company's messages, as of a day."""

    def __init__(self, company: Company, on: date) -> None:
        self._on = on
        self._rate = late_rate(company)

    def values(
        self,
        currency: str,
        rows: Sequence[EntryRow],
        language: str,
        *,
        total: int,
        is_business: bool,
    ) -> dict[str, str | bool | None]:
        """What a message may say of the invoices that it claims; nothing is claimed of a consumer,
        in another currency than the euro, or while the rate of a half-year is not known.

        `total`: what is claimed, net of credits. Interest is counted on what is unpaid today: what
        was paid late is let off.
        """
        late = [row for row in rows if row.days_late and row.remaining_minor > 0]
        debts = [Debt(row.remaining_minor, row.due_date) for row in late if row.due_date]

        def shown(minor: int) -> str:
            return format_amount(minor, currency, language)

        claimed = self._claimed(debts) if is_business and currency == "EUR" else None
        if claimed is None:
            return {
                **dict.fromkeys(_CLAIMED),
                "b2b": is_business,
                "penalites_actives": False,
                "total_general": shown(total),
            }
        interest, a_day, rate = claimed
        sums = RECOVERY_SUM_MINOR * len(debts)
        return {
            "b2b": True,
            "penalites_actives": True,
            "penalites": shown(interest),
            "penalite_jour": shown(a_day),
            "taux_penalite": _percent(rate, language),
            "indemnites": shown(sums),
            "total_general": shown(total + interest + sums),
        }

    def _claimed(self, debts: Sequence[Debt]) -> tuple[int, int, Decimal] | None:
        if self._rate is None or not debts:
            return None
        try:
            interest = interest_of(debts, self._on, self._rate)
            return interest, interest_a_day(debts, self._on, self._rate), self._rate.on(self._on)
        except RateUnknown:
            return None


def payment_link(
    company: Company, *, amount_minor: int, currency: str, reference: str, code: str
) -> str | None:
    """The company's payment page for what a message claims; None when it has none."""
    if not company.payment_url:
        return None
    known = {
        "{montant}": decimal_string(amount_minor, currency),
        "{reference}": reference,
        "{client}": code,
    }
    url = company.payment_url
    for mark, value in known.items():
        url = url.replace(mark, quote(value, safe=""))
    return url


def _percent(rate: Decimal, language: str) -> str:
    text = f"{rate:.2f}"
    return f"{text.replace('.', ',')}{NO_BREAK}%" if language == "fr" else f"{text}%"
