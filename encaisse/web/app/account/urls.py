"""The doors and one's own account. allauth needs its own names, so these stay outside `web`."""

from allauth.account.views import (
    account_inactive,
    login,
    logout,
    password_change,
    password_reset,
    password_reset_done,
    password_reset_from_key,
    password_reset_from_key_done,
    reauthenticate,
)
from allauth.mfa.base.views import authenticate, index
from allauth.mfa.base.views import reauthenticate as reauthenticate_by_code
from allauth.mfa.recovery_codes.views import (
    download_recovery_codes,
    generate_recovery_codes,
    view_recovery_codes,
)
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from django.urls import path, re_path

from encaisse.web.app.account import views

urlpatterns = [
    path("connexion/", login, name="account_login"),
    path("connexion/code/", authenticate, name="mfa_authenticate"),
    path("connexion/fermee/", account_inactive, name="account_inactive"),
    path("deconnexion/", logout, name="account_logout"),
    path("mot-de-passe/", password_reset, name="account_reset_password"),
    path("mot-de-passe/envoye/", password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/change/",
        password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("moi/", views.profile, name="account_profile"),
    path("moi/mot-de-passe/", password_change, name="account_change_password"),
    path("moi/confirmer/", reauthenticate, name="account_reauthenticate"),
    path("moi/confirmer/code/", reauthenticate_by_code, name="mfa_reauthenticate"),
    path("moi/deux-etapes/", index, name="mfa_index"),
    path("moi/deux-etapes/activer/", activate_totp, name="mfa_activate_totp"),
    path("moi/deux-etapes/desactiver/", deactivate_totp, name="mfa_deactivate_totp"),
    path("moi/deux-etapes/codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "moi/deux-etapes/codes/autres/", generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        "moi/deux-etapes/codes/codes.txt",
        download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("moi/sessions/", views.Sessions.as_view(), name="usersessions_list"),
    path("moi/sessions/<int:session_id>/fermer/", views.end_session, name="account_end_session"),
]
