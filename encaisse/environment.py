"""Typed readers of the environment: a bad value stops the start with a sentence that names it."""

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "oui", "on"}, {"0", "false", "no", "non", "off", ""}


def text(name: str, default: str = "") -> str:
    """The value of a variable, or of the file that `NAME_FILE` points to (container secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE : {path} ne peut pas être lu ({error})."
            ) from error
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable."""
    value = text(name, str(int(default))).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} vaut « {value} » : écrivez 1 (oui) ou 0 (non).")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between two bounds, both included."""
    value = text(name, str(default))
    if not re.fullmatch(r"-?\d+", value, re.ASCII) or not least <= int(value) <= most:
        raise ImproperlyConfigured(
            f"{name} vaut « {value} » : écrivez un nombre entier de {least} à {most}."
        )
    return int(value)


def words(name: str, default: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default).lower()
    if value not in among:
        raise ImproperlyConfigured(f"{name} vaut « {value} » : choisissez {', '.join(among)}.")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder that the process can write to, made when absent."""
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / ".writable").touch()
        (path / ".writable").unlink(missing_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} : le dossier {path} ne peut pas être écrit ({error})."
        ) from error
    return path


def secret_key(data: Path) -> str:
    """`ENCAISSE_SECRET_KEY`, or a key made once and kept in the data folder (mode 600)."""
    if key := text("ENCAISSE_SECRET_KEY"):
        if len(key) < 32:
            raise ImproperlyConfigured("ENCAISSE_SECRET_KEY est trop courte : 32 signes au moins.")
        return key
    path = data / "secret.key"
    if not path.exists():
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:  # another process of the same first start was faster
            pass
    return path.read_text().strip()


@dataclass(frozen=True, slots=True)
class Provider:
    """Who says, by OpenID Connect, that a person is who he claims to be."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    # Nobody logs in with a password.
    is_only: bool
    # Its addresses are believed though it does not say that it verified them.
    is_trusted: bool

    def as_app(self, provider_id: str) -> dict[str, object]:
        """As allauth reads it."""
        return {
            "provider_id": provider_id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.issuer},
        }


def provider() -> Provider | None:
    """The provider of `ENCAISSE_OIDC_ISSUER` and its companions; None without it."""
    issuer = text("ENCAISSE_OIDC_ISSUER").rstrip("/")
    is_only = flag("ENCAISSE_OIDC_ONLY", default=False)
    if not issuer:
        if is_only:
            raise ImproperlyConfigured("ENCAISSE_OIDC_ONLY demande ENCAISSE_OIDC_ISSUER.")
        return None
    parts = urlsplit(issuer)
    is_local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or (parts.scheme != "https" and not is_local):
        raise ImproperlyConfigured(
            f"ENCAISSE_OIDC_ISSUER vaut « {issuer} » : écrivez une adresse https://…"
        )
    known = {
        name: text(name) for name in ("ENCAISSE_OIDC_CLIENT_ID", "ENCAISSE_OIDC_CLIENT_SECRET")
    }
    for name, value in known.items():
        if not value:
            raise ImproperlyConfigured(f"ENCAISSE_OIDC_ISSUER demande {name}.")
    client_id, client_secret = known.values()
    return Provider(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        name=text("ENCAISSE_OIDC_NAME") or parts.hostname,
        is_only=is_only,
        is_trusted=flag("ENCAISSE_OIDC_TRUST_EMAIL", default=False),
    )


def database(data: Path) -> dict[str, object]:
    """The database of `DATABASE_URL` (postgresql://…), or SQLite in the data folder."""
    url = text("DATABASE_URL")
    if not url:
        return _sqlite(data / "encaisse.sqlite3")
    parts = urlsplit(url)
    if parts.scheme in ("sqlite", "sqlite3"):
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"DATABASE_URL commence par « {parts.scheme} » : seuls postgresql:// et sqlite:// "
            "sont connus."
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "encaisse",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 180,  # an import of a million entries holds the lock for most of a minute
            "transaction_mode": "IMMEDIATE",
            # No mmap: with several processes it damages databases (docs/decisions/0002).
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
            ),
        },
        "TEST": {"NAME": str(path) + ".test"},
    }
