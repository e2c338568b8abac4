"""What the home page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from encaisse.collection.queries.day_plan import day_plan
from encaisse.collection.queries.plan import summary_of
from encaisse.insights.activity import (
    Done,
    Received,
    Waiting,
    done_lately,
    received,
    received_a_year_before,
    received_since,
    waiting,
)
from encaisse.insights.aging import AgedBalance, AgedTotal
from encaisse.insights.alerts import alerts
from encaisse.insights.timeline import Timeline, timeline
from encaisse.insights.together import AgedTogether, aged_together
from encaisse.ledger.queries.rates import in_base_currency
from encaisse.ledger.rules.rates import Together
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.aging.pages import Line, lines
from encaisse.web.app.home.notices import MOST, Notice, notices
from encaisse.web.charts import Part, aged_parts
from encaisse.web.frame import Freshness

TOP = 10


@dataclass(frozen=True, slots=True)
class Owed:
    """What the customers owe in one currency, with its picture."""

    total: AgedTotal
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class HomePage:
    """The figures of the home page; `owed` has one block a currency, the base currency first.

    `together` is what is owed in all the currencies, as one; None where there is one alone.
    `received_before` is what came in over the same days a year earlier, where that is known.
    """

    on: date
    owed: Sequence[Owed]
    together: AgedTogether | None
    top: Sequence[Line]
    received: Sequence[Received]
    received_before: Sequence[Received]
    received_since: date
    done: Sequence[Done]
    waiting: Waiting
    timeline: Timeline
    notices: Sequence[Notice]
    fresh: Freshness

    @property
    def first_notices(self) -> Sequence[Notice]:
        """What asks for a person before the day begins."""
        return self.notices[:MOST]

    @property
    def more_notices(self) -> Sequence[Notice]:
        """What is one click away."""
        return self.notices[MOST:]


def home_page(request: CompanyRequest, *, fresh: Freshness) -> HomePage:
    """The home page as of today; a constant number of queries."""
    scope, on = request.scope, request.today
    aged = AgedBalance(scope, on)
    found, totals = waiting(scope), aged.totals()
    return HomePage(
        on=on,
        owed=[
            Owed(total, aged_parts(total.amounts, aged.bounds, url=request.url("aging")))
            for total in totals
        ],
        together=aged_together(scope.company, totals, on=on),
        top=lines(aged, aged.worst(TOP)),
        received=received(scope, on=on),
        received_before=received_a_year_before(scope, on=on),
        received_since=received_since(scope, on=on),
        done=done_lately(scope, on=on),
        waiting=found,
        timeline=timeline(scope, on=on),
        notices=notices(request, fresh, found, alerts(scope, request.user, on=on)),
        fresh=fresh,
    )


@dataclass(frozen=True, slots=True)
class ToRemind:
    """What can be done now; `media` in the order of the screen that does it."""

    amounts: Sequence[tuple[str, int]]
    together: Together | None
    customers: int
    media: Sequence[tuple[str, str, int]]


_MEDIA = (
    ("envelope", _("E-mails à envoyer"), ("email",)),
    ("document-text", _("Courriers à envoyer"), ("letter", "registered_letter")),
    ("phone", _("Appels téléphoniques à effectuer"), ("phone",)),
    ("hand-raised", _("Autres actions"), ("other",)),
)


def to_remind_card(scope: Scope, *, on: date, now: datetime) -> ToRemind:
    """Today's plan in three figures."""
    summary = summary_of(day_plan(scope, on, now=now).plan)
    base = scope.company.base_currency
    amounts = sorted(summary.amounts.items(), key=lambda item: (item[0] != base, item[0]))
    counts = [
        (icon, str(label), sum(summary.by_medium.get(medium, 0) for medium in media))
        for icon, label, media in _MEDIA
    ]
    parts = {currency: (minor,) for currency, minor in amounts}
    together = in_base_currency([scope.company], parts, on=on)
    return ToRemind(amounts, together, summary.customers, [row for row in counts if row[2]])
