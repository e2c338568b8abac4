"""From a FEC to messages at the customers', by the command line alone."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import timezone

from encaisse.collection.models import Reminder
from encaisse.ledger.models import LedgerEntry, LedgerSync
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests import builders
from tests.cli.desk import answered, books, customers_file, encaisse, refused
from tests.support.smtp import SmtpServer

pytestmark = pytest.mark.django_db

AT = ("--company", "morel")


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings):
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA / "files"


@pytest.fixture
def today() -> date:
    return Company(timezone="Europe/Paris").local_day(timezone.now())


@pytest.fixture
def morel(tmp_path: Path, today: date) -> Company:
    """Ateliers Morel, its books and its customers, all by the command line."""
    answered("company", "create", "morel", "--name", "Ateliers Morel")
    answered("import", *AT, "--format", "fec", books(tmp_path / "fec.txt", today))
    answered("import", *AT, "--format", "customers", customers_file(tmp_path / "clients.csv"))
    return Company.objects.get()


@pytest.fixture
def sender(morel: Company, smtp_server: SmtpServer) -> SmtpServer:
    """The mail server of Morel."""
    configure_company(
        morel,
        author=COMMAND_LINE,
        sender_name="Comptabilité",
        sender_email="compta@morel.example",
        **smtp_server.settings,
    )
    return smtp_server


def written() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Company, LedgerEntry, LedgerSync, Reminder, Event)
    )


def working_day(company: Company, day: date) -> date:
    return company.calendar.on_or_after(day)


# -- import ------------------------------------------------------------------------------------


def test_an_import_answers_what_it_understood_and_changed(tmp_path: Path, today: date):
    builders.company(slug="morel")
    path = books(tmp_path / "fec.txt", today)

    said = answered("import", *AT, "--format", "fec", path)

    expected = {
        "format": "fec", "rows": 16, "accepted": 8, "set_aside": [], "customers": 5,
        "open_entries": 6, "open_balance": "1990.10", "control_balance": "1990.10",
        "changes": {"added": 8, "updated": 0, "removed": 0}, "dry_run": False,
    }  # fmt: skip
    assert {key: said[key] for key in expected} == expected
    assert said["encoding"]
    again = answered("import", *AT, "--format", "fec", path)
    assert again["changes"] == {"added": 0, "updated": 0, "removed": 0}


def test_rows_set_aside_have_a_line_and_a_reason(tmp_path: Path):
    builders.company(slug="morel")
    path = tmp_path / "clients.csv"
    path.write_text("Code client;Nom\n411A;Alpha\n;Personne\n", encoding="utf-8")

    said = answered("import", *AT, "--format", "customers", path)

    assert said["set_aside"] == [{"line": 3, "reason": "Le code client est vide."}]
    assert said["control_balance"] is None


@pytest.mark.parametrize("ending", [[], ["--json"]])
def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path, today: date, ending: list[str]):
    builders.company(slug="morel")
    path = books(tmp_path / "fec.txt", today)
    before = written()

    said = encaisse("import", *AT, "--format", "fec", "--dry-run", path, *ending)

    assert said.exit_code == 0
    assert written() == before
    assert said.stdout.startswith("{") is bool(ending)


def test_terms_given_with_the_file_make_the_due_dates(tmp_path: Path, today: date):
    builders.company(slug="morel")
    path = books(tmp_path / "fec.txt", today)

    answered("import", *AT, "--format", "fec", path, "--terms", "60 jours")

    entry = LedgerEntry.objects.get(document_number="F1")
    assert entry.due_date == today


@pytest.mark.parametrize("content", ["", "n’importe quoi", "\x00\x01\x02" * 50, "a;b\n1;2\n", None])
@pytest.mark.parametrize("kind", ["fec", "customers", "contacts", "entries"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: str | None, kind: str):
    builders.company(slug="morel")
    path = tmp_path / "fichier.txt"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    said = refused("import", *AT, "--format", kind, path, "--json")

    assert said.endswith(".")
    assert ("n’existe pas" in said) is (content is None)
    assert not LedgerSync.objects.exists()


def test_terms_that_nobody_understands_are_refused(tmp_path: Path, today: date):
    builders.company(slug="morel")
    path = books(tmp_path / "fec.txt", today)

    said = refused("import", *AT, "--format", "fec", path, "--terms", "bientôt")

    assert said.startswith("« bientôt » n’est pas compris.")
    assert not LedgerEntry.objects.exists()


def test_a_folder_is_not_a_file(tmp_path: Path):
    builders.company(slug="morel")

    assert "n’existe pas" in refused("import", *AT, "--format", "fec", tmp_path)


# -- figures -----------------------------------------------------------------------------------


def test_the_aged_balance_adds_up_to_the_cent(morel: Company, today: date):
    said = answered("aging", *AT)

    assert (said["company"], said["on"], list(said["currencies"])) == (
        "morel", today.isoformat(), ["EUR"],
    )  # fmt: skip
    euros = said["currencies"]["EUR"]
    assert {key: euros[key] for key in euros if key != "customers"} == {
        "not_due": "60.00",
        "buckets": {"1-30": "1200.00", "31-60": "380.10", "61+": "450.00"},
        "credits": "-100.00",
        "balance": "1990.10",
        "overdue": "1930.10",
    }
    rows = {row["code"]: row for row in euros["customers"]}
    assert rows["DUPONT"] == {
        "code": "DUPONT", "name": "Dupont SARL", "not_due": "0.00",
        "buckets": {"1-30": "1200.00", "31-60": "300.10", "61+": "0.00"},
        "credits": "-100.00", "balance": "1400.10", "overdue": "1400.10", "level": 0,
    }  # fmt: skip
    assert set(rows) == {"DUPONT", "MARTIN", "LEROY", "PETIT"}
    check_sums(euros)


def check_sums(figures: dict) -> None:
    """The identities of an aged balance, for the total and for each customer."""

    def total(name: str) -> Decimal:
        return sum((Decimal(row[name]) for row in figures["customers"]), Decimal(0))

    for row in (figures, *figures["customers"]):
        late = sum(map(Decimal, row["buckets"].values()))
        assert Decimal(row["balance"]) == Decimal(row["not_due"]) + late + Decimal(row["credits"])
        assert Decimal(row["overdue"]) == late + Decimal(row["credits"])
        assert Decimal(row["credits"]) <= 0
    for name in ("not_due", "credits", "balance", "overdue"):
        assert total(name) == Decimal(figures[name])
    for name, amount in figures["buckets"].items():
        found = sum(Decimal(row["buckets"][name]) for row in figures["customers"])
        assert found == Decimal(amount)


@pytest.mark.parametrize(
    ("bounds", "buckets"),
    [
        ("44", {"1-44": "1200.00", "45+": "830.10"}),
        ("15,30,45,70", {"1-15": "0.00", "16-30": "1200.00", "31-45": "380.10",
                         "46-70": "450.00", "71+": "0.00"}),
    ],
)  # fmt: skip
def test_other_periods_hold_the_same_money(morel: Company, bounds: str, buckets: dict):
    euros = answered("aging", *AT, "--buckets", bounds)["currencies"]["EUR"]

    assert euros["buckets"] == buckets
    assert euros["balance"] == "1990.10"
    check_sums(euros)


@pytest.mark.parametrize("writing", ["%Y-%m-%d", "%d/%m/%Y"])
def test_an_earlier_day_is_what_the_books_said_then(morel: Company, today: date, writing: str):
    day = today - timedelta(days=55)

    said = answered("aging", *AT, "--on", f"{day:{writing}}")

    euros = said["currencies"]["EUR"]
    assert said["on"] == day.isoformat()
    assert (euros["balance"], euros["credits"]) == ("2530.10", "0.00")
    assert {row["code"] for row in euros["customers"]} == {"DUPONT", "MARTIN", "LEROY", "SOLDE"}
    check_sums(euros)


def test_nobody_owing_is_an_empty_balance():
    builders.company(slug="morel")

    assert answered("aging", *AT)["currencies"] == {}
    assert "Personne ne doit rien" in encaisse("aging", *AT).stdout


# -- plan and simulation -----------------------------------------------------------------------


def test_the_plan_names_each_action_and_each_entry_left_out(morel: Company, today: date):
    said = answered("plan", *AT)

    assert said["on"] == today.isoformat()
    actions = {action["customer"]: action for action in said["actions"]}
    assert {code: (a["step"], a["level"], a["medium"], a["amount"], a["currency"])
            for code, a in actions.items()} == {
        "DUPONT": ("R1", 1, "email", "1400.10", "EUR"),
        "MARTIN": ("R1", 1, "email", "450.00", "EUR"),
        "LEROY": ("R1", 1, "letter", "80.00", "EUR"),
    }  # fmt: skip
    dupont = actions["DUPONT"]
    assert dupont["scenario"] == "Clients « Standard » avec e-mail"
    assert {(e["document"], e["remaining"], e["level"]) for e in dupont["entries"]} == {
        ("F1", "1200.00", 1), ("F2", "300.10", 1), ("V1", "-100.00", 0),
    }  # fmt: skip
    assert {e["due_date"] for e in dupont["entries"] if e["document"] == "F1"} == {
        (today - timedelta(days=30)).isoformat()
    }
    ids = {e["id"] for action in said["actions"] for e in action["entries"]}
    assert ids <= set(LedgerEntry.objects.values_list("source_id", flat=True))
    assert [(left["customer"], left["reason"]) for left in said["left_out"]] == [
        ("PETIT", "not_due")
    ]
    assert all(set(left) >= {"entry", "detail"} for left in said["left_out"])


def test_every_open_debit_is_either_claimed_or_left_out(morel: Company):
    said = answered("plan", *AT)

    claimed = {e["id"] for action in said["actions"] for e in action["entries"]}
    left = {left["entry"] for left in said["left_out"]}
    debits = LedgerEntry.objects.filter(remaining_minor__gt=0)
    assert set(debits.values_list("source_id", flat=True)) <= claimed | left
    assert not claimed & left


def test_a_simulated_day_is_the_plan_of_that_day(morel: Company, today: date):
    day = working_day(morel, today + timedelta(days=1))

    plan = answered("plan", *AT, "--on", day)
    simulated = answered("simulate", *AT, "--from", day, "--to", day)

    assert plan["actions"]
    assert simulated["actions"] == [{"on": day.isoformat(), **action} for action in plan["actions"]]


def test_a_simulation_goes_from_level_to_level_and_writes_nothing(morel: Company, today: date):
    start = working_day(morel, today + timedelta(days=1))
    before = written()

    said = answered("simulate", *AT, "--from", start, "--to", start + timedelta(days=60))

    dupont = [(a["on"], a["level"]) for a in said["actions"] if a["customer"] == "DUPONT"]
    days = [date.fromisoformat(day) for day, _level in dupont]
    assert [level for _day, level in dupont] == [1, 2, 3, 4, 5]
    assert all((after - day).days >= 8 for day, after in pairwise(days))
    assert all(morel.calendar.is_working(day) for day in days)
    assert written() == before


@pytest.mark.parametrize("every", ["week", "month-end"])
def test_a_simulation_by_week_or_month_runs_on_its_days_only(
    morel: Company, today: date, every: str
):
    end = today + timedelta(days=75)

    said = answered("simulate", *AT, "--from", today, "--to", end, "--every", every)

    days = {date.fromisoformat(action["on"]) for action in said["actions"]}
    assert days
    for day in days:
        if every == "week":
            assert morel.calendar.on_or_after(day - timedelta(days=day.weekday())) == day
        else:
            assert morel.calendar.on_or_after(day + timedelta(days=1)).month != day.month


def test_people_read_a_plan_line_by_line(morel: Company, today: date):
    lines = encaisse("plan", *AT).stdout.splitlines()

    assert f"{today}\tDUPONT\tR1\temail\t1400.10\tEUR" in lines
    assert len(lines) == 3


# -- remind ------------------------------------------------------------------------------------


def received(server: SmtpServer) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(mail.recipients)) for mail in server.received)


BOTH = [("a@martin.example", "b@martin.example"), ("compta@dupont.example",)]


def test_a_rehearsal_sends_and_writes_nothing(morel: Company, sender: SmtpServer):
    before = written()

    said = answered("remind", *AT, "--dry-run")

    assert (said["dry_run"], said["prepared"]) == (True, 3)
    assert said["actions"] == answered("plan", *AT)["actions"]
    assert written() == before
    assert received(sender) == []


def test_each_message_leaves_once_however_often_it_is_asked(
    morel: Company, sender: SmtpServer, settings
):
    first = answered("remind", *AT)

    assert (first["prepared"], first["sent"], first["letters"]) == (3, 2, 1)
    assert first["by_medium"] == {"email": 2, "letter": 1}
    assert (first["failed"], first["unknown"]) == (0, 0)
    assert received(sender) == BOTH
    assert (Path(settings.MEDIA_ROOT) / first["file"]).read_bytes().startswith(b"%PDF")

    again = answered("remind", *AT)

    assert (again["prepared"], again["sent"], again["letters"]) == (0, 0, 0)
    assert again["already"] == 3
    assert received(sender) == BOTH
    levels = {row["code"]: row["level"] for row in
              answered("aging", *AT)["currencies"]["EUR"]["customers"]}  # fmt: skip
    assert levels == {"DUPONT": 1, "MARTIN": 1, "LEROY": 0, "PETIT": 0}


def test_one_medium_alone_leaves_the_others_waiting(morel: Company, sender: SmtpServer):
    letters = answered("remind", *AT, "--medium", "letter")

    assert (letters["prepared"], letters["letters"], letters["sent"]) == (1, 1, 0)
    assert received(sender) == []

    mails = answered("remind", *AT, "--medium", "email")

    assert (mails["prepared"], mails["letters"], mails["sent"]) == (2, 0, 2)
    assert received(sender) == BOTH


def test_letters_need_no_mail_server(morel: Company):
    assert answered("remind", *AT, "--medium", "letter")["letters"] == 1


@pytest.mark.parametrize("ending", [[], ["--json"], ["--medium", "email"]])
def test_without_a_sender_nothing_is_prepared(morel: Company, ending: list[str]):
    said = refused("remind", *AT, *ending)

    assert said.startswith("Aucun expéditeur")
    assert not Reminder.objects.exists()


def test_a_server_that_does_not_answer_is_told_and_tried_again(
    morel: Company, sender: SmtpServer, today: date
):
    configure_company(morel, author=COMMAND_LINE, smtp_port=9)

    result = encaisse("remind", *AT, "--json")

    assert result.exit_code == 1
    assert '"error"' in result.stdout
    assert result.stderr.strip()
    configure_company(morel, author=COMMAND_LINE, smtp_port=sender.port)
    assert answered("remind", *AT)["sent"] == 2
    assert received(sender) == BOTH


def test_a_day_that_others_have_already_passed_is_refused(
    morel: Company, sender: SmtpServer, today: date
):
    debtor = builders.customer(morel, "Zoé")
    builders.reminder(debtor, on=today + timedelta(days=1))

    assert "on ne peut pas relancer" in refused("remind", *AT, "--json")
    assert received(sender) == []
