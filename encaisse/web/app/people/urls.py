from django.urls import path

from encaisse.web.app.people import person, rights, views

_ROOT = "configurer/utilisateurs/"

urlpatterns = [
    path(_ROOT, views.people, name="settings_users"),
    path(f"{_ROOT}droits/", rights.rights, name="settings_rights"),
    path(f"{_ROOT}deux-etapes/", views.ask_second_factor, name="settings_second_factor"),
    path(f"{_ROOT}inviter/", views.invite_person, name="settings_invite"),
    path(
        f"{_ROOT}invitations/<int:invitation_id>/renvoyer/",
        views.resend_invitation,
        name="settings_invitation_resend",
    ),
    path(
        f"{_ROOT}invitations/<int:invitation_id>/retirer/",
        views.take_back_invitation,
        name="settings_invitation_withdraw",
    ),
    path(f"{_ROOT}<int:membership_id>/", person.person, name="settings_user"),
    path(
        f"{_ROOT}<int:membership_id>/desactiver/",
        person.deactivate,
        name="settings_user_deactivate",
    ),
    path(
        f"{_ROOT}<int:membership_id>/reactiver/",
        person.reactivate,
        name="settings_user_reactivate",
    ),
    path(f"{_ROOT}<int:membership_id>/transferer/", person.transfer, name="settings_user_transfer"),
]
