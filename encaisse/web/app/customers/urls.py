from django.urls import path

from encaisse.web.app.customers import actions, undoing, views

_customer = "clients/<int:customer_id>/"

urlpatterns = [
    path(_customer, views.customer, name="customer"),
    path(f"{_customer}export.<slug:kind>", views.export_account, name="account_export"),
    path(f"{_customer}note/", views.write_note, name="customer_note"),
    path(f"{_customer}suivi/", views.set_flag, name="customer_flag"),
    path(f"{_customer}stop/", actions.set_hold, name="customer_hold"),
    path(f"{_customer}litige/", actions.open_dispute, name="customer_dispute"),
    path(f"{_customer}promesse/", actions.record_promise, name="customer_promise"),
    path(f"{_customer}niveau/", actions.set_level, name="customer_level"),
    path(f"{_customer}profil/", actions.set_profile, name="customer_profile"),
    path(f"{_customer}contact/", actions.add_contact, name="customer_contact"),
    path(f"{_customer}adresse/", actions.set_address, name="customer_address"),
    path("stop/<int:hold_id>/lever/", undoing.lift_hold, name="hold_lift"),
    path("litiges/<int:dispute_id>/clore/", undoing.close_dispute, name="dispute_close"),
    path("promesses/<int:promise_id>/annuler/", undoing.cancel_promise, name="promise_cancel"),
]
