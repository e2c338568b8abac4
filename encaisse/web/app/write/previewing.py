"""The message as it would leave, while it is being written."""

from dataclasses import dataclass

from encaisse.collection.operations.write_message import Message
from encaisse.web.app.plan.previewing import Preview, preview_of
from encaisse.web.app.write.forms import WriteForm
from encaisse.web.app.write.writing import Writing


@dataclass(frozen=True, slots=True)
class Shown:
    """A message being written, and its preview; None while there is nothing to show."""

    message: Message
    preview: Preview | None

    @property
    def error(self) -> str:
        """Why it could not leave."""
        return self.preview.error if self.preview else ""


def shown(writing: Writing, form: WriteForm) -> Shown:
    """The message as far as it was typed, whatever else the form still lacks."""
    form.is_valid()
    message = form.message(writing.way.medium, writing.scenario)
    if not message.subject.strip() or not message.body.strip():
        return Shown(message, None)
    return Shown(message, preview_of(writing.scope, writing.on, writing.draft(message)))
