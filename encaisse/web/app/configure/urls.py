from django.urls import path

from encaisse.web.app.configure import (
    charges,
    letters,
    levels,
    mailbox,
    methods,
    pictures,
    scenario_edit,
    scenario_past,
    scenario_versions,
    sections,
    service,
    templates_edit,
    templates_preview,
    templates_transfer,
    views,
)

urlpatterns = [
    path("configurer/", views.identity, name="settings"),
    path("configurer/expediteur/", views.sender, name="settings_sender"),
    path("configurer/expediteur/boite/", mailbox.mailbox, name="settings_mailbox"),
    path("configurer/expediteur/domaine/", mailbox.domain, name="settings_domain"),
    path("configurer/expediteur/evenements/", service.renew_events, name="settings_events_renew"),
    path("configurer/regles/", views.rules, name="settings_rules"),
    path("configurer/scenarios/", pictures.scenarios, name="settings_scenarios"),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/",
        scenario_edit.edit,
        name="settings_scenario",
    ),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/effet/",
        scenario_edit.effect,
        name="settings_scenario_effect",
    ),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/douze-mois/",
        scenario_past.past,
        name="settings_scenario_past",
    ),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/versions/",
        scenario_versions.versions,
        name="settings_scenario_versions",
    ),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/versions/<int:number>/reprendre/",
        scenario_versions.restore,
        name="settings_scenario_restore",
    ),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/copier/",
        scenario_versions.copy,
        name="settings_scenario_copy",
    ),
    path(
        "configurer/scenarios/<int:profile_id>/<slug:variant>/supprimer/",
        scenario_edit.delete,
        name="settings_scenario_delete",
    ),
    path("configurer/niveaux/", levels.levels, name="settings_levels"),
    path("configurer/modeles/", templates_edit.templates, name="settings_templates"),
    path("configurer/modeles/nouveau/", templates_edit.new, name="settings_template_new"),
    path("configurer/modeles/apercu/", templates_preview.preview, name="settings_template_preview"),
    path(
        "configurer/modeles/apercu/contenu/",
        templates_preview.content,
        name="settings_template_content",
    ),
    path(
        "configurer/modeles/apercu/courrier.pdf",
        templates_preview.pdf,
        name="settings_template_pdf",
    ),
    path("configurer/modeles/essai/", templates_preview.trial, name="settings_template_trial"),
    path(
        "configurer/modeles/exporter/", templates_transfer.export, name="settings_templates_export"
    ),
    path(
        "configurer/modeles/importer/", templates_transfer.import_, name="settings_templates_import"
    ),
    path(
        "configurer/modeles/<int:template_id>/", templates_edit.edit, name="settings_template_edit"
    ),
    path(
        "configurer/modeles/<int:template_id>/versions/",
        templates_edit.versions,
        name="settings_template_versions",
    ),
    path(
        "configurer/modeles/<int:template_id>/versions/<int:number>/reprendre/",
        templates_edit.restore,
        name="settings_template_restore",
    ),
    path(
        "configurer/modeles/<int:template_id>/origine/",
        templates_edit.reset,
        name="settings_template_reset",
    ),
    path(
        "configurer/modeles/<int:template_id>/supprimer/",
        templates_edit.delete,
        name="settings_template_delete",
    ),
    path("configurer/courriers/", letters.letters, name="settings_letters"),
    path("configurer/courriers/apercu/", letters.preview, name="settings_letters_preview"),
    path("configurer/courriers/apercu.pdf", letters.pdf, name="settings_letters_pdf"),
    path("configurer/reglements/", methods.methods, name="settings_methods"),
    path("configurer/reglements/effet/", methods.effect, name="settings_methods_effect"),
    path("configurer/penalites/", charges.charges, name="settings_charges"),
    path("configurer/demonstration/", sections.reset_demo, name="settings_demo_reset"),
]
