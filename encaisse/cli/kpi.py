"""`encaisse kpi`: DSO, CEI and lateness, month after month."""

from datetime import date
from decimal import Decimal
from typing import Any

import click
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import company_option, on_option, today_of
from encaisse.cli.output import answer, json_option
from encaisse.core.money import decimal_string
from encaisse.insights.kpi import LENGTH, LENGTHS, MONTHS, key_figures
from encaisse.insights.rules.kpi import Indicators
from encaisse.tenancy.scope import Scope

_AMOUNTS = ("sales", "opening", "receivable", "not_due", "overdue")
# In days, then in percent.
_VALUES = (
    "dso_count_back",
    "dso",
    "best_dso",
    "delinquent_days",
    "late_age",
    "payment_days",
    "payment_days_weighted",
    "payment_delay",
    "payment_delay_weighted",
    "collection_index",
    "late_rate",
    "paid_late",
    "paid_late_weighted",
    "recovered_on_time",
    "recovered_in_grace",
)
_TOLD = ("dso_count_back", "dso", "collection_index", "late_rate", "payment_delay")


@click.command(help=_("Indicateurs : DSO, CEI, retards, à chaque fin de mois."))
@company_option
@on_option
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=MONTHS,
    show_default=True,
    help=_("Combien de mois, jusqu’au dernier terminé."),
)
@click.option(
    "--period",
    type=click.Choice([str(length) for length in LENGTHS]),
    default=str(LENGTH),
    show_default=True,
    help=_("Sur combien de mois chacun est calculé."),
)
@json_option
def kpi(slug: str, on: date | None, months: int, period: str, *, as_json: bool) -> None:
    """The indicators of a company; what cannot be known is null."""
    company = company_of(slug)
    day = on or today_of(company)
    figures = key_figures(Scope(company), on=day, months=months, length=int(period))
    found = [_month(month, figures.currency) for month in figures.months]
    answer(
        {
            "company": slug,
            "on": day.isoformat(),
            "currency": figures.currency,
            "period_months": figures.length,
            "currencies_left_out": list(figures.left_out),
            "months": found,
        },
        _told(found),
        as_json=as_json,
    )


def _month(month: Indicators, currency: str) -> dict[str, Any]:
    amounts: dict[str, int | None] = {key: getattr(month, key) for key in _AMOUNTS}
    values: dict[str, Decimal | None] = {key: getattr(month, key) for key in _VALUES}
    return {
        "end": month.end.isoformat(),
        "period_first": month.first.isoformat(),
        "period_days": month.days,
        **{
            key: None if minor is None else decimal_string(minor, currency)
            for key, minor in amounts.items()
        },
        **{key: None if value is None else str(value) for key, value in values.items()},
        "dso_is_beyond_history": month.counted_back.is_beyond,
    }


def _told(months: list[dict[str, Any]]) -> str:
    words = (
        _("mois"),
        _("DSO par épuisement"),
        _("DSO comptable"),
        _("CEI %"),
        _("taux de retard %"),
        _("retard de paiement"),
    )
    lines = ["\t".join(words)]
    lines += ["\t".join([one["end"], *(one[key] or "–" for key in _TOLD)]) for one in months]
    return "\n".join(lines) if months else _("Pas encore un mois entier d’écritures.")
