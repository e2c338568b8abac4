"""`encaisse rates`: the exchange rates of a company."""

from datetime import date
from pathlib import Path

import click
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import company_option, on_option, today_of
from encaisse.cli.output import Refused, answer, json_option, say, why_not
from encaisse.connectors.rates.importing import import_rates
from encaisse.connectors.refusal import FileRefused
from encaisse.core.money import decimal_string
from encaisse.ledger.queries.rates import KnownRate, known_rates
from encaisse.tenancy.journal import COMMAND_LINE


@click.group(help=_("Cours des devises : importer, lister."))
def rates() -> None:
    """The commands about exchange rates."""


@rates.command("import", help=_("Importe des cours : tableau CSV ou Excel, ou fichier de la BCE."))
@company_option
@click.argument("file", metavar=_("FICHIER"), type=click.Path(path_type=Path))
@json_option
def import_file(slug: str, file: Path, *, as_json: bool) -> None:
    """Keep the rates of a file; again, nothing changes."""
    company = company_of(slug)
    try:
        found = import_rates(
            company, file, name=file.name, today=today_of(company), author=COMMAND_LINE
        )
    except FileRefused as refusal:
        raise Refused(str(refusal)) from refusal
    except OSError as error:
        raise Refused(f"{file} : {why_not(error)}") from error
    for one in found.set_aside:
        say(_("ligne %(line)d : %(reason)s") % {"line": one.line, "reason": one.reason})
    text = _("%(added)d cours ajoutés, %(changed)d changés, %(same)d déjà connus") % {
        "added": found.written.added,
        "changed": found.written.changed,
        "same": found.written.same,
    }
    answer({"company": slug, **found.as_json()}, text, as_json=as_json)


@rates.command("list", help=_("Dernier cours connu de chaque devise, et ce qui est ouvert."))
@company_option
@on_option
@json_option
def list_rates(slug: str, on: date | None, *, as_json: bool) -> None:
    """The other currencies of a company with their last rates."""
    company = company_of(slug)
    day, base = on or today_of(company), company.base_currency
    rows = [_row(known, base) for known in known_rates(company, on=day)]
    lines = [
        "\t".join([row["currency"], row["rate"] or "–", row["day"] or "–", row["open"]])
        for row in rows
    ]
    answer(
        {"company": slug, "on": day.isoformat(), "base": base, "currencies": rows},
        "\n".join(lines) or _("Tout est en %(currency)s.") % {"currency": base},
        as_json=as_json,
    )


def _row(known: KnownRate, base: str) -> dict[str, str]:
    """A currency for programs: its rate for one unit of the base currency; empty if unknown."""
    last = known.last
    return {
        "currency": known.currency,
        "rate": f"{last.rate.value:f}" if last else "",
        "day": last.day.isoformat() if last else "",
        "source": str(last.source) if last else "",
        "open": decimal_string(known.balance, known.currency),
        "converted": decimal_string(known.converted, base) if last else "",
    }
