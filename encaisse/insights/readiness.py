"""How far a new company is from its first reminder."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.ledger.models import Customer, LedgerSync
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step of the first day; `code` is company, import, emails, sender or plan."""

    code: str
    label: str
    detail: str
    is_done: bool
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """The steps in order; a company is ready once it could send its first reminder."""

    steps: tuple[FirstStep, ...]

    @property
    def is_ready(self) -> bool:
        """True when all but the last step, the first reminder itself, are done."""
        return all(step.is_done for step in self.steps[:-1])

    @property
    def current(self) -> FirstStep:
        """What to do now."""
        return next((step for step in self.steps if step.is_current), self.steps[-1])


def readiness(company: Company) -> Readiness:
    """Where a company stands; a few cheap queries, one count while customers lack addresses."""
    syncs = LedgerSync.objects.filter(company=company)
    # Customers and contacts alone owe nothing yet.
    has_ledger = syncs.exclude(format__in=("customers", "contacts")).exists()
    customers = Customer.objects.of(company)
    can_write = customers.filter(has_email=True).exists()
    steps = (
        FirstStep("company", _("Société"), company.name, is_done=True),
        FirstStep(
            "import",
            _("Import"),
            _("Les écritures sont là")
            if has_ledger
            else _("Déposez le fichier de votre comptabilité"),
            has_ledger,
        ),
        FirstStep(
            "emails",
            _("Clients"),
            _("Des clients ont une adresse e-mail") if can_write else _emails_missing(company),
            can_write,
        ),
        FirstStep(
            "sender",
            _("Expéditeur"),
            _("Les messages peuvent partir")
            if company.can_send_mail()
            else _("Donnez l’adresse et le serveur d’envoi"),
            company.can_send_mail(),
        ),
        FirstStep(
            "plan",
            _("Relancer"),
            _("Voyez qui relancer, puis envoyez"),
            Reminder.objects.filter(company=company).exists(),
        ),
    )
    return Readiness(_with_current(steps))


def _emails_missing(company: Company) -> str:
    count = Customer.objects.of(company).count()
    if not count:
        return _("Leurs adresses e-mail, après les écritures")
    return _("%(count)d clients sans adresse") % {"count": count}


def _with_current(steps: tuple[FirstStep, ...]) -> tuple[FirstStep, ...]:
    first = next((step.code for step in steps if not step.is_done), "")
    return tuple(
        FirstStep(step.code, step.label, step.detail, step.is_done, step.code == first)
        for step in steps
    )
