"""`encaisse company`: make companies and their people, list them."""

from zoneinfo import available_timezones

import click
from babel.numbers import is_currency
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.cli.output import Refused, answer, json_option
from encaisse.cli.startup import ensure_schema
from encaisse.collection.operations.setup import install_defaults
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Membership
from encaisse.tenancy.operations import CompanyRefused, add_member, create_company


@click.group(help=_("Sociétés : créer, lister, donner accès."))
def company() -> None:
    """The commands about companies."""


@company.command(help=_("Crée une société, avec ses profils, scénarios et modèles par défaut."))
@click.argument("slug")
@click.option("--name", required=True, metavar=_("NOM"), help=_("Raison sociale."))
@click.option(
    "--currency", default="EUR", show_default=True, metavar="CODE", help=_("Devise (ISO 4217).")
)
@click.option(
    "--timezone",
    default="Europe/Paris",
    show_default=True,
    metavar=_("ZONE"),
    help=_("Fuseau horaire."),
)
@json_option
def create(slug: str, name: str, currency: str, timezone: str, *, as_json: bool) -> None:
    """Make a company, all of it or nothing."""
    ensure_schema()
    try:
        with transaction.atomic():
            made = create_company(
                name=_named(name),
                slug=slug,
                author=COMMAND_LINE,
                base_currency=_currency(currency),
                timezone=_timezone(timezone),
            )
            install_defaults(made)
    except CompanyRefused as refusal:
        raise Refused(str(refusal)) from refusal
    answer(
        {"slug": made.slug, "name": made.name, "currency": made.base_currency},
        _("Société « %(name)s » créée : %(slug)s") % {"name": made.name, "slug": made.slug},
        as_json=as_json,
    )


@company.command("list", help=_("Liste les sociétés."))
@json_option
def list_companies(*, as_json: bool) -> None:
    """All the companies."""
    ensure_schema()
    rows = [
        {"slug": row.slug, "name": row.name, "currency": row.base_currency, "demo": row.is_demo}
        for row in Company.objects.order_by("slug")
    ]
    text = "\n".join(f"{row['slug']}\t{row['name']}" for row in rows)
    answer({"companies": rows}, text, as_json=as_json)


@company.command("add-user", help=_("Donne à une personne un rôle dans une société."))
@click.argument("slug")
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Membership.Role.values]),
    default="administrator",
    show_default=True,
    help=_("Voit, agit ou configure."),
)
@click.option(
    "--password",
    metavar=_("TEXTE"),
    help=_("Mot de passe (12 signes) ; demandé s’il n’est pas donné."),
)
@click.option(
    "--sales-rep",
    "sales_reps",
    multiple=True,
    metavar=_("NOM"),
    help=_("Limite à ce commercial ; répétez l’option pour plusieurs."),
)
@json_option
def add_user(
    slug: str,
    email: str,
    role: str,
    password: str | None,
    sales_reps: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Give access."""
    company = company_of(slug)
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise Refused(_("« %s » n’est pas une adresse e-mail.") % email) from error
    password = password or _asked_password()
    if len(password) < 12:
        raise Refused(_("Le mot de passe doit compter 12 signes au moins."))
    member = add_member(
        company,
        email=email,
        role=role,
        author=COMMAND_LINE,
        password=password,
        portfolio=list(sales_reps) or None,
    )
    answer(
        {"email": member.user.email, "role": member.role, "company": slug},
        _("%(email)s : %(role)s de %(slug)s") % {"email": email, "role": role, "slug": slug},
        as_json=as_json,
    )


def _asked_password() -> str:
    """The password, asked for on the terminal; stdout is kept for the result."""
    try:
        answered: str = click.prompt(_("Mot de passe"), hide_input=True, err=True)
    except click.Abort:
        raise Refused(_("Donnez le mot de passe avec --password.")) from None
    return answered


def company_of(slug: str) -> Company:
    """The company of that short name. Raises Refused."""
    ensure_schema()
    found = Company.objects.filter(slug=slug).first()
    if found is None:
        raise Refused(
            _("Il n’y a pas de société « %(slug)s » : voyez « encaisse company list ».")
            % {"slug": slug}
        )
    return found


def _named(name: str) -> str:
    most = Company._meta.get_field("name").max_length or 0
    if not 0 < len(name.strip()) <= most:
        raise Refused(_("La raison sociale compte de 1 à %s signes.") % most)
    return name


def _currency(code: str) -> str:
    if not is_currency(code.upper(), "fr"):
        raise Refused(_("« %s » n’est pas une devise : écrivez trois lettres, comme EUR.") % code)
    return code.upper()


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise Refused(_("« %s » n’est pas un fuseau horaire connu.") % name)
    return name
