"""What the texts of messages were, one row a version."""

from django.db import models

from encaisse.messaging.models.template import MessageTemplate


class MessageTemplateVersion(models.Model):
    """A text as it was written once, and by whom; a text never changed has no row.

    The first row of a text that came with the product has no author and no moment.
    """

    template = models.ForeignKey(MessageTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=120)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    saved_at = models.DateTimeField(null=True)
    author_name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("template", "number"), name="template_version"),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.number})"
