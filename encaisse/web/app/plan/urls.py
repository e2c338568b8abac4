from django.urls import path

from encaisse.web.app.plan import (
    approval_views,
    call_views,
    letter_views,
    order_views,
    preview_views,
    views,
)

ROOT = "agir/scenarios/"
STEP = f"{ROOT}etape/<slug:code>/"
LINE = f"{STEP}<slug:key>/"
ORDER = f"{ROOT}envoi/<int:stamp>/"
LETTERS = f"{ROOT}courriers-a-poster/"
APPROVALS = "agir/a-valider/"
CALLS = f"{ROOT}appels-a-faire/"

urlpatterns = [
    path(ROOT, views.plan, name="plan"),
    path(f"{ROOT}laisses-de-cote/", views.left_out, name="plan_left_out"),
    path(STEP, views.step, name="plan_step"),
    path(f"{STEP}confirmer/", order_views.confirm, name="plan_confirm"),
    path(f"{STEP}ordonner/", order_views.order, name="plan_order"),
    path(f"{LINE}pieces/", views.entries, name="plan_entries"),
    path(f"{LINE}apercu/", preview_views.preview, name="plan_preview"),
    path(f"{LINE}apercu/<int:number>/", preview_views.content, name="plan_preview_content"),
    path(f"{LINE}apercu/<int:number>.pdf", preview_views.letter, name="plan_preview_letter"),
    path(ORDER, order_views.progress, name="plan_run"),
    path(f"{ORDER}annuler/", order_views.stop, name="plan_run_stop"),
    path(f"{ORDER}reprendre/", order_views.resume, name="plan_run_resume"),
    path(f"{ORDER}courriers.pdf", letter_views.order_letters, name="plan_run_letters"),
    path(f"{ORDER}courriers.zip", letter_views.zipped_order, name="plan_run_zip"),
    path(f"{ROOT}travail/<int:job_id>/", order_views.job, name="plan_job"),
    path(f"{ROOT}pause/", approval_views.pause, name="plan_pause"),
    path(APPROVALS, approval_views.approvals, name="approvals"),
    path(f"{APPROVALS}decider/", approval_views.decide, name="approvals_decide"),
    path(f"{APPROVALS}<int:reminder_id>/", approval_views.approval, name="approval"),
    path(
        f"{APPROVALS}<int:reminder_id>/contenu/",
        approval_views.approval_content,
        name="approval_content",
    ),
    path(LETTERS, letter_views.letters, name="plan_letters"),
    path(f"{LETTERS}courriers.pdf", letter_views.merged, name="plan_letters_file"),
    path(f"{LETTERS}courriers.zip", letter_views.zipped_letters, name="plan_letters_zip"),
    path(f"{LETTERS}postes/", letter_views.post_letters, name="plan_letters_post"),
    path(f"{LETTERS}annuler/", letter_views.cancel_letters, name="plan_letters_cancel"),
    path(CALLS, call_views.calls, name="plan_calls"),
    path(f"{CALLS}<int:reminder_id>/", call_views.call, name="plan_call"),
    path(f"{CALLS}<int:reminder_id>/annuler/", call_views.cancel_call, name="plan_call_cancel"),
]
