"""Turning waiting letters into PDF files, one by one and as one merged file."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.deliver import author_of
from encaisse.collection.operations.effects import fail_reminder, journal_reminder
from encaisse.collection.operations.last_look import check_again
from encaisse.collection.queries.letterhead import (
    company_address,
    legal_mentions,
    signature_of,
)
from encaisse.collection.queries.messages import Composed, Composer
from encaisse.collection.rules.facts import LETTERS
from encaisse.core.dates import long_date
from encaisse.core.wording import told
from encaisse.messaging.letters.epc import epc_payload
from encaisse.messaging.letters.layout import Layout
from encaisse.messaging.letters.letter import LetterData
from encaisse.messaging.letters.press import LetterPress, LetterRefused, merge_letters
from encaisse.messaging.letters.slip import payment_slip
from encaisse.messaging.queries.layout import letter_layout
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.tenancy.models import Company

Status = Reminder.Status
_BATCH = 50


def print_waiting_letters(
    company: Company,
    *,
    progress: Callable[[int], None] = lambda _count: None,
    clock: Callable[[], datetime] = timezone.now,
) -> list[Path]:
    """Write the PDF of every waiting letter; returns the files in the order of printing."""
    worker = uuid4().hex
    press = LetterPress()
    files: list[Path] = []
    while batch := _claim(company, worker, clock()):
        now = clock()
        checked = check_again(company, batch, now=now)
        drafts = [item.draft for item in checked]
        composer = Composer(company, company.local_day(now), drafts)
        layout = letter_layout(company)
        for item in checked:
            try:
                composed = composer.compose(item.draft)
                letter = letter_of(company, composed, item.reminder.medium, layout)
                files.append(_print(item.reminder, composed, press.compile(letter), now))
            except (TemplateRefused, LetterRefused) as refusal:
                _refuse(item.reminder, told(refusal, _), now)
        progress(len(files))
    return files


def _claim(company: Company, worker: str, now: datetime) -> list[Reminder]:
    waiting = Reminder.objects.pending().filter(
        company=company, medium__in=LETTERS, status=Status.WAITING
    )
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:_BATCH])
    Reminder.objects.filter(pk__in=ids, status=Status.WAITING).update(
        status=Status.CLAIMED,
        worker=worker,
        lease_until=now + timedelta(seconds=settings.LEASE_SECONDS * 5),
    )
    mine = Reminder.objects.filter(pk__in=ids, status=Status.CLAIMED, worker=worker)
    return list(
        mine.select_related("customer", "company", "created_by")
        .prefetch_related("lines")
        .order_by("id")
    )


def _print(reminder: Reminder, composed: Composed, pdf: bytes, now: datetime) -> Path:
    """Keep the letter's file, and say that it is printed."""
    path = letter_path(reminder.company, reminder)
    full = Path(settings.MEDIA_ROOT) / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(pdf)
    with transaction.atomic():
        Reminder.objects.filter(pk=reminder.pk, status=Status.CLAIMED).update(
            status=Status.PRINTED,
            status_at=now,
            lease_until=None,
            file=str(path),
            subject=composed.rendered.subject[:500],
            content_html=composed.rendered.html,
            content_text=composed.rendered.text,
            recipients=list(composed.address_lines),
            language=composed.language,
            template_version=composed.template_version,
        )
        journal_reminder("reminder.printed", reminder, now=now, author=author_of(reminder))
    return full


def letter_path(company: Company, reminder: Reminder) -> Path:
    """Where a letter's file lies under the files folder."""
    return Path("letters") / company.slug / f"{reminder.day:%Y-%m}" / f"{reminder.pk}.pdf"


def letter_of(company: Company, composed: Composed, medium: str, layout: Layout) -> LetterData:
    """The letter of a composed message, as the press wants it."""
    data, today = composed.data, composed.data.values["date_jour"]
    bank = data.bank
    payload = None
    if bank is not None and layout.has_code:
        payload = epc_payload(
            holder=bank.holder,
            iban=bank.iban,
            bic=bank.bic,
            amount_minor=data.amount_minor,
            currency=data.currency,
            reference=data.reference,
        )
    place = f"{company.city}, " if company.city else ""
    article = "le " if composed.language == "fr" else ""
    return LetterData(
        language=composed.language,
        title=composed.rendered.subject,
        letter_date=composed.on,
        sender_lines=tuple(company_address(company)),
        recipient_lines=composed.address_lines,
        place_and_date=f"{place}{article}{today or long_date(composed.on, composed.language)}",
        subject=composed.rendered.subject,
        nodes=composed.rendered.nodes,
        signature_name=signature_of(company, composed.signed_by),
        reference_lines=(data.reference,),
        epc_payload=payload,
        footer=layout.footer or legal_mentions(company),
        registered=medium == "registered_letter",
        slip=payment_slip(data, customer=composed.customer.legal_name) if layout.has_slip else (),
        layout=layout,
    )


def _refuse(reminder: Reminder, why: str, now: datetime) -> None:
    fail_reminder(
        reminder,
        why=why,
        now=now,
        author=author_of(reminder),
        was=(Status.CLAIMED,),
    )


def merge_printed(company: Company, files: Sequence[Path], name: str) -> Path:
    """One file of several letters, for one print run; returns its path under the files folder."""
    path = Path("letters") / company.slug / "merged" / f"{name}.pdf"
    full = Path(settings.MEDIA_ROOT) / path
    full.parent.mkdir(parents=True, exist_ok=True)
    merge_letters(files, full)
    return path
