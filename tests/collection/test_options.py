"""What the options of a company change for its reminders, calls and disputes."""

import tomllib
from datetime import date

import pytest
import tomli_w

from encaisse.collection.models import Dispute, Note, Reminder, Scenario, Step
from encaisse.collection.operations.calls import CallResult, note_call
from encaisse.collection.operations.configuration import ConfigurationRefused, take_configuration
from encaisse.collection.operations.motives import ListRefused, Renamed, set_motives, set_outcomes
from encaisse.collection.operations.promises import record_promise
from encaisse.collection.queries.configuration import configuration
from encaisse.collection.queries.motives import (
    CallOutcome,
    Effect,
    Motive,
    call_outcomes,
    offered_outcomes,
)
from encaisse.collection.tasks import send_automatic
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests import builders
from tests.collection.world import Desk

pytestmark = pytest.mark.django_db

APRIL_8 = date(2026, 4, 8)
CLOSED = [{"first": "2026-04-08", "last": "2026-04-10", "label": "Inventaire"}]


def configure(desk: Desk, **fields: object) -> None:
    configure_company(desk.company, author=COMMAND_LINE, **fields)


def test_a_step_waits_until_the_company_opens_again(acme: Desk, dupont: Customer) -> None:
    assert acme.plan(APRIL_8).actions

    configure(acme, closures=CLOSED)

    assert not acme.plan(APRIL_8).actions
    (action,) = acme.plan(date(2026, 4, 13)).actions
    assert action.since == date(2026, 4, 13)


def test_nothing_leaves_by_itself_while_the_company_is_closed(acme: Desk, dupont: Customer) -> None:
    Step.objects.update(is_automatic=True)
    configure(acme, mail_mode="capture", closures=CLOSED)
    acme.sync(APRIL_8, hour=7)

    send_automatic(acme.at(APRIL_8, 10))
    assert not Reminder.objects.exists()

    acme.sync(date(2026, 4, 13), hour=7)
    send_automatic(acme.at(date(2026, 4, 13), 10))
    assert Reminder.objects.filter(status="waiting").count() == 1


def test_a_customer_is_thanked_once_the_company_opens_again(acme: Desk, dupont: Customer) -> None:
    Step.objects.create(
        scenario=Scenario.objects.get(with_email=True), kind="thanks", medium="email",
        trigger="match", offset_days=2, template_code="thanks_email", only_after_reminder=False,
    )  # fmt: skip
    configure(acme, closures=[{"first": "2026-08-03", "last": "2026-08-28", "label": "Congés"}])
    acme.payment(dupont, "P", 1500, on=date(2026, 8, 3))
    acme.match("F", "P", on=date(2026, 8, 3))
    acme.sync(date(2026, 8, 4))

    (action,) = acme.plan(date(2026, 8, 31), explain=False).actions
    assert action.step.kind == "thanks"


def test_a_promise_holds_reminders_back_only_where_the_company_wants_it(
    acme: Desk, dupont: Customer
) -> None:
    record_promise(
        dupont, [acme.entry("F")], amount_minor=1_500_00, promised_date=date(2026, 4, 20),
        author=COMMAND_LINE, today=date(2026, 4, 1), now=acme.at(date(2026, 4, 1)),
    )  # fmt: skip
    assert acme.reasons(APRIL_8) == {"F": "promise"}

    configure(acme, promises_suspend=False)

    assert [action.amount for action in acme.plan(APRIL_8).actions] == [1_500_00]


