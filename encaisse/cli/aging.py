"""`encaisse aging`: the aged balance."""

from datetime import date
from typing import Any

import click
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import company_option, on_option, today_of
from encaisse.cli.output import Refused, answer, json_option
from encaisse.collection.queries.levels import customer_levels
from encaisse.core.ageing import BoundsRefused, parse_bounds
from encaisse.core.money import decimal_string
from encaisse.core.wording import told
from encaisse.insights.aging import AgedBalance, AgedRow, Amounts
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.tenancy.scope import Scope

# Creditors too: the balance is the accounting's, to the cent.
EVERYBODY = Criteria(accounts=Accounts.ALL)


@click.command(help=_("Balance âgée : qui doit combien, depuis quand."))
@company_option
@on_option
@click.option(
    "--buckets",
    default=None,
    metavar=_("JOURS"),
    help=_("Bornes des tranches de retard, celles de la société par défaut : 30,60."),
)
@json_option
def aging(slug: str, on: date | None, buckets: str | None, *, as_json: bool) -> None:
    """The aged balance of a company, by currency and by customer."""
    company = company_of(slug)
    day = on or today_of(company)
    try:
        bounds = company.bounds if buckets is None else parse_bounds(buckets)
    except BoundsRefused as refusal:
        raise Refused(told(refusal, _)) from refusal
    balance = AgedBalance(Scope(company), day, bounds)
    names = bucket_names(bounds)
    levels = customer_levels(company)
    currencies: dict[str, dict[str, Any]] = {
        total.currency: _figures(total.amounts, names, total.currency) | {"customers": []}
        for total in balance.totals(EVERYBODY)
    }
    for row in balance.rows(EVERYBODY):
        currencies[row.currency]["customers"].append(_customer(row, names, levels))
    answer(
        {"company": slug, "on": day.isoformat(), "currencies": currencies},
        _told(currencies, names),
        as_json=as_json,
    )


def bucket_names(bounds: tuple[int, ...]) -> list[str]:
    """`1-30`, `31-60`, `61+` for the bounds 30 and 60."""
    starts = [1, *(bound + 1 for bound in bounds)]
    closed = [f"{start}-{bound}" for start, bound in zip(starts, bounds, strict=False)]
    return [*closed, f"{starts[-1]}+"]


def _figures(amounts: Amounts, names: list[str], currency: str) -> dict[str, Any]:
    def money(minor: int) -> str:
        return decimal_string(minor, currency)

    return {
        "not_due": money(amounts.not_due),
        "buckets": {name: money(late) for name, late in zip(names, amounts.late, strict=True)},
        "credits": money(amounts.credits),
        "balance": money(amounts.balance),
        "overdue": money(amounts.overdue),
    }


def _customer(row: AgedRow, names: list[str], levels: dict[int, int]) -> dict[str, Any]:
    return {
        "code": row.account_code,
        "name": row.name,
        **_figures(row.amounts, names, row.currency),
        "level": levels.get(row.customer_id, 0),
    }


def _told(currencies: dict[str, dict[str, Any]], names: list[str]) -> str:
    lines = []
    for currency, figures in currencies.items():
        lines.append("\t".join([currency, _("à venir"), *names, _("avoirs"), _("solde")]))
        for row in (*figures["customers"], {"name": _("Total"), **figures}):
            late = [row["buckets"][name] for name in names]
            lines.append("\t".join([row["name"], row["not_due"], *late, row["credits"],
                                    row["balance"]]))  # fmt: skip
    return "\n".join(lines) or _("Personne ne doit rien.")
