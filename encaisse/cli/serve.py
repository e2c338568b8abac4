"""`encaisse serve`: everything on one machine, under one supervisor."""

from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from encaisse.cli.output import answer, json_option, say
from encaisse.cli.startup import check_port, mark_running, prepare
from encaisse.cli.supervisor import Child, Supervisor


@click.command(help=_("Met la base à jour, puis lance le site et le travail de fond."))
@click.option("--demo", is_flag=True, help=_("Crée la société de démonstration s’il n’y en a pas."))
@json_option
def serve(*, demo: bool, as_json: bool) -> int:
    """Serve until SIGTERM or Ctrl-C; the result, the address and the login, is said once ready."""
    check_port()
    with mark_running():
        prepare()
        login = ensure_demonstration() if demo else {}
        workers = [Child(f"worker-{n}", ["worker"]) for n in range(1, settings.WORKERS + 1)]
        supervisor = Supervisor([Child("web", ["web"]), *workers])
        status = supervisor.run(
            is_ready=web_answers, on_ready=lambda: announce(login, as_json=as_json)
        )
    say(_("Encaisse est arrêté."))
    return status


def ensure_demonstration() -> dict[str, str]:
    """The e-mail and password of the demonstration, or nothing when there is none to show."""
    try:
        ensure_demo = import_string("encaisse.demo.ensure_demo")
    except ImportError:
        say(_("Société de démonstration : pas encore disponible."))
        return {}
    say(_("Société de démonstration : préparation…"))
    return ensure_demo() or {}


def web_answers() -> bool:
    """True when the web answers a request, whatever it answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    connection = HTTPConnection(host, settings.PORT, timeout=2)
    try:
        headers = {"Host": urlsplit(settings.SITE_URL).netloc}
        connection.request("HEAD", settings.LOGIN_URL, headers=headers)
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def announce(login: dict[str, str], *, as_json: bool) -> None:
    """Say where the site is, and how to get into the demonstration."""
    lines = [_("Encaisse est prêt : %(url)s") % {"url": settings.SITE_URL}]
    if login:
        lines.append(_("Adresse e-mail : %(email)s") % login)
        lines.append(_("Mot de passe : %(password)s") % login)
    answer({"url": settings.SITE_URL, **login}, "\n".join(lines), as_json=as_json)
