"""The list « Activités »: its columns and filters, and what they mean."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, Step
from encaisse.collection.queries.reminders import ReminderCriteria
from encaisse.tenancy.models import User
from encaisse.web.lists import Column, Filter, ListSpec, ListState, Text

AUTOMATIC = "auto"
# A mail that left and that its customer opened, where the company asked to know.
OPENED = "ouvert"


def activities_spec(people: Sequence[User]) -> ListSpec:
    """The list, with the people who may have acted."""
    return ListSpec(
        columns=(
            Column(
                "created",
                _("Statut"),
                fixed=True,
                titles=(_("Statut"), _("Créée le"), _("Changée le"), _("Explication")),
            ),
            Column(
                "customer",
                _("Client, destinataire"),
                sortable=False,
                fixed=True,
                titles=(_("Client"), _("Code client"), _("Destinataires")),
            ),
            Column(
                "kind",
                _("Type, média"),
                sortable=False,
                titles=(_("Type"), _("Niveau"), _("Média")),
            ),
            Column(
                "actor",
                _("Acteur, expéditeur"),
                sortable=False,
                titles=(_("Acteur"), _("Expéditeur")),
            ),
            Column(
                "amount",
                _("Montant"),
                sortable=False,
                numeric=True,
                titles=(_("Montant"), _("Devise")),
            ),
        ),
        filters=tuple(_filters(people)),
        sort="-created",
        search=_("Nom ou code du client"),
        caption=_("Activités"),
        rows="activities/_rows.html",
        totals="activities/_totals.html",
        empty="activities/_empty.html",
        keeps=("client",),
    )


def _filters(people: Sequence[User]) -> Iterable[Filter]:
    actors = [(str(user.pk), user.full_name) for user in people]
    yield Filter("acteur", _("Acteur"), ((AUTOMATIC, _("Envoi automatique")), *actors))
    yield Filter("media", _("Média"), tuple(Step.Medium.choices))
    yield Filter("type", _("Type"), tuple(Reminder.Kind.choices))
    yield Filter("statut", _("Statut"), tuple(_statuses()))
    yield Filter("du", _("Du"), kind="date")
    yield Filter("au", _("Au"), kind="date")


def _statuses() -> Iterable[tuple[str, Text]]:
    for status, label in Reminder.Status.choices:
        # Accepted lasts a moment, and has the name of what follows.
        if status != Reminder.Status.ACCEPTED:
            yield status, label
        if status == Reminder.Status.SENT:
            yield OPENED, _("Ouvert")


def criteria_of(state: ListState) -> ReminderCriteria:
    """What the filters ask of the reminders."""
    actor, customer = state.get("acteur"), state.kept.get("client", "")
    is_opened = state.get("statut") == OPENED
    return ReminderCriteria(
        search=state.search,
        kind=state.get("type"),
        medium=state.get("media"),
        status=Reminder.Status.SENT if is_opened else state.get("statut"),
        is_opened=is_opened,
        actor_id=int(actor) if actor.isdecimal() else None,
        is_automatic=actor == AUTOMATIC,
        first=state.day("du"),
        last=state.day("au"),
        customer_id=int(customer) if customer.isdecimal() else None,
    )
