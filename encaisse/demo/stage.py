"""Where the characters of the demonstration are put: days counted from today, accounts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from encaisse.core.workdays import WorkingDays
from encaisse.demo import names
from encaisse.demo.books import Account, Books, Posting
from encaisse.demo.desk import Desk, Happening
from encaisse.ledger.operations.details import Person
from encaisse.ledger.rules.terms import PaymentTerms

SALES_REPS = ("Durant", "Lefort", "Nguyen", "Roussel")
TRANSFER, CHEQUE, CARD = "Virement", "Chèque", "Carte bancaire"
DIRECT_DEBIT, BILL = "Prélèvement", "LCR"
# Terms count plain days, so that an invoice can be written for a due date.
NET_30, NET_45, NET_60 = PaymentTerms(30), PaymentTerms(45), PaymentTerms(60)


@dataclass(slots=True)
class Stage:
    """Everything that is made before the database hears of it."""

    today: date
    calendar: WorkingDays
    rng: Random
    books: Books = field(default_factory=Books)
    happenings: list[Happening] = field(default_factory=list)
    # Reminders that did not end well, by account code and medium: the status they are left in.
    endings: dict[tuple[str, str], str] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)

    # -- days ----------------------------------------------------------------------------------

    def ago(self, days: int) -> date:
        """The working day some days ago, or the one before; never today."""
        return self.calendar.on_or_before(self.today - timedelta(days=max(1, days)))

    def day(self, days: int) -> date:
        """Some calendar days from today; negative = in the past."""
        return self.today + timedelta(days=days)

    # -- customers -----------------------------------------------------------------------------

    def account(
        self,
        name: str,
        *,
        category: str,
        emails: int = 1,
        country: str = "France",
        has_address: bool = True,
        method: str = TRANSFER,
        terms: PaymentTerms = NET_30,
        **given: Any,
    ) -> Account:
        """A new customer with his address, numbers and people, `emails` of whom have e-mail."""
        rng = self.rng
        code = names.account_code(name, self._codes)
        town = names.town(rng, country)
        language = "fr" if country == "France" else "en"
        number = names.siren(rng) if country == "France" else ""
        account = Account(
            code=code,
            name=name,
            category=category,
            sales_rep=given.pop("sales_rep", "") or rng.choice(SALES_REPS),
            terms=terms,
            method=method,
            language=language,
            country=country,
            phone=names.telephone(rng, town.telephone),
            siren=number,
            siret=names.siret(number) if number else "",
            vat_number=names.vat_number(number) if number else "",
            free1=names.region(town, country),
            people=_people(rng, code, name, language, emails),
            **given,
        )
        street = names.street(rng, country)
        if has_address:
            account.address, account.postal_code, account.city = street, town.postal_code, town.name
        self.books.accounts.append(account)
        return account

    # -- invoices ------------------------------------------------------------------------------

    def late(self, account: Account, days: int, amount_minor: int) -> Posting:
        """An unpaid invoice that fell due some days ago."""
        return account.invoice(self.day(-days - account.terms.net_days), amount_minor)

    def coming(self, account: Account, days: int, amount_minor: int) -> Posting:
        """An invoice that falls due in some days, fewer than the customer's terms."""
        return account.invoice(self.day(days - account.terms.net_days), amount_minor)

    def paid(self, account: Account, due_days_ago: int, late: int, amount_minor: int) -> Posting:
        """An invoice that fell due some days ago and was paid so many days late, before today."""
        invoice = self.late(account, due_days_ago, amount_minor)
        account.pay([invoice], self.ago(due_days_ago - late))
        return invoice

    # -- decisions -----------------------------------------------------------------------------

    def habit(self, account: Account, *, since: int, late: tuple[int, int], amount: int) -> None:
        """Months of invoices of about that amount, all paid, so many days late."""
        for due_days_ago in range(since, 75, -31):
            days = self.rng.randint(*late)
            self.paid(account, due_days_ago, days, round(amount * self.rng.uniform(0.6, 1.6)))

    def happens(self, days_ago: int, act: Callable[[Desk], object], actor: str = "karim") -> None:
        """Something that somebody of the team decided on a past working day."""
        self.happenings.append(Happening(self.ago(days_ago), act, actor))


def _people(rng: Random, code: str, name: str, language: str, emails: int) -> list[Person]:
    domain = names.mail_domain(name)
    if language == "en":
        roles = (("Accounts payable", "accounts"), ("Management", "office"))
    else:
        roles = (("Comptabilité", "comptabilite"), ("Direction", "direction"))
    return [
        Person(
            customer_code=code,
            email=f"{box}@{domain}" if rank < emails else "",
            name=names.person(rng, language),
            role=role,
            language=language,
        )
        for rank, (role, box) in enumerate(roles[: max(1, emails)])
    ]
