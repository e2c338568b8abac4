"""The forms about entries that are not in everybody's hands: the expected day, a note."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.web.app.customers.forms import EntriesForm, NoteForm, TargetForm, day_field


class RepositionForm(EntriesForm):
    """The day on which entries are expected to be paid; none gives the due date its place back."""

    expected_date = day_field(
        gettext_lazy("Règlement attendu le"),
        required=False,
        help_text=gettext_lazy("Sans date, la prévision revient à l’échéance."),
    )

    def clean(self) -> dict[str, Any] | None:
        """Ask for entries, and for a day that is still to come."""
        if "entries" not in self.errors and not self.cleaned_data.get("entries"):
            self.add_error("entries", _("Cochez au moins une pièce."))
        day = self.cleaned_data.get("expected_date")
        if day is not None and day < self.today:
            self.add_error("expected_date", _("Cette date est déjà passée."))
        return super().clean()


class EntryNoteForm(TargetForm, NoteForm):
    """A note about some entries, or about the whole account."""
