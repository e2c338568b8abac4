"""The `encaisse` command: one module a command, loaded when it is called."""

import os

from encaisse.cli.group import LazyGroup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "encaisse.settings")

# Name of the command → dotted name of its click command.
COMMANDS = {
    "company": "encaisse.cli.company.company",
    "import": "encaisse.cli.import_.import_",
    "aging": "encaisse.cli.aging.aging",
    "kpi": "encaisse.cli.kpi.kpi",
    "rates": "encaisse.cli.rates.rates",
    "plan": "encaisse.cli.plan.plan",
    "simulate": "encaisse.cli.plan.simulate",
    "remind": "encaisse.cli.remind.remind",
    "config": "encaisse.cli.config.config",
    "token": "encaisse.cli.token.token",
    "serve": "encaisse.cli.serve.serve",
    "web": "encaisse.cli.web.web",
    "worker": "encaisse.cli.worker.worker",
    "backup": "encaisse.cli.backup.backup",
    "demo": "encaisse.cli.demo.demo",
}

main = LazyGroup(
    name="encaisse",
    commands_by_name=COMMANDS,
    help="Encaisse : qui doit combien, qui relancer, comment, et la preuve de tout.",
)