@pytest.mark.parametrize(
    ("shown", "said", "unsaid"), [("invoice", "F2026", "PC-12"), ("entry", "PC-12", "F2026")]
)
def test_reminders_call_an_invoice_by_the_number_that_the_company_shows(
    acme: Desk, dupont: Customer, shown: str, said: str, unsaid: str
) -> None:
    acme.change("F", document_number="F2026", entry_number="PC-12")
    acme.sync(date(2026, 3, 2))
    configure(acme, numbers_shown=shown)

    acme.work(APRIL_8)

    text = acme.mails()[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert said in text
    assert unsaid not in text


# -- calls -------------------------------------------------------------------------------------

REFUSES = CallOutcome("", "Refuse de payer", Effect.DONE)
BUSY = CallOutcome("", "Ligne occupée", Effect.AGAIN)


@pytest.fixture
def listed(acme: Desk) -> dict[str, CallOutcome]:
    """Two outcomes of the company's own, the usual ones after them."""
    set_outcomes(acme.company, [REFUSES, BUSY, *call_outcomes(acme.company)], author=COMMAND_LINE)
    return {one.label: one for one in call_outcomes(acme.company)}


def call(desk: Desk, customer: Customer) -> Reminder:
    return builders.reminder(customer, on=APRIL_8, medium="phone", status="to_do")


def note(desk: Desk, reminder: Reminder, outcome: CallOutcome) -> bool:
    return note_call(
        reminder, CallResult(outcome.code), today=APRIL_8, now=desk.at(APRIL_8, 11),
        author=COMMAND_LINE,
    )  # fmt: skip


def test_the_companys_own_outcomes_do_what_they_say(
    acme: Desk, dupont: Customer, listed: dict[str, CallOutcome]
) -> None:
    waiting = call(acme, dupont)

    assert not note(acme, waiting, listed["Ligne occupée"])
    waiting.refresh_from_db()
    assert waiting.status == "to_do"
    assert Note.objects.get().text == "Ligne occupée"

    assert note(acme, waiting, listed["Refuse de payer"])
    waiting.refresh_from_db()
    assert (waiting.status, waiting.comment) == ("noted", "Refuse de payer")


def test_an_outcome_that_served_and_those_of_everyone_stay_in_the_list(
    acme: Desk, dupont: Customer, listed: dict[str, CallOutcome]
) -> None:
    note(acme, call(acme, dupont), listed["Refuse de payer"])

    kept = set_outcomes(acme.company, [listed["Joint"]], author=COMMAND_LINE)

    assert [one.label for one in kept] == ["Refuse de payer"]
    offered = [one.label for one in offered_outcomes(acme.company, is_call=True)]
    assert offered == ["Joint"]
    assert "Ligne occupée" not in {one.label for one in call_outcomes(acme.company)}
    assert Event.objects.filter(kind="company.outcomes_set").count() == 2


def test_a_call_can_always_be_done(acme: Desk) -> None:
    again = [one for one in call_outcomes(acme.company) if one.effect == Effect.AGAIN]
    with pytest.raises(ListRefused):
        set_outcomes(acme.company, again, author=COMMAND_LINE)


# -- configuration documents -------------------------------------------------------------------


def test_the_options_go_from_one_company_to_another(
    acme: Desk, listed: dict[str, CallOutcome]
) -> None:
    configure(acme, aging_bounds=[15, 45], closures=CLOSED, weekdays="23456")
    document = tomllib.loads(tomli_w.dumps(configuration(acme.company)))
    other = builders.company("Petit", slug="petit")

    take_configuration(other, document, author=COMMAND_LINE)

    other = Company.objects.get(pk=other.pk)
    assert configuration(other)["settings"] == document["settings"]
    assert other.bounds == (15, 45)
    assert not other.calendar.is_working(APRIL_8)
    assert not take_configuration(other, document, author=COMMAND_LINE).settings


@pytest.mark.parametrize(
    "wanted",
    [
        {"aging_bounds": [60, 30]},
        {"aging_bounds": "30"},
        {"weekdays": "51"},
        {"weekdays": ""},
        {"numbers_shown": "autre"},
        {"promises_suspend": "oui"},
        {"closures": [{"first": "2026-08-03", "last": "2026-02-30", "label": ""}]},
        {"closures": [{"first": "2026-08-03", "last": "2026-08-01", "label": ""}]},
        {"closures": [{"first": "2026-08-03"}]},
        {"dispute_reasons": ["Prix"]},
        {"dispute_reasons": [{"label": " "}]},
        {"call_outcomes": [{"code": "x", "label": "X", "effect": "nothing"}]},
        {"account_prefixes": ["clients"]},
        {"excluded_journals": [""]},
        {"excluded_journals": [3]},
    ],
)
def test_options_that_make_no_sense_are_refused(acme: Desk, wanted: dict[str, object]) -> None:
    document = {"format": "encaisse-config/1", "settings": wanted}
    with pytest.raises(ConfigurationRefused) as refusal:
        take_configuration(acme.company, document, author=COMMAND_LINE)
    assert next(iter(wanted)) in refusal.value.problems[0]


def test_two_motives_may_swap_their_names(acme: Desk, dupont: Customer) -> None:
    for reason in ("Prix", "Quantité"):
        made = builders.dispute(dupont, on=APRIL_8)
        Dispute.objects.filter(pk=made.pk).update(reason=reason)
    before = dict(Dispute.objects.values_list("pk", "reason"))
    swapped = {"Prix": "Quantité", "Quantité": "Prix"}

    set_motives(
        acme.company,
        [Renamed(Motive(label), was) for was, label in swapped.items()],
        author=COMMAND_LINE,
    )

    after = dict(Dispute.objects.values_list("pk", "reason"))
    assert after == {pk: swapped[reason] for pk, reason in before.items()}
