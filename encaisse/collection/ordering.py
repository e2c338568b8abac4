"""Ordering what the plan says: intents first, then the jobs that carry them out."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection import tasks
from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import keep_attached
from encaisse.collection.operations.effects import cancel_reminders
from encaisse.collection.operations.prepare import Moment, Prepared, Selection, prepare_reminders
from encaisse.collection.operations.write_message import Message, write_message
from encaisse.collection.operations.write_messages import MassOrder
from encaisse.collection.queries.orders import UNSENT, has_unsent, latest_job, reminders_of
from encaisse.jobs.models import Job
from encaisse.jobs.operations import request_stop, start_job
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company, User
from encaisse.tenancy.scope import Scope

SENDING = "encaisse.collection.tasks.send_mails"
PRINTING = "encaisse.collection.tasks.print_letters"
WRITING = "encaisse.collection.tasks.write_many"


@transaction.atomic
def order_reminders(
    scope: Scope, *, today: date, now: datetime, user: User, selection: Selection
) -> Prepared:
    """Write the intents of what is due and chosen, and start sending mails and printing letters.

    Mails leave after the time to change one's mind. All the reminders carry `now`, the name of
    the order (queries.orders). Ordering twice makes nothing new.
    """
    moment = Moment(today, now, not_before=tasks.undo_until(now))
    author = Author.of(user)
    prepared = prepare_reminders(scope, moment, author=author, selection=selection)
    media = prepared.by_medium()
    tasks.carry_out(scope.company, media, actor=user, leaves_at=moment.not_before)
    return prepared


@transaction.atomic
def order_message(
    customer: Customer, message: Message, *, today: date, now: datetime, user: User
) -> Reminder:
    """Keep what a person wrote to one customer, with its files, and start what carries it out.

    A mail leaves after the time to change one's mind. Raises MessageRefused.
    """
    moment = Moment(today, now, tasks.undo_until(now))
    reminder = write_message(customer, message, moment, author=Author.of(user))
    if message.attachments:
        keep_attached(customer.company, message.token)
    media = (message.medium,)
    tasks.carry_out(customer.company, media, actor=user, leaves_at=moment.not_before)
    return reminder


@transaction.atomic
def order_messages(
    scope: Scope, order: MassOrder, customer_ids: Collection[int], *, user: User
) -> Job:
    """Start writing one text to many customers, those whom the scope may see.

    The same form sent twice gives the same job. Returns the job that writes the messages; sending
    and printing follow by themselves.
    """
    company = Company.objects.select_for_update(no_key=True).get(pk=scope.company.pk)
    if earlier := writing_of(company, order.token):
        return earlier
    seen = Customer.objects.visible_in(scope).values_list("pk", flat=True)
    ids = sorted(set(seen).intersection(customer_ids))
    record_event(
        "messages.ordered",
        company=company,
        author=Author.of(user),
        at=order.at,
        customers=len(ids),
        **{key: value for key, value in order.as_json().items() if key not in ("at", "token")},
    )
    return start_job(
        WRITING,
        company=company,
        label=_("Préparation des relances"),
        actor=user,
        payload={"order": order.as_json(), "customers": ids},
    )


def writing_of(company: Company, token: str) -> Job | None:
    """The job that writes the order of a form, once it was sent."""
    jobs = Job.objects.filter(company=company, function=WRITING, payload__order__token=token)
    return jobs.first()


def stop_order(scope: Scope, at: datetime, *, now: datetime, author: Author) -> int:
    """Take back what an order has not sent yet; returns how many. What has left stays left.

    The job stops too, unless another order waits for it.
    """
    job = job_of_order(scope.company, at)
    ids = reminders_of(scope, at, UNSENT)
    cancelled = cancel_reminders(scope, ids, now=now, author=author)
    if job is not None and not job.is_finished and not has_unsent(scope.company, apart_from=at):
        request_stop(job)
    return cancelled


def resume_order(scope: Scope, *, user: User) -> None:
    """Try again to send what waits, after a job that could not."""
    tasks.start_sending(scope.company, actor=user)


def job_of_order(company: Company, at: datetime) -> Job | None:
    """The newest sending or printing job since an order was given."""
    return latest_job(company, (SENDING, PRINTING), at)
