"""Printed letters that wait to be posted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.queries.orders import letters_to_post, some_reminders
from encaisse.core.file_names import safe_file_name
from encaisse.messaging.letters.press import merge_letters
from encaisse.tenancy.scope import Scope
from encaisse.web.app.plan.choice import Choice
from encaisse.web.app.plan.waiting import page_of
from encaisse.web.lists import Column, Listing, ListSpec, ListState


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter to post."""

    reminder: Reminder
    is_ticked: bool


@dataclass(frozen=True)
class LettersPage:
    """The list. `withdrawn`: letters that must be taken out of the pile instead of posted."""

    on: date
    listing: Listing
    choice: Choice
    chosen: int
    posted: int
    withdrawn: Sequence[Reminder]


def letters_spec() -> ListSpec:
    """The list of letters to post."""
    return ListSpec(
        columns=(
            Column("tick", _("Choix"), sortable=False, fixed=True),
            Column("name", _("Client"), fixed=True),
            Column("level", _("Niveau")),
            Column("printed", _("Imprimé")),
            Column("amount", _("Montant"), numeric=True, fixed=True),
            Column("file", _("Courrier"), sortable=False),
        ),
        sort="name",
        caption=_("Courriers à poster"),
        rows="plan/_letter_rows.html",
        summary="plan/_letters_bar.html",
        empty="plan/_letters_empty.html",
        keeps=("hors", "dont"),
    )


def letters_page(
    scope: Scope,
    state: ListState,
    *,
    choice: Choice,
    on: date,
    posted: int = 0,
    withdrawn: Sequence[int] = (),
) -> LettersPage:
    """One page of the letters to post."""
    letters = letters_to_post(scope)
    lines = [LetterLine(row, choice.includes(str(row.pk))) for row in page_of(letters, state)]
    return LettersPage(
        on,
        Listing(state, lines, letters.count()),
        choice,
        len(chosen_letters(scope, choice)),
        posted,
        some_reminders(scope, withdrawn) if withdrawn else (),
    )


def chosen_letters(scope: Scope, choice: Choice) -> list[int]:
    """The ids of the letters that are ticked, in the order of the customers' names."""
    rows = letters_to_post(scope).order_by("customer__search_text", "id")
    ids = rows.values_list("pk", flat=True)
    return [letter_id for letter_id in ids if choice.includes(str(letter_id))]


def merged_letters(scope: Scope, ids: Sequence[int]) -> BinaryIO | None:
    """One PDF of some letters, in the order of their ids; None when no file is left.

    Made for each asker from the letters that he may see: a print run may hold others.
    """
    found = {row.pk: row.file for row in some_reminders(scope, ids) if row.file}
    files = [
        Path(settings.MEDIA_ROOT) / found[letter_id] for letter_id in ids if letter_id in found
    ]
    files = [file for file in files if file.is_file()]
    if not files:
        return None
    with NamedTemporaryFile(suffix=".pdf", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        merge_letters(files, Path(file.name))
        return Path(file.name).open("rb")  # readable even without its name


def letter_files(reminders: Iterable[Reminder]) -> Iterator[tuple[str, Path]]:
    """The file of each letter under the name that an archive gives it.

    « CDUPONT – Dupont SAS – Relance 2.pdf ».
    """
    for reminder in reminders:
        if reminder.file:
            kind = str(reminder.get_kind_display())
            what = f"{kind} {reminder.level}" if reminder.level else kind
            customer = reminder.customer
            name = f"{customer.account_code} – {customer.legal_name} – {what}"
            # The ending is added last: a long name is cut before it.
            yield safe_file_name(f"{name[:90]}.pdf"), Path(settings.MEDIA_ROOT) / reminder.file
