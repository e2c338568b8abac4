"""`encaisse import`: a file of the accounting software into the ledger."""

from pathlib import Path

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import company_option
from encaisse.cli.output import Refused, answer, json_option
from encaisse.connectors.importing import FORMATS, ImportOrder, run_import
from encaisse.connectors.invoices.importing import import_invoices
from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.result import ImportResult
from encaisse.core.money import format_amount
from encaisse.ledger.operations.invoice_files import reason_words
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company

INVOICES = "invoices"


class _Import(click.Command):
    """Takes `import invoices DOSSIER` for `import --format invoices DOSSIER`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments as the options have them."""
        short = args[:1] == [INVOICES]
        return super().parse_args(ctx, ["--format", *args] if short else args)


@click.command(
    "import", cls=_Import, help=_("Importe un fichier ; deux fois le même : rien ne change.")
)
@company_option
@click.option(
    "--format",
    "kind",
    type=click.Choice([*FORMATS, INVOICES]),
    required=True,
    help=_(
        "Ce que le fichier contient : FEC, clients, contacts, écritures, ou les PDF des factures "
        "(un dossier, un ZIP ou un PDF)."
    ),
)
@click.option("--dry-run", is_flag=True, help=_("Montre ce qui changerait, sans rien écrire."))
@click.option(
    "--terms",
    default="",
    metavar=_("CONDITIONS"),
    help=_("Échéance des pièces qui n’en ont pas, par exemple « 30 jours fin de mois »."),
)
@click.argument("file", metavar=_("FICHIER"), type=click.Path(path_type=Path))
@json_option
def import_(slug: str, kind: str, terms: str, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Import a file."""
    company = company_of(slug)
    if kind == INVOICES:
        _invoices(company, file, dry_run=dry_run, as_json=as_json)
        return
    if not file.is_file():
        raise Refused(_("Le fichier « %s » n’existe pas.") % file)
    order = ImportOrder(
        company=company,
        format=kind,
        path=file,
        file_name=file.name,
        now=timezone.now(),
        author=COMMAND_LINE,
        terms=terms,
    )
    try:
        result = run_import(order, write=not dry_run)
    except FileRefused as refusal:
        raise Refused(str(refusal)) from refusal
    answer(result.as_json() | {"dry_run": dry_run}, _told(result), as_json=as_json)


def _invoices(company: Company, path: Path, *, dry_run: bool, as_json: bool) -> None:
    if dry_run:
        raise Refused(_("--dry-run ne s’applique pas aux factures : deux fois, rien ne change."))
    if not path.exists():
        raise Refused(_("Le fichier « %s » n’existe pas.") % path)
    result = import_invoices(company, [(path, path.name)], author=COMMAND_LINE, now=timezone.now())
    if result.refused and not result.files:
        raise Refused(result.refused[0][1])
    lines = [
        _("%(bound)s factures rattachées (%(replaced)s remplacées), %(already)s déjà connues")
        % {"bound": result.bound, "replaced": result.replaced, "already": result.already},
        *(f"  {name} : {reason_words(why)}" for name, why in result.left),
        *(f"  {name} : {why}" for name, why in result.refused),
    ]
    answer(result.as_json(), "\n".join(lines), as_json=as_json)


def _told(result: ImportResult) -> str:
    def money(minor: int) -> str:
        return format_amount(minor, result.currency)

    lines = [
        _("%(accepted)s lignes retenues sur %(rows)s, %(aside)s mises de côté")
        % {"accepted": result.accepted, "rows": result.rows, "aside": result.set_aside_count},
        _("%(customers)s clients, %(open)s écritures ouvertes, solde %(balance)s")
        % {
            "customers": result.customers,
            "open": result.open_entries,
            "balance": money(result.open_base_minor),
        },
        _("%(added)s ajoutées, %(updated)s modifiées, %(removed)s retirées")
        % {"added": result.added, "updated": result.updated, "removed": result.removed},
    ]
    if result.control_minor is not None:
        verdict = _("identique") if result.agrees else _("DIFFÉRENT")
        lines.append(
            _("Solde de la comptabilité : %(control)s (%(verdict)s)")
            % {"control": money(result.control_minor), "verdict": verdict}
        )
    lines += result.warnings
    lines += [f"  {row.line} : {row.reason}" for row in result.set_aside[:20]]
    return "\n".join(lines)
