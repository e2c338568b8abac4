"""The desk's work in the background: each function is five lines and one operation."""

import logging
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from encaisse.collection.models import Note, Reminder
from encaisse.collection.operations import attachments, deliver, sweep
from encaisse.collection.operations.digest import DigestFailed, announce
from encaisse.collection.operations.incoming import read_mailbox
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.mention_mail import MentionMailFailed, send_mention_mails
from encaisse.collection.operations.prepare import (
    Moment,
    PreparationRefused,
    Prepared,
    Selection,
    prepare_reminders,
)
from encaisse.collection.operations.print_letters import merge_printed, print_waiting_letters
from encaisse.collection.operations.promise_outcomes import note_outcomes
from encaisse.collection.operations.rehearsal import forget_rehearsal
from encaisse.collection.operations.write_messages import (
    MassOrder,
    stop_writing,
    write_messages,
)
from encaisse.collection.queries.automatic import leaving_time
from encaisse.collection.queries.past_year import PAST_YEAR, past_year
from encaisse.collection.queries.rehearsal import rehearsed
from encaisse.collection.rules.facts import LETTERS
from encaisse.jobs.models import Job
from encaisse.jobs.operations import JobRefused, JobStopped, RunningJob, start_job
from encaisse.tenancy.journal import AUTOMATIC, Author
from encaisse.tenancy.models import Company, User
from encaisse.tenancy.scope import Scope

logger = logging.getLogger(__name__)

_SEND = "encaisse.collection.tasks.send_mails"
_UNDER_WAY = (Reminder.Status.CLAIMED, Reminder.Status.SENDING, Reminder.Status.ACCEPTED)
# From this many messages on, another worker is worth its start.
WORTH_HELPING = 200
_PRINT = "encaisse.collection.tasks.print_letters"
_WRITTEN_AT_ONCE = 100
_ANNOUNCE = "encaisse.collection.tasks.announce_automatic"
_FORGET = "encaisse.collection.tasks.forget_rehearsals"


def start_sending(
    company: Company, *, actor: User | None, run_after: datetime | None = None
) -> Job | None:
    """A job that sends what is waiting; None when one is queued already."""
    queued = Job.objects.filter(company=company, function=_SEND, status=Job.Status.QUEUED)
    if run_after is None and queued.filter(run_after=None).exists():
        return None
    label = _("Envoi des e-mails")
    return start_job(_SEND, company=company, label=label, actor=actor, run_after=run_after)


def start_printing(company: Company, *, actor: User | None) -> Job:
    """A job that makes the PDF files of the waiting letters and one file of them all."""
    label = _("Impression des courriers")
    return start_job(_PRINT, company=company, label=label, actor=actor)


def carry_out(
    company: Company, media: Collection[str], *, actor: User | None, leaves_at: datetime | None
) -> None:
    """Start what intents of some media need: mails leave at a moment, letters are printed now."""
    if "email" in media:
        start_sending(company, actor=actor, run_after=leaves_at)
    if not set(LETTERS).isdisjoint(media):
        start_printing(company, actor=actor)


def send_mails(job: RunningJob) -> dict[str, Any]:
    """Send every waiting e-mail of the job's company; other workers help when there are many."""
    company, started = job.job.company, timezone.now()
    waiting = _mails(company, Reminder.Status.WAITING).count()
    if waiting >= WORTH_HELPING:
        for _number in range(settings.WORKERS - 1):
            help_sending.enqueue(company_id=company.pk)
    try:
        while True:
            deliver.deliver_waiting(
                company, open_session, progress=lambda _done: _say(job, company, waiting)
            )
            _await_helpers(job, company, waiting)
            if not deliver.waiting_mails(company, now=timezone.now()).exists():
                break
    except deliver.DeliveryStopped as stopped:
        raise JobRefused(
            _("Les e-mails restent en attente : %(why)s") % {"why": stopped}
        ) from stopped
    return _outcome(company, started)


def _await_helpers(job: RunningJob, company: Company, total: int) -> None:
    """Until their last batches are done, or given back because the facts changed meanwhile."""
    while _mails(company, *_UNDER_WAY).exists():
        time.sleep(0.1)
        _say(job, company, total)


@task()
def help_sending(company_id: int) -> None:
    """Another worker's run over the same waiting e-mails; what stops it is told by the first."""
    company = Company.objects.get(pk=company_id)
    with suppress(deliver.DeliveryStopped):
        deliver.deliver_waiting(company, open_session)


