"""Where a company's mail goes: its relay, one address for all, or a folder."""

from pathlib import Path

from django.conf import settings

from encaisse.messaging.connection import SmtpSettings
from encaisse.messaging.transport import CaptureSession, MailSession, RedirectSession, SmtpSession
from encaisse.tenancy.models import Company
from encaisse.tenancy.secrets import unseal


def open_session(company: Company) -> MailSession:
    """The session that a company's mode asks for. A demonstration never reaches the network."""
    if company.is_demo or company.mail_mode == Company.MailMode.CAPTURE:
        return CaptureSession(outbox(company))
    session = SmtpSession(smtp_settings(company))
    if company.mail_mode == Company.MailMode.REDIRECT:
        return RedirectSession(session, company.redirect_to)
    return session


def outbox(company: Company) -> Path:
    """The folder that keeps what did not leave."""
    folder = Path(settings.DATA) / "outbox" / company.slug
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def smtp_settings(company: Company) -> SmtpSettings:
    """The relay of a company, its password unsealed."""
    return SmtpSettings(
        host=company.smtp_host,
        port=company.smtp_port,
        security=company.smtp_security,  # type: ignore[arg-type]  # a choice of the model
        username=company.smtp_username,
        password=unseal(company.smtp_password_sealed),
    )
