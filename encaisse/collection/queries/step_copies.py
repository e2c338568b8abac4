"""Who gets a copy of a step: addresses, and for « commercial » whoever follows the customer."""

from collections.abc import Iterable
from functools import cached_property

from encaisse.collection.rules.copies import SALES_REP
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company, Membership, User


class StepCopies:
    """The copies of a company's steps, customer by customer.

    One query, and only once a step names the sales representative.
    """

    def __init__(self, company: Company) -> None:
        self._company = company

    def of(self, copies: Iterable[str], customer: Customer) -> tuple[tuple[str, str], ...]:
        """Names and addresses, each address once; nobody for a portfolio that nobody follows."""
        found: dict[str, tuple[str, str]] = {}
        for copy in copies:
            if copy != SALES_REP:
                found.setdefault(copy.casefold(), ("", copy))
                continue
            for user in self._followers.get(customer.sales_rep, ()):
                found.setdefault(user.email.casefold(), (user.full_name, user.email))
        return tuple(found.values())

    @cached_property
    def _followers(self) -> dict[str, list[User]]:
        """The active members by the sales representatives of their portfolio."""
        found: dict[str, list[User]] = {}
        limited = Membership.objects.active().filter(
            company=self._company, limited_to_portfolio=True
        )
        for member in limited.select_related("user").order_by("id"):
            for name in member.sales_reps() or ():
                found.setdefault(name, []).append(member.user)
        return found
