from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.event import Event
from encaisse.tenancy.models.invitation import Invitation
from encaisse.tenancy.models.membership import Membership
from encaisse.tenancy.models.user import User

__all__ = ["Company", "Event", "Invitation", "Membership", "User"]
