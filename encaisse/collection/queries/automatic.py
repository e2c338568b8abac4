"""Whether anything leaves by itself now, and if not, why and when it will."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from encaisse.collection.models import Step
from encaisse.collection.queries.facts import is_fresh
from encaisse.tenancy.models import Company

# How long what was announced waits before it leaves.
NOTICE = timedelta(hours=1)


class AutomaticState(StrEnum):
    """Why nothing leaves by itself, or that it does."""

    NO_STEP = "no_step"
    PAUSED = "paused"
    NO_SENDER = "no_sender"
    OLD_DATA = "old_data"
    LATER = "later"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Automatic:
    """The state, and the next moment at which something may leave (None while it cannot)."""

    state: AutomaticState
    next_at: datetime | None = None


def automatic_of(company: Company, *, now: datetime) -> Automatic:
    """Where automatic sending stands; two queries."""
    if not _has_automatic_steps(company):
        return Automatic(AutomaticState.NO_STEP)
    if company.automatic_paused:
        return Automatic(AutomaticState.PAUSED)
    if not company.can_send_mail():
        return Automatic(AutomaticState.NO_SENDER)
    if not is_fresh(company, now):
        return Automatic(AutomaticState.OLD_DATA)
    if leaves_at := leaving_time(company, now):
        return Automatic(AutomaticState.RUNNING, leaves_at)
    return Automatic(AutomaticState.LATER, _next_opening(company, now) + _notice(company))


def leaving_time(company: Company, now: datetime) -> datetime | None:
    """When a message that is prepared now leaves: after its announcement, where one is asked for.

    None when that, or now, is outside the hours at which messages may leave by themselves.
    """
    leaves_at = now + _notice(company)
    both = (now, leaves_at)
    return leaves_at if all(company.within_sending_hours(moment) for moment in both) else None


def _notice(company: Company) -> timedelta:
    return NOTICE if company.digest_to else timedelta()


def _has_automatic_steps(company: Company) -> bool:
    steps = Step.objects.filter(scenario__company=company, is_automatic=True, is_active=True)
    return any(
        version == current
        for version, current in steps.filter(scenario__is_active=True).values_list(
            "version", "scenario__version"
        )
    )


def _next_opening(company: Company, now: datetime) -> datetime:
    """The next working day's first hour, today's if it has not come."""
    local = now.astimezone(company.zone)
    day: date = local.date()
    if local.hour >= company.send_from_hour:
        day += timedelta(days=1)
    day = company.calendar.on_or_after(day)
    return datetime.combine(day, time(company.send_from_hour), tzinfo=company.zone)
