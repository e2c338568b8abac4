"""What was told to one address: a list by state."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from encaisse.insights.audit import customers_named
from encaisse.tenancy.models import WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.webhooks.queries import deliveries_of, delivery_counts, given_up
from encaisse.web.access import CompanyRequest
from encaisse.web.app.webhooks.words import LABELS
from encaisse.web.lists import Column, Filter, Listing, ListSpec, ListState
from encaisse.web.tabs import PARAMETER, Tab, open_tab, tabs_of

# The tabs, by what the address says; a status each, or any.
_TABS = {"": "", "remis": "delivered", "en-attente": "waiting", "abandonnes": "failed"}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery, its event in words, and the customer it is about: his id and name, or nothing."""

    delivery: WebhookDelivery
    label: str | Promise
    customer: tuple[int, str] | None


@dataclass(frozen=True)
class EndpointPage:
    """An address and the list of what was told to it."""

    endpoint: WebhookEndpoint
    state: ListState

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many deliveries of each status, within the filters; one query."""
        return delivery_counts(self.endpoint, kind=self.state.get("evenement"))

    @cached_property
    def given_up(self) -> int:
        """How many can be told again at once, whatever the filters; one query."""
        return given_up(self.endpoint).count()

    @property
    def has_any(self) -> bool:
        """False where nothing was ever told."""
        return any(self.counts.values())

    @property
    def kinds(self) -> list[str | Promise]:
        """What the address is told of, in words."""
        return [LABELS[kind] for kind in self.endpoint.kinds if kind in LABELS]

    @cached_property
    def tabs(self) -> list[Tab]:
        """The states, with what the filters leave in each."""
        names = {
            "": _("Tous"),
            "remis": _("Remis"),
            "en-attente": _("En attente"),
            "abandonnes": _("Abandonnés"),
        }
        counts = {key: self._count(status) for key, status in _TABS.items()}
        return tabs_of(self.state, names, counts)

    @cached_property
    def listing(self) -> Listing:
        """One page of the open tab; two queries, and one for the counts."""
        state, status = self.state, _TABS[open_tab(self.state, _TABS)]
        found = deliveries_of(self.endpoint, status=status, kind=state.get("evenement"))
        some = list(found[state.offset : state.offset + state.size])
        codes = {one.customer_code for one in some if one.customer_code}
        names = customers_named(self.endpoint.company, codes) if codes else {}
        rows = [
            DeliveryRow(one, LABELS.get(one.kind, one.kind), names.get(one.customer_code))
            for one in some
        ]
        return Listing(state, rows=rows, count=self._count(status))

    def _count(self, status: str) -> int:
        return self.counts[status] if status else sum(self.counts.values())


def endpoint_page(request: CompanyRequest, endpoint: WebhookEndpoint) -> EndpointPage:
    """What a request asks to see of an address."""
    return EndpointPage(endpoint, ListState.read(_spec(), request))


def _spec() -> ListSpec:
    choices = tuple(LABELS.items())
    return ListSpec(
        columns=(
            Column("at", _("Quand"), sortable=False, fixed=True),
            Column("event", _("Événement"), sortable=False, fixed=True),
            Column("state", _("État"), sortable=False, fixed=True),
            Column("answer", _("Réponse"), sortable=False),
            Column("acts", _("Actions"), sortable=False, fixed=True),
        ),
        filters=(Filter("evenement", _("Événement"), choices),),
        sort="-at",
        caption=_("Envois"),
        rows="webhooks/_rows.html",
        summary="webhooks/_tabs.html",
        empty="webhooks/_empty.html",
        keeps=(PARAMETER,),
    )
