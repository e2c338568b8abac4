from django.urls import path

from encaisse.web.app.configure import mailbox, pictures, sections, views

urlpatterns = [
    path("configurer/", views.identity, name="settings"),
    path("configurer/expediteur/", views.sender, name="settings_sender"),
    path("configurer/expediteur/boite/", mailbox.mailbox, name="settings_mailbox"),
    path("configurer/expediteur/domaine/", mailbox.domain, name="settings_domain"),
    path("configurer/regles/", views.rules, name="settings_rules"),
    path("configurer/scenarios/", pictures.scenarios, name="settings_scenarios"),
    path("configurer/modeles/", pictures.templates, name="settings_templates"),
    path("configurer/modeles/<int:template_id>/", pictures.template, name="settings_template"),
    path(
        "configurer/modeles/<int:template_id>/apercu/",
        pictures.template_body,
        name="settings_template_body",
    ),
    path("configurer/reglements/", sections.methods, name="settings_methods"),
    path(
        "configurer/reglements/<int:method_id>/",
        sections.change_method,
        name="settings_method",
    ),
    path("configurer/utilisateurs/", sections.users, name="settings_users"),
    path("configurer/demonstration/", sections.reset_demo, name="settings_demo_reset"),
]
