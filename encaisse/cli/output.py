"""What every command says, and where: results on stdout, messages on stderr."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click
from django.utils.translation import gettext as _

F = TypeVar("F", bound=Callable[..., Any])


class Refused(click.ClickException):
    """The command cannot be done; the message is fit to show to the user. Exit status 1."""


def json_option(function: F) -> F:
    """Add `--json`, given to the command as `as_json`."""
    decorate = click.option("--json", "as_json", is_flag=True, help=_("Répond en JSON."))
    return decorate(function)


def say(message: str) -> None:
    """Tell the user something on the way; not part of the result."""
    click.echo(message, err=True)


def answer(result: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Give the result: the dictionary for programs, the text for people."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
    else:
        click.echo(text)


def why_not(error: OSError) -> str:
    """Why a file cannot be read or written, in French."""
    if isinstance(error, FileNotFoundError):
        return _("il n’existe pas, ou son dossier")
    if isinstance(error, IsADirectoryError):
        return _("c’est un dossier")
    if isinstance(error, PermissionError):
        return _("vous n’en avez pas le droit")
    return error.strerror or str(error)
