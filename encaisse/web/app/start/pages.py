"""The first steps with their pages, as « Démarrer », the home page and the import show them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from encaisse.insights.readiness import FirstStep, Readiness, has_reminded, readiness
from encaisse.web.access import CompanyRequest


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a step is done: url name, the right it asks for, what the button says, and why."""

    name: str
    capability: str
    action: str | Promise
    why: str | Promise


_PLACES = {
    "company": _Place(
        "settings",
        "company.configure",
        _("Compléter la société"),
        _("Imprimées sur chaque courrier, ces mentions sont obligatoires ; l’IBAN dit où payer."),
    ),
    "import": _Place(
        "import",
        "ledger.import",
        _("Importer ma comptabilité"),
        _("Le fichier est reconnu, montré et contrôlé avant d’être écrit."),
    ),
    "emails": _Place(
        "import",
        "ledger.import",
        _("Importer les adresses e-mail"),
        _("Sans adresse, un client reçoit un courrier au lieu d’un e-mail."),
    ),
    "profiles": _Place(
        "settings_profiles",
        "company.configure",
        _("Voir les profils"),
        _("Un profil dit quel scénario un client suit : export, grand compte, jamais relancé…"),
    ),
    "scenario": _Place(
        "settings_scenarios",
        "company.configure",
        _("Voir les scénarios"),
        _("Quand, comment et avec quels mots relancer. Rien ne part sans vous."),
    ),
    "sender": _Place(
        "settings_sender",
        "company.configure",
        _("Régler l’expéditeur"),
        _("L’adresse que vos clients verront, et un message d’essai qui vous arrive."),
    ),
    "plan": _Place(
        "plan",
        "ledger.view",
        _("Voir qui relancer"),
        _("La liste du jour, message par message. Annulable pendant quelques secondes."),
    ),
}


@dataclass(frozen=True, slots=True)
class StartStep:
    """A step with its page; `url` is empty for who may not open it."""

    step: FirstStep
    url: str
    action: str | Promise
    why: str | Promise


@dataclass(frozen=True, slots=True)
class StartPage:
    """The steps in order, and how far they are."""

    readiness: Readiness
    steps: tuple[StartStep, ...]

    @property
    def current(self) -> StartStep:
        """What to do now."""
        code = self.readiness.current.code
        return next(one for one in self.steps if one.step.code == code)


def start_page(request: CompanyRequest) -> StartPage:
    """Where the company stands; a constant number of cheap queries."""
    found = readiness(request.company)
    return StartPage(found, tuple(_placed(request, step) for step in found.steps))


def start_card(request: CompanyRequest) -> StartPage | None:
    """The same while it is of use: until a reminder is decided, or somebody hides it."""
    if request.company.start_dismissed or has_reminded(request.company):
        return None
    return start_page(request)


def _placed(request: CompanyRequest, step: FirstStep) -> StartStep:
    place = _PLACES[step.code]
    url = request.url(place.name) if request.can(place.capability) else ""
    return StartStep(step, url, place.action, place.why)
