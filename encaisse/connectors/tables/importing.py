"""From a table of customers, contacts or entries to the ledger."""

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.operations.profiles import profile_names, take_file_profiles
from encaisse.connectors.order import ImportOrder
from encaisse.connectors.refusal import FileRefused, SetAside
from encaisse.connectors.result import ImportResult, new_methods_words, outside_words
from encaisse.connectors.spill import Spill
from encaisse.connectors.tables.contacts import ContactRow, read_contacts
from encaisse.connectors.tables.customers import CustomerRow, read_customers
from encaisse.connectors.tables.entries import EntryRow, read_entries
from encaisse.connectors.tables.mapping import (
    FIELDS_CONTACTS,
    FIELDS_CUSTOMERS,
    FIELDS_ENTRIES,
    Field,
    guess_mapping,
    missing_fields,
)
from encaisse.connectors.tables.source import Table, open_table
from encaisse.core.text import fold
from encaisse.core.wording import told
from encaisse.ledger.models import FreeField
from encaisse.ledger.operations.customers import CustomerDirectory
from encaisse.ledger.operations.details import Details, DetailsWriter, Person
from encaisse.ledger.operations.free_fields import remember_columns
from encaisse.ledger.operations.payment_methods import MethodDirectory
from encaisse.ledger.operations.synchronise import (
    Coverage,
    SourceRow,
    Synchroniser,
    customers_with_entries,
    follow_customers,
)
from encaisse.ledger.operations.syncs import lock_ledger, record_sync
from encaisse.ledger.queries.stored import ledger_scope
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, padded
from encaisse.ledger.rules.terms import PaymentTerms, TermsError, parse_terms

FIELDS: dict[str, tuple[Field, ...]] = {
    "customers": FIELDS_CUSTOMERS,
    "contacts": FIELDS_CONTACTS,
    "entries": FIELDS_ENTRIES,
}
# Whose free fields a kind of table gives.
_ABOUT = {"customers": FreeField.About.CUSTOMER, "entries": FreeField.About.ENTRY}
_SHOWN = 1_000
_LONGEST_CODE = 80
_LONGEST_ID = 120
_LONGEST_FREE = 120
_NO_FREE = ("", "", "")
_BATCH = 2_000
_SAME_NAMES = (
    "phone", "mobile", "contact_name", "postal_code", "city", "country", "siren", "siret",
    "vat_number", "sales_rep", "category", "language",
)  # fmt: skip


def import_table(order: ImportOrder, *, write: bool) -> ImportResult:
    """Import a table, or only say what importing it would do. All or nothing.

    Raises FileRefused, also when a required column is missing.
    """
    table = open_table(order.path)
    fields = FIELDS[order.format]
    mapping = order.mapping or guess_mapping(table.headers, fields)
    if missing := missing_fields(mapping, fields):
        raise FileRefused(
            _("Il manque des colonnes : %(names)s. Indiquez où elles sont dans le fichier.")
            % {"names": ", ".join(missing)}
        )
    result = ImportResult(
        format=order.format,
        currency=order.company.base_currency,
        encoding=table.encoding.name if table.encoding else "",
        samples=list(table.encoding.samples) if table.encoding else [],
    )
    run = {"customers": _customers, "contacts": _contacts, "entries": _entries}[order.format]
    with transaction.atomic():
        lock_ledger(order.company)
        run(order, table, mapping, result, write=write)
        if write and order.format in _ABOUT:
            titles = {
                name: table.headers[place] for name, place in mapping.items() if place is not None
            }
            remember_columns(order.company, _ABOUT[order.format], titles)
    return result


# -- customers and contacts --------------------------------------------------------------------


def _customers(
    order: ImportOrder,
    table: Table,
    mapping: Mapping[str, int | None],
    result: ImportResult,
    *,
    write: bool,
) -> None:
    writer = DetailsWriter(order.company, write=write)
    profiles: dict[str, str] = {}
    codes: set[str] = set()
    batch: list[Details] = []
    for row in read_customers(table, mapping, base_currency=order.company.base_currency):
        kept = _kept(row, result)
        if kept is None or not isinstance(row, CustomerRow):
            continue
        if row.code in codes:
            result.accepted -= 1
            _set_aside(result, SetAside(row.line, _("Ce code client est déjà plus haut.")))
            continue
        codes.add(row.code)
        batch.append(_details(row, result))
        if row.profile:
            profiles[row.code] = row.profile
        if len(batch) >= _BATCH:
            writer.customers(batch)
            batch = []
    writer.customers(batch)
    result.customers = len(codes)
    result.warnings += _profiles(order, profiles, write=write)
    _finish(order, writer, result, write=write)


