"""Figures: the aged balance, a customer's account, the indicators."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from encaisse.collection.queries.reasons import words_of
from encaisse.collection.queries.situation import Situation, situation_of
from encaisse.core.ageing import BoundsRefused, parse_bounds
from encaisse.core.wording import told
from encaisse.insights.account import Account
from encaisse.insights.aging import AgedBalance, AgedRow, Amounts
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.insights.kpi import key_figures
from encaisse.insights.rules.kpi import Indicators
from encaisse.web.api.gate import ApiRequest, Right, needs
from encaisse.web.api.ledger import known_customer
from encaisse.web.api.operations import FOUND, READ
from encaisse.web.api.paging import Page, PageQuery, page_of
from encaisse.web.api.problems import unprocessable
from encaisse.web.api.types import Code, Day

router = Router(tags=["figures"], auth=needs(Right.LEDGER_READ))

# Creditors too: the balance is the accounting's, to the cent.
_EVERYBODY = Criteria(accounts=Accounts.ALL)
_Bounds = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(,[0-9]{1,4}){0,4}$")]


class AgedFigures(Schema):
    """Open amounts of one currency: `late` by age, `credits` are negative, as unmatched credits.

    `balance` is `not_due` plus `late` plus `credits`; `overdue` is the last two.
    """

    currency: str
    not_due: int
    late: list[int]
    credits: int
    overdue: int
    balance: int


class AgedTotalOut(AgedFigures):
    """The total of a currency."""

    customers: int


class AgedCustomer(AgedFigures):
    """One customer in one currency."""

    code: str
    name: str
    sales_rep: str


class AgeingOut(Schema):
    """The aged balance of a day. `bounds` 30, 60: 1–30 days late, 31–60, 61 and more."""

    on: date
    bounds: list[int]
    totals: list[AgedTotalOut]


class AgeingQuery(Schema):
    """As of which day (the company's today), and the bounds of the ages in days (its own)."""

    on: Day | None = None
    bounds: _Bounds | None = None


class AgedCustomersQuery(PageQuery, AgeingQuery):
    """The same, a page of customers at a time, by name."""


class Obstacle(Schema):
    """Why an entry is not reminded. `until` is the last day of it, where it has one."""

    entry_id: int
    reason: str
    label: str
    amount: int
    until: date | None


class AccountTotalOut(Schema):
    """What a customer owes in one currency."""

    currency: str
    open_entries: int
    balance: int
    overdue: int


class NextStepOut(Schema):
    """The step that comes next, and its day; today or earlier: it is due."""

    kind: str
    level: int
    medium: str
    on: date


class AccountOut(Schema):
    """Where a customer stands today."""

    code: str
    name: str
    on: date
    level: int
    scenario: str | None
    may_be_reminded: bool
    totals: list[AccountTotalOut]
    next_step: NextStepOut | None
    obstacles: list[Obstacle]


class KpiQuery(Schema):
    """The last `months` months that are over, each computed over `period` months."""

    on: Day | None = None
    months: Annotated[int, Field(ge=1, le=120)] = 12
    period: Literal["1", "3", "6", "12"] = "3"


class KpiMonth(Schema):
    """A month: amounts in minor units, the rest in days or percent; null where it is not known."""

    end: date
    sales: int
    receivable: int
    not_due: int
    overdue: int
    dso: Decimal | None
    dso_count_back: Decimal
    dso_is_beyond_history: bool
    best_dso: Decimal | None
    delinquent_days: Decimal | None
    collection_index: Decimal | None
    late_rate: Decimal | None
    late_age: Decimal | None
    payment_days: Decimal | None
    payment_days_weighted: Decimal | None
    payment_delay: Decimal | None
    payment_delay_weighted: Decimal | None
    paid_late: Decimal | None
    paid_late_weighted: Decimal | None
    recovered_on_time: Decimal | None
    recovered_in_grace: Decimal | None

    @classmethod
    def told(cls, month: Indicators) -> "KpiMonth":
        """A month's indicators."""
        names = cls.model_fields.keys() - {"dso_is_beyond_history"}
        values = {name: getattr(month, name) for name in names}
        return cls(dso_is_beyond_history=month.counted_back.is_beyond, **values)


class KpisOut(Schema):
    """The indicators, the oldest month first. Entries in other currencies are not counted."""

    on: date
    currency: str
    period_months: int
    currencies_left_out: list[str]
    months: list[KpiMonth]


@router.get("/ageing", response={200: AgeingOut, **READ}, summary="Aged balance")
def ageing(request: ApiRequest, query: Query[AgeingQuery]) -> AgeingOut:
    """The totals of the aged balance, by currency, as of a day."""
    balance = _balance(request, query)
    totals = [
        AgedTotalOut(customers=total.count, **_figures(total.currency, total.amounts))
        for total in balance.totals(_EVERYBODY)
    ]
    return AgeingOut(on=balance.on, bounds=list(balance.bounds), totals=totals)


@router.get("/ageing/customers", response={200: Page[AgedCustomer], **READ}, summary="By customer")
def ageing_customers(request: ApiRequest, query: Query[AgedCustomersQuery]) -> Page[AgedCustomer]:
    """The aged balance customer by customer and currency by currency, by name."""
    (start,) = query.after((0,))
    rows = _balance(request, query).page(
        _EVERYBODY, sort="name", offset=min(start, 2**31), limit=query.limit + 1
    )
    return page_of(rows, query.limit, lambda _row: (start + query.limit,), _aged_customer)


@router.get(
    "/customers/{path:code}/account", response={200: AccountOut, **FOUND}, summary="An account"
)
def account(request: ApiRequest, code: Code) -> AccountOut:
    """What a customer owes today, where he stands in his scenario, and what holds him back."""
    caller = request.auth
    customer = known_customer(request, code)
    follow_up = getattr(customer, "follow_up", None)
    profile = follow_up.profile if follow_up is not None else None
    situation = situation_of(caller.scope, customer, profile, on=caller.today)
    balance = AgedBalance(caller.scope, caller.today)
    mine = Criteria(accounts=Accounts.ALL, customer_id=customer.pk)
    overdue = {row.currency: row.amounts.overdue for row in balance.page(mine, offset=0, limit=99)}
    totals = [
        AccountTotalOut(
            currency=total.currency,
            open_entries=total.count,
            balance=total.remaining,
            overdue=overdue.get(total.currency, 0),
        )
        for total in Account(customer, caller.today).totals()
    ]
    return AccountOut(
        code=customer.account_code,
        name=customer.legal_name,
        on=caller.today,
        level=situation.level,
        scenario=situation.scenario.name if situation.scenario else None,
        may_be_reminded=situation.may_be_reminded,
        totals=totals,
        next_step=_next_step(situation),
        obstacles=_obstacles(situation),
    )


@router.get("/kpis", response={200: KpisOut, **READ}, summary="Indicators")
def kpis(request: ApiRequest, query: Query[KpiQuery]) -> KpisOut:
    """DSO, CEI, lateness and the like, month after month."""
    on = query.on or request.auth.today
    figures = key_figures(request.auth.scope, on=on, months=query.months, length=int(query.period))
    return KpisOut(
        on=on,
        currency=figures.currency,
        period_months=figures.length,
        currencies_left_out=list(figures.left_out),
        months=[KpiMonth.told(month) for month in figures.months],
    )


def _balance(request: ApiRequest, query: AgeingQuery) -> AgedBalance:
    try:
        bounds = parse_bounds(query.bounds) if query.bounds else request.auth.company.bounds
    except BoundsRefused as refused:
        raise unprocessable(told(refused, _)) from None
    return AgedBalance(request.auth.scope, query.on or request.auth.today, bounds)


def _figures(currency: str, amounts: Amounts) -> dict[str, Any]:
    return {
        "currency": currency,
        "not_due": amounts.not_due,
        "late": list(amounts.late),
        "credits": amounts.credits,
        "overdue": amounts.overdue,
        "balance": amounts.balance,
    }


def _aged_customer(row: AgedRow) -> AgedCustomer:
    return AgedCustomer(
        code=row.account_code,
        name=row.name,
        sales_rep=row.sales_rep,
        **_figures(row.currency, row.amounts),
    )


def _next_step(situation: Situation) -> NextStepOut | None:
    found = situation.next_step
    if found is None:
        return None
    step = found.step
    return NextStepOut(kind=step.kind, level=step.level, medium=step.medium, on=found.day)


def _obstacles(situation: Situation) -> list[Obstacle]:
    return [
        Obstacle(
            entry_id=left.entry_id,
            reason=left.reason.value,
            label=words_of(left.reason).label,
            amount=left.amount,
            until=left.day,
        )
        for left in situation.obstacles
    ]