def _mails(company: Company, *statuses: str) -> QuerySet[Reminder]:
    mails = Reminder.objects.pending().filter(company=company, medium="email")
    return mails.filter(status__in=statuses)


def _say(job: RunningJob, company: Company, total: int) -> None:
    left = _mails(company, *Reminder.PENDING).exclude(status=Reminder.Status.UNKNOWN).count()
    job.progress(max(0, total - left), total)


def _outcome(company: Company, started: datetime) -> dict[str, int]:
    """What became of the messages since the job began, whoever handled them."""
    done = Reminder.objects.filter(company=company, medium="email", status_at__gte=started)
    counts = dict(done.values_list("status").annotate(Count("id")))
    return {
        "sent": counts.get(Reminder.Status.SENT, 0),
        "failed": counts.get(Reminder.Status.FAILED, 0),
        "unknown": counts.get(Reminder.Status.UNKNOWN, 0),
        "postponed": counts.get(Reminder.Status.WAITING, 0),
        "cancelled": counts.get(Reminder.Status.CANCELLED, 0),
    }


def print_letters(job: RunningJob) -> dict[str, Any]:
    """Print every waiting letter of the job's company, then merge this run's files into one."""
    company = job.job.company
    waiting = Reminder.objects.filter(company=company, medium__in=LETTERS, status="waiting").count()
    files = print_waiting_letters(
        company, progress=lambda done: job.progress(done, max(waiting, done))
    )
    if not files:
        return {"letters": 0, "file": ""}
    merged = merge_printed(company, files, f"{job.job.pk}")
    ids = [int(Path(file).stem) for file in files]
    return {"letters": len(files), "file": str(merged), "reminders": ids}


def write_many(job: RunningJob) -> dict[str, Any]:
    """Write the messages of an order, some customers at a time, then start what carries it out.

    Run again after a crash, it goes on where it stopped: a customer gets one message a day.
    """
    company, actor, payload = job.job.company, job.job.created_by, job.job.payload
    order, ids = MassOrder.from_json(payload["order"]), payload["customers"]
    author = Author.of(actor) if actor else AUTOMATIC
    try:
        for start in range(0, len(ids), _WRITTEN_AT_ONCE):
            job.progress(start, len(ids))
            now = timezone.now()
            moment = Moment(company.local_day(now), now, undo_until(now))
            some = ids[start : start + _WRITTEN_AT_ONCE]
            write_messages(Scope(company), order, some, moment, author=author)
    except JobStopped:
        if Job.objects.filter(pk=job.job.pk, stop_requested=True).exists():
            stop_writing(Scope(company), order, now=timezone.now(), author=author)
        raise
    written = Reminder.objects.filter(company=company, created_at=order.at).count()
    if written:
        carry_out(company, (order.medium,), actor=actor, leaves_at=undo_until())
    return {"written": written}


def mail_mentions(job: RunningJob) -> dict[str, Any]:
    """Tell the colleagues whom a note names."""
    note = Note.objects.select_related("company", "customer", "entry").get(
        pk=job.job.payload["note"]
    )
    try:
        return {"told": send_mention_mails(note, page=job.job.payload["page"], now=timezone.now())}
    except MentionMailFailed as failure:
        raise JobRefused(
            _("Des collègues n’ont pas pu être avertis : %(why)s") % {"why": failure}
        ) from failure


def sweep_reminders(now: datetime) -> None:
    """Give back what dead workers held, and send what waits without a job."""
    for company_id in sweep.sweep_reminders(now):
        company = Company.objects.get(pk=company_id)
        busy = Job.objects.filter(
            company=company, status__in=(Job.Status.QUEUED, Job.Status.RUNNING)
        )
        waiting = Reminder.objects.pending().filter(company=company, status="waiting")
        stale = _stale(company, busy.filter(function=_SEND), now)
        if waiting.filter(medium="email").exists() and stale:
            start_sending(company, actor=None)
        letters = waiting.exclude(medium="email")
        if letters.exists() and not busy.filter(function=_PRINT).exists():
            start_printing(company, actor=None)


def _stale(company: Company, jobs: Any, now: datetime) -> bool:
    """True when no job is coming, nobody stopped the last one, and it did not fail just now."""
    if jobs.exists() or _was_stopped(company):
        return False
    failed = Job.objects.filter(company=company, function=_SEND, status=Job.Status.FAILED)
    last = failed.aggregate(at=Max("finished_at"))["at"]
    return last is None or (now - last).total_seconds() > 60


