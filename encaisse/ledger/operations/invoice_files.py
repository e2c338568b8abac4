"""Keeping the PDF files of invoices, and saying which document each one is.

A file lies under a name made of its content: the same one given twice is kept once, and what a
message took along is never overwritten.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.ledger.models import InvoiceFile
from encaisse.ledger.queries.invoice_files import leftovers, owners_of
from encaisse.ledger.rules.finding import document_key
from encaisse.ledger.rules.invoice_names import longest_key, names_customer, possible_keys
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company

MOST_BYTES = 15 * 1024 * 1024
FOLDER = "invoices"
# The mark stands at the beginning, after what some mailers put before it.
_MARK, _MARK_WITHIN = b"%PDF-", 1024
UNKNOWN, SEVERAL, SHARED = "unknown", "several", "shared"


class InvoiceFileRefused(Exception):
    """The file is not taken; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A PDF on the disk, not filed yet."""

    name: str
    size: int
    sha256: str
    path: str


@dataclass(slots=True)
class Filed:
    """What became of some files: how many documents gained one, how many had another before."""

    bound: int = 0
    replaced: int = 0
    already: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


def store_pdf(company: Company, name: str, content: Iterable[bytes]) -> Stored:
    """Write a file where it will stay. Raises InvoiceFileRefused for what is no PDF, or too large.

    Nothing refers to it before `file_invoices`.
    """
    folder = Path(settings.MEDIA_ROOT) / FOLDER / company.slug
    folder.mkdir(parents=True, exist_ok=True)
    digest, size, start = hashlib.sha256(), 0, b""
    with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as partial:
        try:
            for part in content:
                size += len(part)
                if size > MOST_BYTES:
                    raise InvoiceFileRefused(_("Ce PDF dépasse 15 Mo."))
                start = (start + part)[:_MARK_WITHIN] if len(start) < _MARK_WITHIN else start
                digest.update(part)
                partial.write(part)
            if _MARK not in start:
                raise InvoiceFileRefused(_("Ce fichier n’est pas un PDF."))
            partial.close()
            return _kept(folder, Path(partial.name), name, size, digest.hexdigest())
        finally:
            Path(partial.name).unlink(missing_ok=True)


def _kept(folder: Path, partial: Path, name: str, size: int, sha256: str) -> Stored:
    path = folder / sha256[:2] / f"{sha256}.pdf"
    path.parent.mkdir(exist_ok=True)
    partial.chmod(0o600)
    partial.replace(path)
    relative = path.relative_to(settings.MEDIA_ROOT).as_posix()
    return Stored(Path(name).name[:200], size, sha256, relative)


@transaction.atomic
def file_invoices(
    company: Company, files: Sequence[Stored], *, author: Author, now: datetime
) -> Filed:
    """Say which document each file is, by its name; the others wait for a person.

    The same file again changes nothing; another file of the same document takes its place, and
    the former is kept.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    filed = Filed()
    for file, found in zip(files, _recognised(company, files), strict=True):
        _file(company, file, found, filed, author, now)
    if filed.bound or filed.left:
        record_event(
            "invoices.filed",
            company=company,
            author=author,
            at=now,
            bound=filed.bound,
            replaced=filed.replaced,
            left=len(filed.left),
        )
    return filed


@dataclass(frozen=True, slots=True)
class _Document:
    """What a name tells: the key of a document and whose it is, or why neither is known."""

    key: str = ""
    customer_code: str = ""
    problem: str = ""


def _recognised(company: Company, files: Iterable[Stored | InvoiceFile]) -> list[_Document]:
    """What the names of some files tell; a query for some hundreds of numbers."""
    possible = [(file.name, possible_keys(file.name)) for file in files]
    owners = owners_of(company, (key for _name, keys in possible for key in keys))
    return [_document(name, keys, owners) for name, keys in possible]


def _document(
    name: str, keys: dict[str, tuple[int, int]], owners: dict[str, list[str]]
) -> _Document:
    key = longest_key(keys, owners)
    if not key:
        return _Document(problem=UNKNOWN if key is None else SEVERAL)
    codes = owners[key]
    if len(codes) > 1:
        codes = [code for code in codes if names_customer(name, code)]
    return _Document(key, codes[0]) if len(codes) == 1 else _Document(problem=SHARED)


