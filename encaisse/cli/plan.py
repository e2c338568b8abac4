"""`encaisse plan` and `encaisse simulate`: what is due, and what would have been sent."""

import json
from datetime import date

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import Day, company_option, on_option, today_of
from encaisse.cli.output import Refused, answer, json_option
from encaisse.cli.planning import PlanTeller, told
from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.queries.simulation import simulate as simulated
from encaisse.tenancy.scope import Scope


@click.command(help=_("Le plan d’un jour : qui relancer, et pourquoi les autres ne le sont pas."))
@company_option
@on_option
@json_option
def plan(slug: str, on: date | None, *, as_json: bool) -> None:
    """The plan of a day, with a reason for every open entry left out. Writes nothing."""
    company = company_of(slug)
    today = today_of(company)
    day = on or today
    now = timezone.now() if day == today else None
    found = plan_of_day(Scope(company), day, now=now, explain=True)
    teller = PlanTeller(company)
    actions = teller.actions(found)
    answer(
        {"on": day.isoformat(), "actions": actions, "left_out": teller.left_out(found)},
        told(found, actions) or _("Rien à faire ce jour-là."),
        as_json=as_json,
    )


@click.command(help=_("Ce que les scénarios enverraient sur une période. N’écrit rien."))
@company_option
@click.option("--from", "start", type=Day(), required=True, help=_("Premier jour."))
@click.option("--to", "end", type=Day(), required=True, help=_("Dernier jour, compris."))
@click.option(
    "--every",
    type=click.Choice(["day", "week", "month-end"]),
    default="day",
    show_default=True,
    help=_("Jours d’envoi : ouvrés, premier de la semaine, dernier du mois."),
)
@json_option
def simulate(slug: str, start: date, end: date, every: str, *, as_json: bool) -> None:
    """The actions of a period, each with its day."""
    if end < start:
        raise Refused(_("La date de fin précède la date de début."))
    company = company_of(slug)
    teller = PlanTeller(company)
    actions = []
    for found in simulated(Scope(company), start, end, every=every):
        rows = teller.actions(found)
        if as_json:
            actions += [{"on": found.on.isoformat(), **row} for row in rows]
        elif rows:
            click.echo(told(found, rows))
    if as_json:
        result = {"from": start.isoformat(), "to": end.isoformat(), "actions": actions}
        click.echo(json.dumps(result, ensure_ascii=False))
