"""The doors and one's own account. allauth needs its own names, so these stay outside `web`."""

from allauth.account.views import (
    account_inactive,
    logout,
    password_change,
    password_reset,
    password_reset_done,
    password_reset_from_key,
    password_reset_from_key_done,
    password_set,
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
from allauth.mfa.webauthn.views import reauthenticate_webauthn, remove_webauthn
from django.urls import path, re_path
from django.views.generic import RedirectView

from encaisse.web.app.account import address, door, second_factor, views

_FACTOR = "moi/deux-etapes/"

urlpatterns = [
    path("connexion/", door.Door.as_view(), name="account_login"),
    path("connexion/code/", authenticate, name="mfa_authenticate"),
    path("connexion/cle/", door.PasskeyDoor.as_view(), name="mfa_login_webauthn"),
    # The address after « retour » is the one to give to the provider.
    re_path(
        r"^connexion/(?P<provider_id>sso)/$", door.enter_by_provider, name="openid_connect_login"
    ),
    re_path(
        r"^connexion/(?P<provider_id>sso)/retour/$",
        door.back_from_provider,
        name="openid_connect_callback",
    ),
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
    path("adresse/<str:token>/", address.confirm_address, name="account_confirm_address"),
    path("moi/", views.profile, name="account_profile"),
    path("moi/adresse/", address.ask_address, name="account_address"),
    path("moi/mot-de-passe/", password_change, name="account_change_password"),
    path("moi/mot-de-passe/choisir/", password_set, name="account_set_password"),
    path("moi/confirmer/", reauthenticate, name="account_reauthenticate"),
    path("moi/confirmer/code/", reauthenticate_by_code, name="mfa_reauthenticate"),
    path("moi/confirmer/cle/", reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(_FACTOR, index, name="mfa_index"),
    path(f"{_FACTOR}demande/", second_factor.asked_of_everybody, name="account_second_factor"),
    path(f"{_FACTOR}suite/", second_factor.go_on, name="account_second_factor_done"),
    path(f"{_FACTOR}activer/", activate_totp, name="mfa_activate_totp"),
    path(f"{_FACTOR}desactiver/", deactivate_totp, name="mfa_deactivate_totp"),
    path(
        f"{_FACTOR}cles/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"
    ),
    path(f"{_FACTOR}cles/ajouter/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(f"{_FACTOR}cles/<int:pk>/retirer/", remove_webauthn, name="mfa_remove_webauthn"),
    path(f"{_FACTOR}codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{_FACTOR}codes/autres/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(f"{_FACTOR}codes/codes.txt", download_recovery_codes, name="mfa_download_recovery_codes"),
    path("moi/sessions/", views.Sessions.as_view(), name="usersessions_list"),
    path("moi/sessions/<int:session_id>/fermer/", views.end_session, name="account_end_session"),
]
