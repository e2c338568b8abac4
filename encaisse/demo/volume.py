"""The other customers: enough of them for real lists, late as real customers are.

How many are left for today at each level is decided here, so that any day shows the same work; how
late and for how much is drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log

from encaisse.demo import names
from encaisse.demo.books import Account, Posting
from encaisse.demo.stage import (
    BILL,
    CARD,
    CHEQUE,
    DIRECT_DEBIT,
    NET_30,
    NET_45,
    NET_60,
    TRANSFER,
    Stage,
)

# What the whole company is owed, and the part of it that is late; in cents.
OWED = 98_000_000
OVERDUE = 54_000_000

_TERMS = (NET_30, NET_30, NET_45, NET_60)
_METHODS = (TRANSFER,) * 7 + (CHEQUE,) * 2 + (CARD,)
_TYPICAL = 210_000
_DECISIONS = 120  # days: the desk has worked with Encaisse for a little longer
_OLDEST = 530  # days: the books begin eighteen months ago
_DISPUTES = ("Écart de prix", "Qualité", "Livraison incomplète", "Facture non reçue")
_NOTES = (
    "La comptable est absente le vendredi.",
    "Demande toujours un duplicata : joindre la facture.",
    "Paie par lots le 10 et le 25 du mois.",
    "Nouvelle direction depuis le printemps, plus réactive.",
    "Passer par le standard, le portable ne répond jamais.",
    "Le service achats valide les factures avant paiement.",
)


@dataclass(frozen=True, slots=True)
class Situation:
    """Some customers who are in the same place. `late`: days of the oldest unpaid invoice.

    `waits_at`: the level that the desk left for today; 10 when it does its work.
    """

    count: int
    waits_at: int = 10
    late: tuple[int, int] | None = None
    emails: int = 1
    profile: str = "standard"
    coming: float = 0.2


def waiting_for(level: int, *, days: int = 8) -> tuple[int, int]:
    """How late an invoice is whose step of that level is certainly due, though not for long.

    Each step comes `days` after the one before, and moves past holidays: three days more.
    """
    least = level * (days + 3) + 1
    return least, least + 27


SITUATIONS = (
    # e-mails of today
    Situation(28, 1, waiting_for(1)),
    Situation(3, 1, waiting_for(1), profile="export"),
    Situation(3, 2, waiting_for(2), profile="export"),
    Situation(1, 3, waiting_for(3), profile="export"),
    Situation(2, 1, waiting_for(1, days=15), profile="grand-compte"),
    # calls
    Situation(32, 2, waiting_for(2), emails=2),
    Situation(20, 3, waiting_for(3)),
    Situation(5, 2, waiting_for(2), emails=0),
    Situation(2, 3, waiting_for(3), emails=0),
    Situation(2, 2, waiting_for(2, days=15), profile="grand-compte"),
    # letters, registered ones too
    Situation(6, 4, waiting_for(4)),
    Situation(3, 1, waiting_for(1), emails=0),
    Situation(1, 4, waiting_for(4), emails=0),
    Situation(3, 5, waiting_for(5)),
    # nothing to do today
    Situation(5, late=(1, 6)),
    Situation(5, late=(12, 15)),
    Situation(4, late=(90, 190)),
    Situation(8, coming=1.0),
    Situation(4, coming=1.0, emails=0),
    Situation(10, coming=0.0),
)


def populate(stage: Stage) -> None:
    """Put the other customers on a stage that has its characters, up to the company's totals."""
    told = [account for account in stage.books.accounts if account.currency == "EUR"]
    told_coming = sum(account.coming(stage.today) for account in told)
    told_late = sum(account.balance() for account in told) - told_coming
    late: list[Posting] = []
    coming: list[Posting] = []
    identities = _identities(stage)
    for situation in SITUATIONS:
        for _rank in range(situation.count):
            account = _customer(stage, situation, identities)
            late += _late(stage, account, situation)
            if stage.rng.random() < situation.coming:
                coming += _coming(stage, account)
            _decide(stage, account, situation)
    _scale(late, OVERDUE - told_late)
    _scale(coming, OWED - OVERDUE - told_coming)


