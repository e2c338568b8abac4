"""What the demonstration company knows of other currencies: a rate of the dollar a week."""

from datetime import date, timedelta

from encaisse.ledger.models import ExchangeRate
from encaisse.ledger.operations.rates import write_rates
from encaisse.ledger.rules.rates import parse_units
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

# The latest first, the day before and then every week.
_DOLLARS = ("1.0842", "1.0803", "1.0815", "1.0790", "1.0768", "1.0811", "1.0829", "1.0797")


def give_rates(company: Company, *, today: date, author: Author) -> None:
    """Keep the rates of the last weeks."""
    yesterday = today - timedelta(days=1)
    rates = {
        ("USD", yesterday - timedelta(weeks=weeks)): parse_units(units)
        for weeks, units in enumerate(_DOLLARS)
    }
    source = ExchangeRate.Source.FILE
    write_rates(company, rates, source=source, author=author, file_name="cours-du-dollar.csv")
