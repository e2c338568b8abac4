"""Writing a text: what it was stays readable. Whoever calls keeps the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from encaisse.messaging.models import MessageTemplate, MessageTemplateVersion
from encaisse.messaging.rules.sources import settled_source, settled_subject
from encaisse.tenancy.journal import Author


@dataclass(frozen=True, slots=True)
class Text:
    """What a template says."""

    label: str
    subject: str
    body: str

    @classmethod
    def of(cls, row: MessageTemplate | MessageTemplateVersion) -> Self:
        """What a template says, or said in one of its versions."""
        return cls(row.label, row.subject, row.body)

    def settled(self) -> "Text":
        """The same text as it is kept."""
        return Text(
            " ".join(self.label.split()), settled_subject(self.subject), settled_source(self.body)
        )


def write_text(template: MessageTemplate, text: Text, *, author: Author, now: datetime) -> bool:
    """Give a template another text, as its next version; False when it says that already."""
    if Text.of(template).settled() == text.settled():
        return False
    if not template.versions.exists():
        # What came with the product, or before versions were kept.
        _keep(template, None, None)
    template.label, template.subject, template.body = text.label, text.subject, text.body
    template.version += 1
    template.save(update_fields=["label", "subject", "body", "version"])
    _keep(template, author, now)
    return True


def keep_first(template: MessageTemplate, *, author: Author, now: datetime) -> None:
    """Keep who wrote a new template, and when."""
    _keep(template, author, now)


def _keep(template: MessageTemplate, author: Author | None, now: datetime | None) -> None:
    MessageTemplateVersion.objects.create(
        template=template,
        number=template.version,
        label=template.label,
        subject=template.subject,
        body=template.body,
        saved_at=now,
        author_name=author.name[:120] if author else "",
    )
