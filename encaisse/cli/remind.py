"""`encaisse remind`: do today's actions, here and now."""

from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import company_option, today_of
from encaisse.cli.output import Refused, answer, json_option
from encaisse.cli.planning import PlanTeller, told
from encaisse.collection.models import Step
from encaisse.collection.operations.deliver import DeliveryRun, DeliveryStopped
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.prepare import (
    Moment,
    PreparationRefused,
    Prepared,
    Selection,
    prepare_reminders,
)
from encaisse.collection.operations.print_letters import merge_printed, print_waiting_letters
from encaisse.collection.queries.plan import plan_of_day
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

_PRINTED = {Step.Medium.LETTER, Step.Medium.REGISTERED_LETTER}


@click.command(help=_("Fait les actions du jour : envoie les e-mails, imprime les courriers."))
@company_option
@click.option(
    "--medium",
    "media",
    type=click.Choice(Step.Medium.values),
    multiple=True,
    help=_("Ce média seulement ; répétez l’option pour plusieurs."),
)
@click.option("--dry-run", is_flag=True, help=_("Montre ce qui partirait, sans rien faire."))
@json_option
def remind(slug: str, media: tuple[str, ...], *, dry_run: bool, as_json: bool) -> None:
    """Prepare and send. Run twice, the second finds everything done."""
    company = company_of(slug)
    selection = Selection(media=frozenset(media) or None)
    if dry_run:
        _show(company, selection, as_json=as_json)
        return
    if not company.can_send_mail() and (not media or "email" in media):
        raise Refused(
            _("Aucun expéditeur : indiquez le serveur SMTP et l’adresse dans Configurer.")
        )
    moment = Moment(today_of(company), timezone.now())
    try:
        prepared = prepare_reminders(
            Scope(company), moment, author=COMMAND_LINE, selection=selection
        )
    except PreparationRefused as refusal:
        raise Refused(str(refusal)) from refusal
    result = _done(company, prepared, selection)
    if "error" in result:
        if as_json:
            answer(result, "", as_json=True)
        raise Refused(str(result["error"]))
    answer(result, _told(result), as_json=as_json)


def _show(company: Company, selection: Selection, *, as_json: bool) -> None:
    plan = plan_of_day(Scope(company), today_of(company), now=timezone.now())
    plan.actions = [action for action in plan.actions if selection.takes(action)]
    actions = PlanTeller(company).actions(plan)
    answer(
        {"dry_run": True, "prepared": len(actions), "actions": actions},
        told(plan, actions) or _("Rien à faire aujourd’hui."),
        as_json=as_json,
    )


def _done(company: Company, prepared: Prepared, selection: Selection) -> dict[str, Any]:
    media = selection.media or frozenset(Step.Medium.values)
    result: dict[str, Any] = {
        "dry_run": False,
        "prepared": prepared.count,
        "already": prepared.already,
        "by_medium": prepared.by_medium(),
    }
    run = DeliveryRun(company, open_session)
    try:
        if Step.Medium.EMAIL in media:
            run.run()
    except DeliveryStopped as stopped:
        result["error"] = str(stopped)
    delivered = run.result
    result |= {
        "sent": delivered.sent,
        "failed": delivered.failed,
        "unknown": delivered.unknown,
        "postponed": delivered.postponed,
        "cancelled": delivered.cancelled,
    }
    files = print_waiting_letters(company) if media & _PRINTED else []
    name = f"{timezone.now():%Y%m%d-%H%M%S}"
    result["letters"] = len(files)
    result["file"] = str(merge_printed(company, files, name)) if files else ""
    return result


def _told(result: dict[str, Any]) -> str:
    return _(
        "%(prepared)s nouvelles actions, %(already)s clients déjà en cours. "
        "E-mails : %(sent)s envoyés, %(failed)s refusés, %(unknown)s à vérifier. "
        "Courriers imprimés : %(letters)s %(file)s"
    ) % {key: value for key, value in result.items() if key != "by_medium"}
