"""Exchange rates in a file: those of the European Central Bank, or a table of one's own.

Of the Bank: its XML files, its CSV files, and the archives that hold them. One's own: a line a
rate (`date`, `devise`, `cours`), or a line a day with a column a currency; CSV or workbook.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.parsers import expat

from babel.numbers import is_currency
from django.utils.translation import gettext as _

from encaisse.connectors.currency import currency_code
from encaisse.connectors.guard import ZIP_SIGNATURE, check_size, file_start
from encaisse.connectors.invoices.source import candidates
from encaisse.connectors.refusal import FileRefused, SetAside, shortened
from encaisse.connectors.tables.source import Record, Table, open_table
from encaisse.core.dates import DateError, parse_date
from encaisse.core.text import fold
from encaisse.core.wording import Explained, sentence, told
from encaisse.ledger.rules.rates import RateError, inverted, parse_units

MAX_BYTES = 20 << 20
_WORKBOOK_PARTS = frozenset({"[Content_Types].xml", "mimetype", "content.xml"})
# What the Bank writes where it has no rate.
_NONE = frozenset({"", "N/A", "-"})
_COLUMNS: Mapping[str, frozenset[str]] = {
    "day": frozenset({"date", "jour", "day", "date du cours", "date cours"}),
    "currency": frozenset({"devise", "currency", "code", "monnaie", "code devise", "code iso"}),
    "rate": frozenset({"cours", "taux", "rate", "taux de change", "cours de change"}),
    "inverse": frozenset({"inverse", "cours inverse", "taux inverse", "inverse rate"}),
}


@dataclass(frozen=True, slots=True)
class Quotes:
    """The rates of one day, in hundred-millionths for one unit of `base`; empty: the company's."""

    line: int
    day: date
    base: str
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReadRates:
    """What a file holds, and its lines that cannot be read."""

    quotes: Sequence[Quotes]
    set_aside: Sequence[SetAside]
    is_of_the_bank: bool


def read_rates(path: Path) -> ReadRates:
    """The rates of a file, told by its content and not by its name. Raises FileRefused."""
    check_size(path, max_bytes=MAX_BYTES)
    start = file_start(path)
    if start.startswith(ZIP_SIGNATURE) and not any(
        part.encode() in start for part in _WORKBOOK_PARTS
    ):
        return _in_archive(path)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<?xml", b"<gesmes")):
        return ReadRates(bank_quotes(path.read_bytes()), (), is_of_the_bank=True)
    return _in_table(open_table(path, max_bytes=MAX_BYTES))


def _in_archive(path: Path) -> ReadRates:
    """The only file of an archive."""
    with TemporaryDirectory(prefix="encaisse-rates-") as folder:
        inside = Path(folder) / "rates"
        found = 0
        for one in candidates(path, path.name):
            found += 1
            if found > 1 or not one.name.lower().endswith((".csv", ".xml")):
                raise _refused()
            written = 0
            with inside.open("wb") as file:
                for part in one.parts():
                    written += len(part)
                    if written > MAX_BYTES:
                        raise _refused()
                    file.write(part)
        if not found:
            raise _refused()
        return read_rates(inside)


def _refused() -> FileRefused:
    return FileRefused(
        _("Ce fichier ne contient pas de cours : déposez un fichier de la BCE, ou un tableau"
          " avec les colonnes date, devise et cours.")
    )  # fmt: skip


# -- the Bank's XML ------------------------------------------------------------------------------


def bank_quotes(content: bytes) -> list[Quotes]:
    """The rates in an XML file of the European Central Bank. Raises FileRefused.

    Only elements are read: a document that declares entities is refused.
    """
    found: dict[date, dict[str, int]] = {}
    days: list[date] = []

    def begin(_name: str, given: dict[str, str]) -> None:
        if "time" in given:
            days.append(date.fromisoformat(given["time"]))
        elif "currency" in given and "rate" in given:
            found.setdefault(days[-1], {})[given["currency"]] = parse_units(given["rate"])

    def refuse(*_declared: object) -> None:
        raise _refused()

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the signature of expat
    except (expat.ExpatError, RateError, ValueError, IndexError) as error:
        raise _refused() from error
    if not found:
        raise _refused()
    return [Quotes(0, day, "EUR", units) for day, units in sorted(found.items())]


# -- tables --------------------------------------------------------------------------------------


def _in_table(table: Table) -> ReadRates:
    places = _places(table.headers)
    if "day" not in places:
        raise _refused()
    currencies = {
        place: code
        for place, header in enumerate(table.headers)
        if is_currency(code := currency_code(header), "en")
    }
    if "currency" in places and places.keys() & {"rate", "inverse"}:
        return _read(_long(table, places))
    if not currencies:
        raise _refused()
    is_of_the_bank = "EUR" not in currencies.values()
    base = "EUR" if is_of_the_bank else ""
    return _read(_wide(table, places["day"], currencies, base), is_of_the_bank=is_of_the_bank)


def _places(headers: Sequence[str]) -> dict[str, int]:
    folded = [fold(header) for header in headers]
    return {
        name: next(place for place, header in enumerate(folded) if header in names)
        for name, names in _COLUMNS.items()
        if names & {*folded}
    }


def _read(lines: Iterator[Quotes | SetAside], *, is_of_the_bank: bool = False) -> ReadRates:
    quotes: list[Quotes] = []
    aside: list[SetAside] = []
    for one in lines:
        if isinstance(one, Quotes):
            quotes.append(one)
        else:
            aside.append(one)
    if not quotes and not aside:
        raise _refused()
    return ReadRates(quotes, aside, is_of_the_bank)


def _wide(
    table: Table, day: int, currencies: Mapping[int, str], base: str
) -> Iterator[Quotes | SetAside]:
    """A line a day, a column a currency."""
    for number, cells in table.rows():
        try:
            units = {
                code: parse_units(cells[place])
                for place, code in currencies.items()
                if cells[place].upper() not in _NONE
            }
            yield Quotes(number, _day(cells[day]), base, units)
        except Explained as error:
            yield SetAside(number, shortened(told(error, _)))


def _long(table: Table, places: Mapping[str, int]) -> Iterator[Quotes | SetAside]:
    """A line a rate."""
    for record in table.rows():
        try:
            yield _rate(record, places)
        except Explained as error:
            yield SetAside(record[0], shortened(told(error, _)))


def _rate(record: Record, places: Mapping[str, int]) -> Quotes:
    number, cells = record
    code = currency_code(cells[places["currency"]])
    if not is_currency(code, "en"):
        text = cells[places["currency"]]
        raise RateError(sentence("« %(text)s » n’est pas une devise.", text=text))
    given = cells[places["rate"]] if "rate" in places else ""
    if given or "inverse" not in places:
        units = parse_units(given)
    else:
        units = inverted(parse_units(cells[places["inverse"]]))
    return Quotes(number, _day(cells[places["day"]]), "", {code: units})


def _day(text: str) -> date:
    """A day, also as the Bank's CSV of one day writes it: `20 November 2026`."""
    try:
        found = parse_date(text)
    except DateError:
        try:
            return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            raise DateError(sentence("« %(text)s » n’est pas une date.", text=text)) from None
    if found is None:
        raise DateError(sentence("La date manque."))
    return found
