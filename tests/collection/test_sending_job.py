"""The job that sends what waits ends when nothing is left, whoever was to send it."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from encaisse.collection.models import Reminder
from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
from encaisse.collection.tasks import start_sending
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.scope import Scope
from tests.web.plan_desk import make_desk


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_gives_back_leaves_before_the_job_ends(settings, tmp_path):
    settings.DATA = settings.MEDIA_ROOT = tmp_path
    desk = make_desk(tmp_path)
    for name in ("Petit", "Rivet"):
        desk.mail(name)
    now = timezone.now()
    prepare_reminders(
        Scope(desk.company),
        Moment(desk.today, now),
        author=COMMAND_LINE,
        selection=Selection(media=frozenset({"email"})),
    )
    held = Reminder.objects.filter(customer__legal_name="Rivet")
    held.update(status="claimed", worker="another", lease_until=now + timedelta(minutes=5))

    def give_back() -> None:
        time.sleep(0.5)
        held.update(status="waiting", lease_until=None)
        connection.close()

    other = threading.Thread(target=give_back)
    other.start()
    start_sending(desk.company, actor=None)
    (job,) = desk.work()
    other.join()

    assert desk.statuses() == {"Petit": "sent", "Rivet": "sent"}
    assert job.result["sent"] == 2