def _scale(postings: Sequence[Posting], total: int) -> None:
    """Make some amounts add up to about a total, each as it was beside the others."""
    drawn = sum(posting.amount_minor for posting in postings)
    for posting in postings:
        posting.amount_minor = max(1_000, posting.amount_minor * total // drawn)


# -- who they are ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Identities:
    french: Iterator[tuple[str, names.Trade]]
    foreign: Iterator[str]


def _identities(stage: Stage) -> _Identities:
    count = sum(situation.count for situation in SITUATIONS)
    return _Identities(
        iter(names.customer_names(stage.rng, count)), iter(names.foreign_names(stage.rng, 12))
    )


def _customer(stage: Stage, situation: Situation, identities: _Identities) -> Account:
    rng = stage.rng
    if situation.profile == "export":
        name, category, country = next(identities.foreign), "Export", "Royaume-Uni"
    else:
        name, trade = next(identities.french)
        category, country = trade.category, "France"
    automatic = situation.late is None and rng.random() < 0.3
    return stage.account(
        name,
        category=category,
        country=country,
        emails=situation.emails,
        profile=situation.profile,
        method=rng.choice((BILL, DIRECT_DEBIT)) if automatic else rng.choice(_METHODS),
        terms=rng.choice(_TERMS),
        credit_limit_minor=rng.choice((None, None, 1_000_000, 2_500_000)),
        waits_at=situation.waits_at,
    )


# -- what they buy and pay ---------------------------------------------------------------------


def _late(stage: Stage, account: Account, situation: Situation) -> list[Posting]:
    """What he has not paid in time, after a past in which everything was paid before."""
    rng = stage.rng
    if situation.late is None:
        _past(stage, account, until=1)
        return []
    oldest = rng.randint(*situation.late)
    _past(stage, account, until=oldest + 1)
    _meanwhile(stage, account, oldest)
    others = rng.choice((0, 0, 1, 1, 2)) if oldest > 6 else 0
    days = [oldest, *(rng.randint(1, oldest - 3) for _ in range(others))]
    return [stage.late(account, late, _amount(stage)) for late in days]


def _coming(stage: Stage, account: Account) -> list[Posting]:
    days = stage.rng.sample(range(1, account.terms.net_days), stage.rng.randint(1, 3))
    return [stage.coming(account, day, _amount(stage)) for day in days]


def _past(stage: Stage, account: Account, *, until: int) -> None:
    """Invoices that were paid, the last one more than `until` days ago."""
    rng = stage.rng
    habit = rng.gauss(log(11), 0.5)
    due_days_ago = rng.randint(_OLDEST - 90, _OLDEST)
    if rng.random() < 0.25:
        _carry_over(stage, account)
    while due_days_ago > until:
        late = min(75, round(exp(rng.gauss(habit, 0.6))) - 3)
        if due_days_ago - late > until:
            _buy(stage, account, due_days_ago, late)
        due_days_ago -= rng.randint(25, 75)


def _meanwhile(stage: Stage, account: Account, oldest: int) -> None:
    """What he paid about on time while an older invoice stayed unpaid: too early to be reminded."""
    rng = stage.rng
    due_days_ago = oldest - rng.randint(0, 12)
    while due_days_ago > 1:
        stage.paid(account, due_days_ago, min(due_days_ago - 1, rng.randint(-2, 6)), _amount(stage))
        due_days_ago -= rng.randint(12, 40)


def _buy(stage: Stage, account: Account, due_days_ago: int, late: int) -> None:
    """One invoice and its payment: at once, in two times, or less a credit note."""
    rng = stage.rng
    amount = _amount(stage)
    invoice = stage.late(account, due_days_ago, amount)
    paid_on = stage.ago(due_days_ago - late)
    chance = rng.random()
    if chance < 0.06:
        account.pay([invoice], stage.ago(due_days_ago - late + 9), amount // 2)
        account.pay([invoice], paid_on, amount - amount // 2)
    elif chance < 0.11:
        note = account.credit_note(stage.ago(due_days_ago - late + 4), amount // 10)
        account.match([invoice, note], paid_on)
        account.pay([invoice], paid_on, amount - amount // 10)
    else:
        account.pay([invoice], paid_on)


def _carry_over(stage: Stage, account: Account) -> None:
    """What the year before left open, paid since."""
    opening = account.opening(stage.ago(_OLDEST + 18), _amount(stage), due=stage.day(-_OLDEST))
    account.pay([opening], stage.ago(_OLDEST - stage.rng.randint(1, 60)))


def _amount(stage: Stage) -> int:
    """An amount with VAT, in cents: most are small, a few are large."""
    net = round(_TYPICAL * exp(stage.rng.gauss(0, 0.8)) / 1.2)
    return net + net // 5


# -- what the desk noted -----------------------------------------------------------------------


def _decide(stage: Stage, account: Account, situation: Situation) -> None:
    chance = stage.rng.random()
    if situation.waits_at == 3 and chance < 0.35:
        _break_promise(stage, account)
    elif chance < 0.12:
        _keep_promise(stage, account)
    elif chance < 0.2:
        _settle_dispute(stage, account)
    elif chance < 0.4:
        text = stage.rng.choice(_NOTES)
        stage.happens(stage.rng.randint(3, 120), lambda desk: desk.note(account, text))
    elif chance < 0.48 and situation.late:
        _expect_later(stage, account)


def _break_promise(stage: Stage, account: Account) -> None:
    invoice = min(account.postings, key=lambda posting: (bool(posting.letter), posting.on))
    stage.happens(15, lambda desk: desk.promise(account, invoice, days=3))


def _expect_later(stage: Stage, account: Account) -> None:
    """He asked for time, which was granted: his oldest invoice is expected in some days."""
    invoice = min(account.postings, key=lambda posting: (bool(posting.letter), posting.on))
    expected = stage.calendar.on_or_after(stage.day(4 + 3 * (len(account.name) % 9)))
    stage.happens(2, lambda desk: desk.expect(account, invoice, on=expected))


def _keep_promise(stage: Stage, account: Account) -> None:
    if paid := _paid_late(stage, account):
        ago = (stage.today - paid[1]).days
        stage.happens(ago + 7, lambda desk: desk.promise(account, paid[0], days=12))


def _settle_dispute(stage: Stage, account: Account) -> None:
    if paid := _paid_late(stage, account):
        ago, reason = (stage.today - paid[1]).days, stage.rng.choice(_DISPUTES)
        stage.happens(ago + 9, lambda desk: desk.dispute(account, paid[0], reason=reason), "claire")
        outcome = stage.rng.choice(("Résolu : le client paie", "Facture renvoyée", "Geste refusé"))
        stage.happens(ago + 2, lambda desk: desk.settle_dispute(account, outcome=outcome), "claire")


def _paid_late(stage: Stage, account: Account) -> tuple[Posting, date] | None:
    """His latest invoice that was paid late lately, and the first day of its payment."""
    return next(
        (
            (posting, posting.matched_on)
            for posting in reversed(account.postings)
            if posting.kind == "invoice"
            and posting.due_date
            and posting.matched_on
            and (posting.matched_on - posting.due_date).days > 14
            and (stage.today - posting.matched_on).days < _DECISIONS
        ),
        None,
    )
