"""« Qui peut faire quoi »: what each role may do, in words, and what each person sees."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from encaisse.insights.portfolios import customers_seen
from encaisse.tenancy.models import Membership
from encaisse.tenancy.people import people_of
from encaisse.tenancy.policy import needs_whole_company, role_can
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section

# In the order in which one meets them; a test says that none is missing.
WORDS: dict[str, str | Promise] = {
    "ledger.view": _("Voir les clients, leurs comptes, les prévisions et les indicateurs"),
    "activity.view": _("Lire les messages envoyés et les réponses"),
    "ledger.export": _("Exporter les listes, en fichier ou par e-mail planifié"),
    "reminder.send": _("Envoyer des relances, des courriers et des messages"),
    "reminder.cancel": _("Annuler ce qui n’est pas encore parti, arrêter un envoi"),
    "reminder.resolve": _("Dire ce qu’est devenu un message incertain"),
    "hold.set": _("Suspendre les relances d’un client ou d’une facture"),
    "dispute.open": _("Ouvrir, suivre et clore un litige"),
    "promise.record": _("Noter une promesse ou un échéancier"),
    "note.write": _("Écrire des notes et traiter les réponses"),
    "level.set": _("Changer le niveau de relance d’une facture"),
    "followup.edit": _("Changer le profil, les contacts et le suivi d’un client"),
    "ledger.import": _("Importer la comptabilité et les factures"),
    "company.configure": _("Configurer la société, ses textes et ses règles"),
    "user.manage": _("Inviter, changer et désactiver des utilisateurs"),
    "audit.view": _("Lire le journal de tout ce qui a été fait"),
    "demo.reset": _("Réinitialiser la démonstration"),
}


@dataclass(frozen=True, slots=True)
class Right:
    """Something that can be done, and for each role its name and whether it may."""

    words: str | Promise
    held: Sequence[tuple[str | Promise, bool]]
    needs_whole_company: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """A person, and how many customers he sees."""

    member: Membership
    customers: int


@require_safe
@member_can("user.manage")
def rights(request: CompanyRequest) -> HttpResponse:
    """Both tables."""
    members = [one for one in people_of(request.company) if one.is_active]
    counts = customers_seen(request.company, members)
    # The demonstration's own right means nothing elsewhere.
    shown = [key for key in WORDS if request.company.is_demo or key != "demo.reset"]
    context = {
        "roles": [role.label for role in Membership.Role],
        "rights": [_right(key) for key in shown],
        "sights": [Sight(*pair) for pair in zip(members, counts, strict=True)],
    }
    return render_section(request, "settings_users", "people/rights.html", context)


def _right(capability: str) -> Right:
    return Right(
        WORDS[capability],
        [(role.label, role_can(role, capability)) for role in Membership.Role],
        needs_whole_company(capability),
    )
