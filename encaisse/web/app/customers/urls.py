from django.urls import path

from encaisse.web.app.companies import elsewhere
from encaisse.web.app.customers import (
    actions,
    contact_actions,
    entry,
    entry_actions,
    history,
    notes,
    score,
    undoing,
    views,
)

_customer = "clients/<int:customer_id>/"
_contact = "contacts/<int:contact_id>/"

urlpatterns = [
    path(_customer, views.customer, name="customer"),
    path(f"{_customer}export.<slug:kind>", views.export_account, name="account_export"),
    path(f"{_customer}releve.pdf", views.account_statement, name="account_statement"),
    path(f"{_customer}ailleurs/", elsewhere.elsewhere, name="customer_elsewhere"),
    path(f"{_customer}historique/", history.history, name="customer_history"),
    path(f"{_customer}reglements/", score.score, name="customer_score"),
    path(f"{_customer}pieces/<int:entry_id>/", entry.entry, name="customer_entry"),
    path(f"{_customer}note/", notes.write_note, name="customer_note"),
    path(f"{_customer}note/pieces/", entry_actions.note_entries, name="customer_entry_note"),
    path(f"{_customer}mentions/vues/", notes.see_mentions, name="customer_mentions"),
    path("notes/<int:note_id>/repondre/", notes.answer_note, name="note_answer"),
    path(f"{_customer}suivi/", views.set_flag, name="customer_flag"),
    path(f"{_customer}stop/", actions.set_hold, name="customer_hold"),
    path(f"{_customer}litige/", actions.open_dispute, name="customer_dispute"),
    path(f"{_customer}promesse/", actions.record_promise, name="customer_promise"),
    path(f"{_customer}niveau/", entry_actions.set_level, name="customer_level"),
    path(f"{_customer}repositionner/", entry_actions.reposition, name="customer_reposition"),
    path(f"{_customer}profil/", actions.set_profile, name="customer_profile"),
    path(f"{_customer}contact/", contact_actions.add_contact, name="customer_contact"),
    path(f"{_customer}adresse/", actions.set_address, name="customer_address"),
    path(f"{_customer}page/", actions.renew_links, name="customer_links"),
    path(_contact, contact_actions.edit_contact, name="contact_edit"),
    path(f"{_contact}relances/", contact_actions.choose_recipient, name="contact_recipient"),
    path(f"{_contact}adresse/", contact_actions.judge_address, name="contact_address"),
    path(f"{_contact}ecrire/", contact_actions.opt_out, name="contact_opt_out"),
    path("contacts/<int:contact_id>/principal/", contact_actions.choose_main, name="contact_main"),
    path("stop/<int:hold_id>/lever/", undoing.lift_hold, name="hold_lift"),
    path("litiges/<int:dispute_id>/clore/", undoing.close_dispute, name="dispute_close"),
    path("promesses/<int:promise_id>/annuler/", undoing.cancel_promise, name="promise_cancel"),
]