def _details(row: CustomerRow, result: ImportResult) -> Details:
    texts = {name: getattr(row, name) for name in _SAME_NAMES}
    texts |= dict(zip(CUSTOMER_COLUMNS, row.free, strict=False))
    texts["address"] = "\n".join(
        line for line in (row.address1, row.address2, row.address3) if line
    )
    if row.payment_terms:
        try:
            texts["payment_terms"] = str(parse_terms(row.payment_terms))
        except TermsError as error:
            _warn(result, row.line, told(error, _))
    return Details(
        row.code,
        # The reader puts the code in the place of a blank name: a blank cell erases nothing.
        "" if row.name == row.code else row.name,
        texts,
        row.emails,
        row.payment_method,
        row.credit_limit_minor,
    )


def _profiles(order: ImportOrder, names: Mapping[str, str], *, write: bool) -> list[str]:
    """Put customers in the profiles that the file names; unknown names are only reported."""
    profiles = profile_names(order.company)
    unknown = sorted({name for name in names.values() if fold(name) not in profiles})
    wanted = {code: profiles[fold(n)] for code, n in names.items() if fold(n) in profiles}
    kept = take_file_profiles(order.company, wanted, write=write)
    warnings = []
    if unknown:
        warnings.append(
            _("Profils inconnus, laissés de côté : %(names)s.") % {"names": ", ".join(unknown[:10])}
        )
    if kept:
        text = ngettext(
            "%(count)d client garde le profil choisi dans Encaisse, que le fichier contredit.",
            "%(count)d clients gardent le profil choisi dans Encaisse, que le fichier contredit.",
            kept,
        )
        warnings.append(text % {"count": kept})
    return warnings


def _contacts(
    order: ImportOrder,
    table: Table,
    mapping: Mapping[str, int | None],
    result: ImportResult,
    *,
    write: bool,
) -> None:
    writer = DetailsWriter(order.company, write=write)
    people: list[tuple[int, Person]] = []
    known: set[str] = set()
    for row in read_contacts(table, mapping):
        if _kept(row, result) is not None and isinstance(row, ContactRow):
            people += [(row.line, person) for person in _people(row)]
    for some in _whole_rows(people):
        unknown = {
            person.customer_code for person in writer.contacts([person for _line, person in some])
        }
        # A row with two addresses makes two people, and is set aside once.
        strays = {line: p.customer_code for line, p in some if p.customer_code in unknown}
        known |= {person.customer_code for _line, person in some} - unknown
        for line, code in strays.items():
            result.accepted -= 1
            reason = _("Le client « %(code)s » n’existe pas dans la société.") % {"code": code}
            _set_aside(result, SetAside(line, reason))
    result.customers = len(known)
    _finish(order, writer, result, write=write)


def _whole_rows(people: list[tuple[int, Person]]) -> Iterator[list[tuple[int, Person]]]:
    """People in batches; those of one row stay together."""
    some: list[tuple[int, Person]] = []
    for line, person in people:
        if len(some) >= _BATCH and some[-1][0] != line:
            yield some
            some = []
        some.append((line, person))
    yield some


def _people(row: ContactRow) -> list[Person]:
    rest = (row.name, row.role, row.phone, row.mobile, row.language)
    return [Person(row.customer_code, email, *rest) for email in row.emails or ("",)]


def _finish(
    order: ImportOrder, writer: DetailsWriter, result: ImportResult, *, write: bool
) -> None:
    writer.finish()
    changes = writer.changes
    result.added, result.updated = changes.added, changes.updated
    result.warnings += new_methods_words(writer.methods.created)
    if write:
        _record(order, result, None)


# -- entries -----------------------------------------------------------------------------------


