"""Where a company's mail goes: its relay or its service, one address for all, or a folder."""

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from encaisse.collection.operations.rehearsal_mail import RehearsalSession
from encaisse.messaging.connection import SmtpSettings
from encaisse.messaging.services.catalogue import SERVICES, ServiceSettings
from encaisse.messaging.transport import CaptureSession, MailSession, SmtpSession
from encaisse.tenancy.models import Company
from encaisse.tenancy.secrets import unseal


def open_session(company: Company) -> MailSession:
    """The session that a company's mode asks for. A demonstration never reaches the network."""
    if company.is_demo or company.mail_mode == Company.MailMode.CAPTURE:
        return CaptureSession(outbox(company))
    return _leaving(company, None)


def open_trial_session(company: Company, *, patience: float) -> MailSession:
    """The same for somebody who waits in front of the screen: at most so many seconds a step."""
    if company.is_demo or company.mail_mode == Company.MailMode.CAPTURE:
        return open_session(company)
    return _leaving(company, patience)


def _leaving(company: Company, patience: float | None) -> MailSession:
    session: MailSession
    if company.mail_service:
        # Here, because loading it takes as long as a whole command of those who have no service.
        from encaisse.messaging.services.session import ServiceSession

        service = service_settings(company)
        session = ServiceSession(replace(service, timeout=patience or service.timeout))
    else:
        relay = smtp_settings(company)
        session = SmtpSession(replace(relay, timeout=patience or relay.timeout))
    if company.mail_mode == Company.MailMode.REDIRECT:
        return RehearsalSession(session, company.redirect_to)
    return session


def outbox(company: Company) -> Path:
    """The folder that keeps what did not leave."""
    folder = Path(settings.DATA) / "outbox" / company.slug
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def service_settings(company: Company) -> ServiceSettings:
    """The e-mail service of a company, its keys unsealed."""
    return ServiceSettings(
        kind=SERVICES[company.mail_service],
        key=unseal(company.service_key_sealed),
        secret=unseal(company.service_secret_sealed),
        domain=company.service_domain,
        url=company.service_url,
    )


def smtp_settings(company: Company) -> SmtpSettings:
    """The relay of a company, its password unsealed."""
    return SmtpSettings(
        host=company.smtp_host,
        port=company.smtp_port,
        security=company.smtp_security,  # type: ignore[arg-type]  # a choice of the model
        username=company.smtp_username,
        password=unseal(company.smtp_password_sealed),
    )
