from encaisse.messaging.models.layout import LetterLayout
from encaisse.messaging.models.template import MessageTemplate
from encaisse.messaging.models.version import MessageTemplateVersion

__all__ = ["LetterLayout", "MessageTemplate", "MessageTemplateVersion"]
