from encaisse.tenancy.models import lookups  # noqa: F401  (registered by being imported)
from encaisse.tenancy.models.api_token import ApiToken, IdempotentReply
from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.event import Event
from encaisse.tenancy.models.invitation import Invitation
from encaisse.tenancy.models.membership import Membership
from encaisse.tenancy.models.user import User
from encaisse.tenancy.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiToken",
    "Company",
    "Event",
    "IdempotentReply",
    "Invitation",
    "Membership",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
