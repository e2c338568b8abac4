"""Who is known here."""

from encaisse.tenancy.models import User


def has_account(email: str) -> bool:
    """True when someone already logs in with this address."""
    return User.objects.filter(email=email.strip().lower()).exists()
