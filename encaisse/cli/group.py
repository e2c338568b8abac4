"""The group behind `encaisse`: commands load on demand, and every refusal is a French sentence.

Exit status: 0 done, 1 refused or failed, 2 wrong usage or wrong configuration.
Results go to stdout, everything said on the way to stderr.
"""

import sys
from importlib import import_module
from typing import Any, NoReturn

import click
import django
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from encaisse.cli.french import FrenchContext, speak_french, usage_sentence


class LazyGroup(click.Group):
    """A click group that sets Django up, then imports only the command that was asked for."""

    context_class = FrenchContext

    def __init__(self, *, commands_by_name: dict[str, str], **options: Any) -> None:
        super().__init__(**options)
        self._commands_by_name = commands_by_name

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which they were declared."""
        return list(self._commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None when there is none.

        Raises Misconfigured when the environment is wrong.
        """
        if cmd_name not in self._commands_by_name:
            return None
        try:
            django.setup()
        except ImproperlyConfigured as problem:
            raise Misconfigured(str(problem)) from problem
        module, name = self._commands_by_name[cmd_name].rsplit(".", 1)
        command: click.Command = getattr(import_module(module), name)
        speak_french(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named by the first word.

        Raises UsageError when there is none of that name.
        """
        if args[0] not in self._commands_by_name:
            ctx.fail(f"« {args[0]} » n’est pas une commande.")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run, and turn click's English refusals into French sentences on stderr."""
        options["standalone_mode"] = False
        try:
            status = super().main(*args, **options)
        except click.exceptions.NoArgsIsHelpError as error:
            _say(error.message)
            sys.exit(error.exit_code)
        except click.UsageError as error:
            _say(f"{usage_sentence(error)} (encaisse {_path(error)}--help)")
            sys.exit(error.exit_code)
        except click.ClickException as error:
            _say(error.format_message())
            sys.exit(error.exit_code)
        except OperationalError as error:
            _say(f"La base de données ne répond pas comme il faut : {error}")
            sys.exit(1)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(130)
        sys.exit(status if isinstance(status, int) else 0)


class Misconfigured(click.ClickException):
    """A variable of the environment is wrong; the message names it."""

    exit_code = 2


def _say(message: str) -> None:
    click.echo(message, err=True)


def _path(error: click.UsageError) -> str:
    words = error.ctx.command_path.split()[1:] if error.ctx else []
    return "".join(f"{word} " for word in words)
