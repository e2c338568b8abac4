"""How far a new company is from its first reminder: the steps of « Démarrer »."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    Reminder,
    ScenarioVersion,
    Step,
)
from encaisse.insights.scenarios import when_words
from encaisse.ledger.models import Customer, LedgerSync
from encaisse.tenancy.models import Company
from encaisse.tenancy.start import CONFIRMABLE

State = Literal["done", "check", "todo"]


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step; `code` is company, import, emails, profiles, scenario, sender or plan.

    « check »: it works as it came, but nobody has looked at it yet; nothing waits for it.
    """

    code: str
    label: str
    detail: str
    state: State
    is_current: bool = False

    @property
    def is_done(self) -> bool:
        """Nothing is left to do here."""
        return self.state == "done"

    @property
    def can_be_confirmed(self) -> bool:
        """Somebody may say that it is right as it is."""
        return self.state == "check" and self.code in CONFIRMABLE


@dataclass(frozen=True, slots=True)
class Readiness:
    """The steps in order; a company is ready once it could send its first reminder."""

    steps: tuple[FirstStep, ...]

    @property
    def is_ready(self) -> bool:
        """True when nothing stands before the last step, the first reminder itself."""
        return all(step.state != "todo" for step in self.steps[:-1])

    @property
    def is_over(self) -> bool:
        """True when the first reminder has been decided."""
        return self.steps[-1].is_done

    @property
    def current(self) -> FirstStep:
        """What to do now."""
        return next((step for step in self.steps if step.is_current), self.steps[-1])

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def left(self) -> int:
        """How many steps are not."""
        return len(self.steps) - self.done


def has_reminded(company: Company) -> bool:
    """True when a first reminder was decided, and not taken back: the first steps are over."""
    cancelled = Reminder.Status.CANCELLED
    return Reminder.objects.filter(company=company).exclude(status=cancelled).exists()


def readiness(company: Company) -> Readiness:
    """Where a company stands; a few cheap queries, one count while customers lack addresses."""
    steps = (
        _company(company),
        _import(company),
        _emails(company),
        _profiles(company),
        _scenario(company),
        _sender(company),
        _plan(company),
    )
    return Readiness(_with_current([_confirmed(company, step) for step in steps]))


def _confirmed(company: Company, step: FirstStep) -> FirstStep:
    """A step that somebody found right as it came is done."""
    is_right = step.can_be_confirmed and step.code in company.start_confirmed
    return replace(step, state="done") if is_right else step


def _company(company: Company) -> FirstStep:
    """The mentions that all correspondence must bear, and where to pay."""
    missing = [
        label
        for label, value in (
            (_("adresse"), company.city and company.address),
            ("SIREN", company.siren or company.country != "FR"),
            ("IBAN", company.iban),
        )
        if not value
    ]
    if missing:
        detail = _("À compléter : %(what)s") % {"what": ", ".join(missing)}
        return FirstStep("company", _("Société"), detail, "check")
    return FirstStep("company", _("Société"), company.name, "done")


def _import(company: Company) -> FirstStep:
    syncs = LedgerSync.objects.filter(company=company)
    # Customers and contacts alone owe nothing yet.
    if syncs.exclude(format__in=LedgerSync.ABOUT_PEOPLE).exists():
        return FirstStep("import", _("Import"), _("Les écritures sont là"), "done")
    detail = _("Déposez le fichier de votre comptabilité")
    return FirstStep("import", _("Import"), detail, "todo")


def _emails(company: Company) -> FirstStep:
    customers = Customer.objects.of(company)
    if customers.filter(has_email=True).exists():
        return FirstStep("emails", _("Clients"), _("Des clients ont une adresse e-mail"), "done")
    if count := customers.count():
        detail = ngettext(
            "%(count)d client sans adresse", "%(count)d clients sans adresse", count
        ) % {"count": count}
    else:
        detail = _("Leurs adresses e-mail, après les écritures")
    return FirstStep("emails", _("Clients"), detail, "todo")


def _profiles(company: Company) -> FirstStep:
    label = _("Profils")
    names = CollectionProfile.objects.filter(company=company, is_default=True)
    usual = names.values_list("name", flat=True).first()
    if usual is None:
        return FirstStep("profiles", label, _("Aucun profil par défaut"), "todo")
    if CustomerFollowUp.objects.filter(company=company, profile__isnull=False).exists():
        return FirstStep("profiles", label, _("Des clients ont le leur"), "done")
    detail = _("Tous les clients suivent « %(name)s »") % {"name": usual}
    return FirstStep("profiles", label, detail, "check")


def _scenario(company: Company) -> FirstStep:
    label = _("Scénario")
    steps = list(
        Step.objects.filter(
            scenario__company=company,
            scenario__profile__is_default=True,
            scenario__is_active=True,
            version=F("scenario__version"),
            kind=Step.Kind.REMINDER,
            is_active=True,
        ).order_by("level", "-scenario__with_email", "id")
    )
    if not steps:
        return FirstStep("scenario", label, _("Aucune relance n’est réglée"), "todo")
    changed = ScenarioVersion.objects.filter(scenario__company=company).exists()
    return FirstStep("scenario", label, _levels(steps), "done" if changed else "check")


def _levels(steps: Sequence[Step]) -> str:
    """« 5 relances, la première 8 jours après l’échéance »."""
    count = len({step.level for step in steps})
    text = ngettext(
        "%(count)d relance, %(when)s", "%(count)d relances, la première %(when)s", count
    )
    return text % {"count": count, "when": when_words(steps[0])}


def _sender(company: Company) -> FirstStep:
    label = _("Expéditeur")
    if not company.can_send_mail():
        return FirstStep("sender", label, _("Donnez l’adresse et le serveur d’envoi"), "todo")
    is_live = company.mail_mode == Company.MailMode.LIVE and not company.is_demo
    detail = _("Les messages peuvent partir") if is_live else _("En répétition")
    return FirstStep("sender", label, detail, "done")


def _plan(company: Company) -> FirstStep:
    state: State = "done" if has_reminded(company) else "todo"
    return FirstStep("plan", _("Relancer"), _("Voyez qui relancer, puis envoyez"), state)


def _with_current(steps: Sequence[FirstStep]) -> tuple[FirstStep, ...]:
    first = next((step.code for step in steps if step.state == "todo"), "")
    return tuple(replace(step, is_current=step.code == first) for step in steps)