def _was_stopped(company: Company) -> bool:
    """True when a person stopped the sending, and nothing was ordered since."""
    last = Job.objects.filter(company=company, function=_SEND).order_by("-id").first()
    if last is None or last.status != Job.Status.STOPPED or last.finished_at is None:
        return False
    waiting = _mails(company, Reminder.Status.WAITING)
    return not waiting.filter(created_at__gt=last.finished_at).exists()


def send_automatic(now: datetime) -> None:
    """Prepare and send the automatic steps of every company that is within its hours."""
    for company in Company.objects.filter(automatic_paused=False).order_by("id"):
        leaves_at = leaving_time(company, now)
        if leaves_at is None or not company.can_send_mail():
            continue
        # What is announced waits, so that somebody can stop it.
        hold = leaves_at if leaves_at > now else None
        try:
            prepared = _prepare_automatic(company, now, hold)
        except PreparationRefused as refusal:  # the clock went back: the others go on
            logger.warning("%s: %s", company.slug, refusal)
            continue
        carry_out(company, prepared.by_medium(), actor=None, leaves_at=hold)


def read_mailboxes(now: datetime) -> None:
    """Read the mailbox of every company that gave one, each in a task of its own."""
    for company in Company.objects.filter(is_demo=False).exclude(imap_host=""):
        read_one_mailbox.enqueue(company_id=company.pk)


@task()
def read_one_mailbox(company_id: int) -> None:
    """Take over what arrived in a company's mailbox."""
    read_mailbox(Company.objects.get(pk=company_id), now=timezone.now())


def note_promise_outcomes(now: datetime) -> None:
    """Note in the journal which promises were kept or broken, company by company."""
    for company in Company.objects.order_by("id"):
        note_outcomes(company, today=company.local_day(now), now=now)


def sweep_attachments(now: datetime) -> None:
    """Remove the files of messages that nobody sent."""
    attachments.sweep_abandoned(now)


@transaction.atomic
def _prepare_automatic(company: Company, now: datetime, hold: datetime | None) -> Prepared:
    prepared = prepare_reminders(
        Scope(company),
        Moment(company.local_day(now), now, hold),
        author=AUTOMATIC,
        selection=Selection(automatic_only=True),
    )
    if hold is not None and prepared.count:
        label = _("Annonce des envois automatiques")
        payload = {"at": now.isoformat()}
        start_job(_ANNOUNCE, company=company, label=label, actor=None, payload=payload)
    return prepared


def announce_automatic(job: RunningJob) -> dict[str, Any]:
    """Tell the company's people what is about to leave by itself."""
    at = datetime.fromisoformat(job.job.payload["at"])
    try:
        return {"told": announce(job.job.company, prepared_at=at, now=timezone.now())}
    except DigestFailed as failure:
        raise JobRefused(
            _("L’annonce des envois n’a pas pu partir : %(why)s") % {"why": failure}
        ) from failure


def undo_until(now: datetime | None = None) -> datetime:
    """The moment before which a message that was just ordered does not leave."""
    return (now or timezone.now()) + timedelta(seconds=settings.UNDO_SECONDS)


# -- what the scenarios would have sent ----------------------------------------------------------


def start_past_year(company: Company, *, actor: User) -> Job:
    """A job that simulates the last twelve months; the one that is on its way, if there is one."""
    busy = Job.objects.filter(
        company=company,
        function=PAST_YEAR,
        status__in=(Job.Status.QUEUED, Job.Status.RUNNING),
    )
    label = _("Simulation des douze derniers mois")
    return busy.first() or start_job(PAST_YEAR, company=company, label=label, actor=actor)


def simulate_past_year(job: RunningJob) -> dict[str, Any]:
    """Simulate the last twelve months with the scenarios as they are; writes nothing else."""
    company = job.job.company
    today = company.local_day(timezone.now())
    return past_year(Scope(company), today, progress=job.progress)


def start_forgetting(company: Company, *, actor: User) -> Job:
    """A job that takes back what the messages of rehearsals have raised."""
    label = _("Oubli de la répétition")
    return start_job(_FORGET, company=company, label=label, actor=actor)


def forget_rehearsals(job: RunningJob) -> dict[str, Any]:
    """Forget, some messages at a time; begun again, it goes on with what is left."""
    company, user = job.job.company, job.job.created_by
    author = Author.of(user) if user else AUTOMATIC
    total, done = rehearsed(company).count(), 0
    while taken := forget_rehearsal(company, now=timezone.now(), author=author):
        done += taken
        job.progress(min(done, total), total)
    return {"forgotten": done}