def _file(
    company: Company, file: Stored, found: _Document, filed: Filed, author: Author, now: datetime
) -> None:
    current = InvoiceFile.objects.filter(company=company, is_current=True)
    same = current.filter(sha256=file.sha256)
    if found.problem:
        if same.exists():
            filed.already += 1
            return
        filed.left.append((file.name, found.problem))
    else:
        document = {"document_key": found.key, "customer_code": found.customer_code}
        if same.filter(**document).exists():
            filed.already += 1
            return
        filed.replaced += current.filter(**document).update(is_current=False)
        filed.bound += 1
        same.filter(document_key="").delete()
    InvoiceFile.objects.create(
        company=company,
        document_key=found.key,
        customer_code=found.customer_code,
        problem=found.problem,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        path=file.path,
        added_at=now,
        added_by=author.user,
    )


def reason_words(problem: str) -> str:
    """Why a file waits for a person."""
    return {
        UNKNOWN: _("aucune pièce connue n’a ce numéro"),
        SEVERAL: _("le nom contient plusieurs numéros de pièces"),
        SHARED: _("plusieurs clients ont une pièce de ce numéro"),
    }.get(problem, problem)


# -- those that were not recognised --------------------------------------------------------------


@transaction.atomic
def recognise_leftovers(company: Company, *, author: Author, now: datetime) -> int:
    """Look again for the documents of files that came before them; how many were found."""
    files = list(leftovers(company).order_by("id"))
    bound = 0
    for file, found in zip(files, _recognised(company, files), strict=True):
        if found.key:
            _bind(file, found)
            bound += 1
        elif found.problem != file.problem:
            InvoiceFile.objects.filter(pk=file.pk).update(problem=found.problem)
    if bound:
        record_event("invoices.filed", company=company, author=author, at=now, bound=bound)
    return bound


@transaction.atomic
def bind_invoice_file(
    file: InvoiceFile, number: str, *, customer_code: str = "", author: Author, now: datetime
) -> None:
    """A person says which document a file is. Raises InvoiceFileRefused."""
    key = document_key(number.strip())
    codes = owners_of(file.company, [key]).get(key, []) if key else []
    if customer_code:
        codes = [code for code in codes if code.casefold() == customer_code.strip().casefold()]
    if not codes:
        raise InvoiceFileRefused(
            _("Aucune pièce de ce numéro : vérifiez-le, ou importez d’abord les écritures.")
        )
    if len(codes) > 1:
        raise InvoiceFileRefused(
            _("Plusieurs clients ont ce numéro (%(codes)s) : indiquez le code du client.")
            % {"codes": ", ".join(codes[:5])}
        )
    _bind(file, _Document(key, codes[0]))
    record_event(
        "invoice.bound",
        company=file.company,
        author=author,
        customer_code=codes[0],
        at=now,
        file=file.name,
        document=number.strip(),
    )


def _bind(file: InvoiceFile, found: _Document) -> None:
    InvoiceFile.objects.filter(
        company_id=file.company_id,
        is_current=True,
        document_key=found.key,
        customer_code=found.customer_code,
    ).update(is_current=False)
    file.document_key, file.customer_code, file.problem = found.key, found.customer_code, ""
    file.save(update_fields=["document_key", "customer_code", "problem"])


@transaction.atomic
def detach_invoice_file(file: InvoiceFile, *, author: Author, now: datetime) -> None:
    """A file was not that document's: nobody is shown it any more. It stays on the disk, where
    messages that took it along find it.
    """
    InvoiceFile.objects.filter(pk=file.pk).update(is_current=False)
    record_event(
        "invoice.detached",
        company=file.company,
        author=author,
        customer_code=file.customer_code,
        at=now,
        file=file.name,
    )


@transaction.atomic
def discard_leftover(file: InvoiceFile, *, author: Author, now: datetime) -> None:
    """Drop a file that is no document's, and its content unless another row has the same."""
    company, path = file.company, Path(settings.MEDIA_ROOT) / file.path
    record_event("invoice.discarded", company=company, author=author, at=now, file=file.name)
    file.delete()
    if not InvoiceFile.objects.filter(company=company, sha256=file.sha256).exists():
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
