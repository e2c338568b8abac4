"""All settings, read from the environment once; docs/dev/settings.md lists them."""

import os
from pathlib import Path

from encaisse import environment as env
from encaisse.sqlite import use_bundled_sqlite

use_bundled_sqlite()

BASE = Path(__file__).resolve().parent
DATA = env.folder("ENCAISSE_DATA", BASE.parent / "var")

DEBUG = env.flag("ENCAISSE_DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA)
HOST = env.text("ENCAISSE_HOST", "127.0.0.1")
PORT = env.integer("ENCAISSE_PORT", 8000, least=1, most=65535)
SITE_URL = env.text("ENCAISSE_URL", f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.words("ENCAISSE_ALLOWED_HOSTS", "*" if DEBUG else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
WEB_PROCESSES = env.integer("ENCAISSE_WEB_PROCESSES", 2, least=1, most=64)
WORKERS = env.integer("ENCAISSE_WORKERS", min(2, os.cpu_count() or 1), least=1, most=64)
MAX_UPLOAD_MB = env.integer("ENCAISSE_MAX_UPLOAD_MB", 1024, least=1, most=2047)
UNDO_SECONDS = env.integer("ENCAISSE_UNDO_SECONDS", 10, least=0, most=3600)
LEASE_SECONDS = env.integer("ENCAISSE_LEASE_SECONDS", 90, least=1, most=3600)
WEBHOOKS_PRIVATE = env.flag("ENCAISSE_WEBHOOKS_PRIVATE", default=False)
SECURE = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "encaisse.tenancy",
    "encaisse.jobs",
    "encaisse.ledger",
    "encaisse.messaging",
    "encaisse.collection",
    "encaisse.insights",
    "encaisse.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "encaisse.web.middleware.CompanyMiddleware",
]

ROOT_URLCONF = "encaisse.urls"
WSGI_APPLICATION = "encaisse.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "encaisse.web.frame.frame",
            ],
        },
    },
]

DATABASES = {"default": env.database(DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "encaisse_cache",
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("first_name", "last_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/connexion/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "encaisse.web.accounts.AccountAdapter"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_ADAPTER = "encaisse.web.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Encaisse"
MFA_ALLOW_UNVERIFIED_EMAIL = True
PROVIDER = env.provider()
PROVIDER_NAME = PROVIDER.name if PROVIDER else ""
PROVIDER_ONLY = PROVIDER is not None and PROVIDER.is_only
PROVIDER_TRUSTED = PROVIDER is not None and PROVIDER.is_trusted
if PROVIDER:
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
SOCIALACCOUNT_ADAPTER = "encaisse.web.single_sign_on.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [PROVIDER.as_app("sso")] if PROVIDER else [],
    }
}
# A form that is sent may not lead to another site (form-action below): a link does.
SOCIALACCOUNT_LOGIN_ON_GET = True
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = env.text("ENCAISSE_CLIENT_IP_HEADER") or None

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
STATICFILES_DIRS = [BASE / "web" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {
        "BACKEND": "encaisse.web.storage.CollectedStorage"
        if env.flag("ENCAISSE_COLLECTED_STATIC", default=False)
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = not env.flag("ENCAISSE_COLLECTED_STATIC", default=False)
FILE_UPLOAD_TEMP_DIR = env.folder("ENCAISSE_TMP", DATA / "tmp")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Where exchange rates are asked for when a company wants them. Not a setting: nowhere else.
ECB_RATES_URL = "https://www.ecb.europa.eu/stats/eurofxref/"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.flag("ENCAISSE_BEHIND_PROXY", default=False)
    else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"pikepdf": {"level": "WARNING"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice(
            "ENCAISSE_LOG", "info", among=("debug", "info", "warning", "error")
        ).upper(),
    },
}
