from django.urls import path

from encaisse.web.app.profiles import rules, views

_profile = "configurer/profils/<int:profile_id>/"

urlpatterns = [
    path("configurer/profils/", views.profiles, name="settings_profiles"),
    path("configurer/profils/regles/", rules.rules, name="settings_profile_rules"),
    path("configurer/profils/regles/effet/", rules.effect, name="settings_profile_rules_effect"),
    path(_profile, views.profile, name="settings_profile"),
    path(f"{_profile}defaut/", views.make_default, name="settings_profile_default"),
    path(f"{_profile}dupliquer/", views.copy, name="settings_profile_copy"),
    path(f"{_profile}supprimer/", views.delete, name="settings_profile_delete"),
]
