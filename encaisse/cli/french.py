"""click's own words in French: its help pages and its refusals of a wrong usage."""

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager

import click
from django.utils.translation import gettext as _

_HEADINGS = {"Options": "Options", "Commands": "Commandes", "Positional arguments": "Arguments"}
_EXTRAS = (
    (re.compile(r"\[required\]$"), "[obligatoire]"),
    (re.compile(r"\[default: (.*)\]$"), r"[par défaut : \1]"),
    (re.compile(r"^Show this message and exit\.$"), "Affiche cette aide."),
)


class FrenchFormatter(click.HelpFormatter):
    """Writes help pages."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows the order of the words."""
        args = args.replace("COMMAND [ARGS]...", "COMMANDE …")
        super().write_usage(prog, args, prefix or "Utilisation : ")

    @contextmanager
    def section(self, name: str) -> Generator[None]:
        """A part of the page, under its heading."""
        self.write_paragraph()
        self.write(f"{_HEADINGS.get(name, name)} :\n")
        self.indent()
        yield
        self.dedent()

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Options or commands, each with what it does."""
        said = [(term, _in_french(text)) for term, text in rows]
        super().write_dl(said, col_max, col_spacing)


class FrenchContext(click.Context):
    """A context whose help pages are French."""

    formatter_class = FrenchFormatter


def speak_french(command: click.Command) -> None:
    """Make a command, and those below it, answer `--help` in French."""
    command.context_class = FrenchContext
    if isinstance(command, click.Group):
        for below in command.commands.values():
            speak_french(below)


def _in_french(text: str) -> str:
    for pattern, french in _EXTRAS:
        text = pattern.sub(french, text)
    return text


def usage_sentence(error: click.UsageError) -> str:
    """A refusal of click's as a French sentence, fit to show to the user."""
    match error:
        case click.NoSuchOption():
            return _("L’option %s n’existe pas.") % error.option_name
        case click.BadOptionUsage():
            return _option_sentence(error)
        case click.MissingParameter():
            return _("Il manque %s.") % _name(error)
        case click.BadParameter():
            return _("%(name)s : valeur refusée (%(why)s).") % {
                "name": _name(error),
                "why": _why(error),
            }
    if found := re.fullmatch(r"No such command '(.*)'\.", error.message):
        return _("« %s » n’est pas une commande.") % found[1]
    if found := re.search(r"unexpected extra arguments? \((.*)\)", error.message):
        return _("Il y a un mot de trop : %s.") % found[1]
    if error.message == "Missing command.":
        return _("Il manque COMMANDE.")
    return error.message


def _option_sentence(error: click.BadOptionUsage) -> str:
    if "does not take" in error.message:
        return _("L’option %s ne prend pas de valeur.") % error.option_name
    return _("L’option %s attend une valeur.") % error.option_name


def _name(error: click.BadParameter) -> str:
    """The parameter as it is typed: `--format`, `FICHIER`."""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    return error.param.make_metavar(error.ctx)


def _why(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return _("choisissez parmi %s") % ", ".join(map(str, kind.choices))
    if isinstance(kind, click.Path):
        return _("ce fichier n’existe pas ou ne convient pas")
    return error.message.rstrip(".")
