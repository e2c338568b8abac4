"""A person who logs in with an e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address, compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user; without a password he cannot log in until he is given one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Someone of the company's staff; rights come from his memberships, not from here."""

    email = models.EmailField("adresse e-mail", unique=True)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    job_title = models.CharField("fonction", max_length=80, blank=True)
    phone = models.CharField("téléphone", max_length=40, blank=True)
    language = models.CharField(
        "langue", max_length=5, choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    is_active = models.BooleanField(default=True)
    # Counted up to close all his sessions at once: each holds a digest of it.
    sessions_closed = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.full_name

    def get_session_auth_hash(self) -> str:
        """What a session must hold to stay open: another password or a closing changes it."""
        known = f"{self.password}:{self.sessions_closed}"
        return salted_hmac("encaisse.session", known, algorithm="sha256").hexdigest()

    @property
    def full_name(self) -> str:
        """First and last name, or the address when none is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def initials(self) -> str:
        """One or two letters for the badge."""
        letters = self.first_name[:1] + self.last_name[:1]
        return (letters or self.email[:2]).upper()
