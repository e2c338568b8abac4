"""`encaisse demo reset`: the demonstration company as on its first day, dated from today."""

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.cli.output import Refused, answer, json_option, say
from encaisse.cli.startup import mark_running
from encaisse.demo import DemoRefused, reset_demo
from encaisse.tenancy.models import Company


@click.group(help=_("Société de démonstration."))
def demo() -> None:
    """The commands about the demonstration."""


@demo.command(help=_("Remet la société de démonstration à neuf, datée d’aujourd’hui."))
@json_option
def reset(*, as_json: bool) -> None:
    """Erase and rebuild the demonstration; no other company is touched."""
    company = Company.objects.filter(is_demo=True).order_by("id").first()
    if company is None:
        raise Refused(_("Il n’y a pas de société de démonstration."))
    with mark_running():
        say(_("Société de démonstration\u00a0: préparation…"))
        try:
            reset_demo(company, now=timezone.now())
        except DemoRefused as refusal:
            raise Refused(str(refusal)) from refusal
    answer(
        {"slug": company.slug, "name": company.name},
        _("« %(name)s » est remise à neuf.") % {"name": company.name},
        as_json=as_json,
    )
