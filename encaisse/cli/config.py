"""`encaisse config`: profiles, scenarios, texts and settings as one readable file."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import tomli_w
from django.utils.translation import gettext as _

from encaisse.cli.company import company_of
from encaisse.cli.options import company_option
from encaisse.cli.output import Refused, answer, json_option, why_not
from encaisse.collection.operations.configuration import (
    ConfigurationRefused,
    take_configuration,
)
from encaisse.collection.queries.configuration import configuration
from encaisse.tenancy.journal import COMMAND_LINE


@click.group(help=_("Configuration en un fichier lisible (TOML, ou JSON si le nom finit ainsi)."))
def config() -> None:
    """The commands about configuration files."""


@config.command(help=_("Écrit la configuration de la société dans un fichier."))
@company_option
@click.argument("file", metavar=_("FICHIER"), type=click.Path(path_type=Path))
@json_option
def export(slug: str, file: Path, *, as_json: bool) -> None:
    """Write the file; an existing one is replaced."""
    document = configuration(company_of(slug))
    if is_json(file):
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    else:
        text = tomli_w.dumps(document, multiline_strings=True)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(
            _("Le fichier « %(file)s » ne peut pas être écrit : %(why)s.")
            % {"file": file, "why": why_not(error)}
        ) from error
    counts = {key: len(document[key]) for key in ("profiles", "scenarios", "templates")}
    answer({"file": str(file), **counts}, _("Écrit : %s") % file, as_json=as_json)


@config.command("import", help=_("Reprend la configuration d’un fichier. Tout ou rien."))
@company_option
@click.argument("file", metavar=_("FICHIER"), type=click.Path(path_type=Path))
@json_option
def import_(slug: str, file: Path, *, as_json: bool) -> None:
    """Read the file and take it over."""
    company = company_of(slug)
    try:
        changes = take_configuration(company, _document(file), author=COMMAND_LINE)
    except ConfigurationRefused as refusal:
        raise Refused(str(refusal)) from refusal
    answer(
        {
            "profiles": changes.profiles,
            "scenarios": changes.scenarios,
            "templates": changes.templates,
            "settings": changes.settings,
            "profile_rules": changes.profile_rules,
            "fields": changes.fields,
        },
        _("Changé : %(profiles)s profils, %(scenarios)s scénarios, %(templates)s modèles")
        % {
            "profiles": changes.profiles,
            "scenarios": changes.scenarios,
            "templates": changes.templates,
        },
        as_json=as_json,
    )


def _document(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refused(
            _("Le fichier « %(file)s » ne peut pas être lu : %(why)s.")
            % {"file": file, "why": why_not(error)}
        ) from error
    except UnicodeDecodeError as error:
        raise Refused(_("Le fichier « %s » n’est pas un texte en UTF-8.") % file) from error
    try:
        found = json.loads(text) if is_json(file) else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(
            _("Le fichier « %(file)s » n’est pas du %(language)s bien écrit%(place)s.")
            % {
                "file": file,
                "language": "JSON" if is_json(file) else "TOML",
                "place": _place(error),
            }
        ) from error
    if not isinstance(found, dict):
        raise Refused(_("Ce fichier n’est pas une configuration d’Encaisse."))
    return found


def is_json(file: Path) -> bool:
    """Whether a file is JSON by its name; any other is TOML."""
    return file.suffix.lower() == ".json"


def _place(error: Exception) -> str:
    """« (ligne 3) » when the reader of the file tells it."""
    found = re.search(r"line (\d+)", str(error))
    return _(" (ligne %s)") % found[1] if found else ""
