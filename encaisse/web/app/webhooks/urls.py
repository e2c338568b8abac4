from django.urls import path

from encaisse.web.app.webhooks import deliveries, views

_ROOT = "configurer/webhooks/"

urlpatterns = [
    path(_ROOT, views.webhooks, name="settings_webhooks"),
    path(f"{_ROOT}ajouter/", views.add, name="settings_webhook_add"),
    path(f"{_ROOT}<int:endpoint_id>/", deliveries.endpoint, name="settings_webhook"),
    path(f"{_ROOT}<int:endpoint_id>/modifier/", views.edit, name="settings_webhook_edit"),
    path(f"{_ROOT}<int:endpoint_id>/secret/", views.secret, name="settings_webhook_secret"),
    path(f"{_ROOT}<int:endpoint_id>/supprimer/", views.remove, name="settings_webhook_remove"),
    path(f"{_ROOT}<int:endpoint_id>/essayer/", deliveries.trial, name="settings_webhook_trial"),
    path(
        f"{_ROOT}<int:endpoint_id>/renvoyer/",
        deliveries.replay_all,
        name="settings_webhook_replay_all",
    ),
    path(
        f"{_ROOT}envois/<int:delivery_id>/", deliveries.delivery, name="settings_webhook_delivery"
    ),
    path(
        f"{_ROOT}envois/<int:delivery_id>/renvoyer/",
        deliveries.replay_one,
        name="settings_webhook_replay",
    ),
]
