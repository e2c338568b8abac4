"""How people get in: by invitation or from the command line, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth, with the door to strangers closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes himself an account."""
        return False