def _entries(
    order: ImportOrder,
    table: Table,
    mapping: Mapping[str, int | None],
    result: ImportResult,
    *,
    write: bool,
) -> None:
    company = order.company
    methods = MethodDirectory(company, write=write)
    default = order.payment_terms or parse_terms(company.default_payment_terms)
    names: dict[str, str] = {}
    ids_given = _GivenIds()
    with _spill() as spill:
        for row in _in_scope(order, table, mapping, result):
            names[row.customer_code] = row.customer_name or names.get(row.customer_code, "")
            spill.add(row.customer_code, _packed(row, methods))
            ids_given.add(row.source_id)
            result.control_minor = (result.control_minor or 0) + _owed(row, company.base_currency)
        if not names:
            raise FileRefused(_nothing_read(result))
        coverage = Coverage("entries", "", "", 0, is_whole=True)
        sync = Synchroniser(company, coverage, write=write)
        directory = CustomerDirectory(company, write=write)
        seen: set[int] = set()
        for bucket in spill.buckets():
            ids = directory.ids({code: names[code] for code in bucket})
            bundle = {
                ids[code]: _source_rows(
                    _keys(code, rows, ids_given), rows, directory.terms(code, default), result
                )
                for code, rows in bucket.items()
            }
            if write:
                follow_customers(company, coverage, bundle)
            sync.add(bundle)
            seen.update(bundle)
    absent = [key for key in customers_with_entries(company, coverage) if key not in seen]
    for start in range(0, len(absent), 500):
        sync.add(dict.fromkeys(absent[start : start + 500], ()))
    changes = sync.changes
    result.customers, result.new_customers = spill.keys, directory.created
    result.open_entries, result.open_minor = changes.open_entries, changes.open_minor
    result.added, result.updated, result.removed = (
        changes.added,
        changes.updated,
        changes.removed,
    )
    result.warnings += new_methods_words(methods.created)
    if write:
        _record(order, result, coverage)


def _in_scope(
    order: ImportOrder, table: Table, mapping: Mapping[str, int | None], result: ImportResult
) -> Iterator[EntryRow]:
    """The rows that can be read, but for those of journals that the company leaves out."""
    scope, outside = ledger_scope(order.company), 0
    for row in read_entries(table, mapping, base_currency=order.company.base_currency):
        if _kept(row, result) is None or not isinstance(row, EntryRow):
            continue
        if scope.covers("", row.journal):
            yield row
        else:
            outside += 1
    if outside:
        result.accepted -= outside
        result.warnings.append(outside_words(outside))


@contextmanager
def _spill() -> Iterator[Spill]:
    with Spill(Path(settings.FILE_UPLOAD_TEMP_DIR)) as spill:
        yield spill


class _GivenIds:
    """The ids that the rows give; one given twice (an entry's number, say) names no row.

    Hashes are kept, not texts: a file may have a million of them.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._twice: set[int] = set()

    def add(self, given: str) -> None:
        """Note the id of one more row."""
        if given:
            key = hash(given)
            (self._twice if key in self._seen else self._seen).add(key)

    def names(self, given: str) -> bool:
        """True when the id is that of one row alone."""
        return bool(given) and len(given) <= _LONGEST_ID and hash(given) not in self._twice


def _nothing_read(result: ImportResult) -> str:
    """An empty table would settle every customer's account: it is never what was meant."""
    text = _("Aucune ligne n’a pu être lue : rien n’est importé.")
    if result.set_aside:
        first = result.set_aside[0]
        text += " " + _("Ligne %(line)s : %(why)s") % {"line": first.line, "why": first.reason}
    return text


def _owed(row: EntryRow, base: str) -> int:
    """What the table says is open in the company's currency: the control of the import."""
    if row.currency != base:
        return 0
    return row.amount_minor if row.remaining_minor is None else row.remaining_minor


def _packed(row: EntryRow, methods: MethodDirectory) -> tuple[object, ...]:
    kind = row.kind or ("invoice" if row.amount_minor > 0 else "payment")
    return (
        row.source_id,
        kind,
        row.journal[:20],
        row.document_number[:80],
        row.document_date.isoformat(),
        row.due_date.isoformat() if row.due_date else "",
        row.label[:200],
        row.currency,
        row.amount_minor,
        row.letter[:20],
        row.letter_date.isoformat() if row.letter_date else "",
        methods.id_of(row.payment_method),
        tuple(text[:_LONGEST_FREE] for text in row.free),
        row.remaining_minor,
    )


def _keys(code: str, rows: list[tuple[object, ...]], ids: _GivenIds) -> Iterator[str]:
    """What identifies each of a customer's rows from one file to the next.

    The amount only tells apart rows that nothing else does: in a table of what remains due it
    changes with every payment, and the entry is the same.
    """
    identities = [_identity(code, row) for row in rows]
    alike = Counter(identities)
    ranks: Counter[str] = Counter()
    for row, identity in zip(rows, identities, strict=True):
        given = str(row[0])
        if ids.names(given):
            yield given
            continue
        key = _digest(*identity) if alike[identity] == 1 else _digest(*identity, row[8])
        ranks[key] += 1
        yield f"{key}{ranks[key]}"


def _identity(code: str, row: tuple[object, ...]) -> tuple[object, ...]:
    given, _kind, _journal, document, document_date, due, _label, currency, amount, *_rest = row
    return given, code, document, document_date, due, currency, int(str(amount)) > 0


def _source_rows(
    keys: Iterable[str], rows: list[tuple[object, ...]], terms: PaymentTerms, result: ImportResult
) -> list[SourceRow]:
    found = []
    for source_id, row in zip(keys, rows, strict=True):
        (_given, kind, journal, document, document_date, due, label, currency, amount, letter,
         letter_date, method_id, free, remaining) = row  # fmt: skip
        three, more = _split(cast("tuple[str, ...]", free))
        due_date, due_source = _due(str(due), str(document_date), int(str(amount)), terms)
        result.computed_due_dates += due_source == "computed" and int(str(amount)) > 0
        found.append(
            SourceRow._make(
                (
                    source_id, kind, "", journal, "", document, document_date,
                    document_date, due_date, due_source, label, currency, amount, amount,
                    letter, letter_date, method_id, *three, remaining, more,
                )
            )
        )  # fmt: skip
    return found


def _split(free: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first three free fields of an entry, and the others where there are any."""
    return (padded(free[:3], 3), free[3:]) if free else (_NO_FREE, ())


def _due(due: str, document_date: str, amount: int, terms: PaymentTerms) -> tuple[str, str]:
    if due:
        return due, "given"
    if amount < 0:
        return document_date, "computed"
    return terms.due_date(date.fromisoformat(document_date)).isoformat(), "computed"


def _digest(*parts: object) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=12).digest()).decode()


# -- both --------------------------------------------------------------------------------------


def _kept(
    row: CustomerRow | ContactRow | EntryRow | SetAside, result: ImportResult
) -> CustomerRow | ContactRow | EntryRow | None:
    result.rows += 1
    if not isinstance(row, SetAside) and len(_code_of(row)) > _LONGEST_CODE:
        reason = _("Le code client dépasse %s caractères.") % _LONGEST_CODE
        row = SetAside(row.line, reason)
    if isinstance(row, SetAside):
        _set_aside(result, row)
        return None
    result.accepted += 1
    for warning in row.warnings:
        _warn(result, row.line, warning)
    return row


def _code_of(row: CustomerRow | ContactRow | EntryRow) -> str:
    return row.code if isinstance(row, CustomerRow) else row.customer_code


def _set_aside(result: ImportResult, row: SetAside) -> None:
    result.set_aside_count += 1
    if len(result.set_aside) < _SHOWN:
        result.set_aside.append(row)


def _warn(result: ImportResult, line: int, warning: str) -> None:
    if len(result.warnings) < _SHOWN:
        result.warnings.append(
            _("Ligne %(line)s : %(warning)s") % {"line": line, "warning": warning}
        )


def _record(order: ImportOrder, result: ImportResult, coverage: Coverage | None) -> None:
    record_sync(
        order.company,
        source=order.format,
        file_name=order.file_name,
        at=order.now,
        coverage=coverage,
        summary=result.as_json() | {"set_aside": []},
        author=order.author,
    )
