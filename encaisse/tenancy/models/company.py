"""The company that uses the product: the tenant of everything else, never a debtor."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from encaisse.core.ageing import USUAL_BOUNDS
from encaisse.core.workdays import MONDAY_TO_FRIDAY, Closure, WorkingDays, working_days


def usual_bounds() -> list[int]:
    """The ageing periods of a company that chose none."""
    return list(USUAL_BOUNDS)


class Company(models.Model):
    """Legal identity, calendar, and how its mail leaves."""

    class MailMode(models.TextChoices):
        LIVE = "live", _("Envoi réel")
        REDIRECT = "redirect", _("Tout vers une seule adresse")
        CAPTURE = "capture", _("Rien ne part (les messages sont gardés ici)")

    class Numbers(models.TextChoices):
        """The number by which an entry is called."""

        INVOICE = "invoice", _("N° de facture (référence de la pièce)")
        ENTRY = "entry", _("N° de pièce comptable")

    class Security(models.TextChoices):
        NONE = "none", _("Aucune")
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"

    class Service(models.TextChoices):
        """E-mail services that are reached by their API; none: the SMTP server."""

        BREVO = "brevo", "Brevo"
        MAILJET = "mailjet", "Mailjet"
        MAILGUN = "mailgun", "Mailgun"
        POSTMARK = "postmark", "Postmark"
        SENDGRID = "sendgrid", "SendGrid"
        SPARKPOST = "sparkpost", "SparkPost"
        RESEND = "resend", "Resend"
        MAILERSEND = "mailersend", "MailerSend"
        MANDRILL = "mandrill", "Mandrill"

    class Penalty(models.TextChoices):
        """The rate of late-payment interest; none: it is not claimed."""

        LEGAL = "legal", _("Taux légal : celui de la BCE plus dix points")
        AGREED = "agreed", _("Taux de vos conditions de vente")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField("raison sociale", max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="fr")

    base_currency = models.CharField("devise", max_length=3, default="EUR")
    timezone = models.CharField("fuseau horaire", max_length=64, default="Europe/Paris")
    country = models.CharField("pays", max_length=2, default="FR")
    subdivision = models.CharField("subdivision (jours fériés)", max_length=6, blank=True)
    fiscal_year_month = models.PositiveSmallIntegerField("premier mois de l’exercice", default=1)
    default_payment_terms = models.CharField(
        "conditions de règlement par défaut", max_length=60, default="30 jours"
    )

    legal_form = models.CharField("forme juridique", max_length=40, blank=True)
    capital = models.CharField("capital social", max_length=40, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    registry_city = models.CharField("ville du RCS", max_length=60, blank=True)
    vat_number = models.CharField("n° de TVA", max_length=20, blank=True)
    address = models.TextField("adresse", blank=True)
    postal_code = models.CharField("code postal", max_length=12, blank=True)
    city = models.CharField("ville", max_length=60, blank=True)
    phone = models.CharField("téléphone", max_length=40, blank=True)
    bank_holder = models.CharField("titulaire du compte", max_length=120, blank=True)
    bank_name = models.CharField("banque", max_length=80, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)

    mail_mode = models.CharField(max_length=10, choices=MailMode, default=MailMode.LIVE)
    redirect_to = models.EmailField("adresse de répétition", blank=True)
    sender_name = models.CharField("nom de l’expéditeur", max_length=120, blank=True)
    sender_email = models.EmailField("adresse de l’expéditeur", blank=True)
    reply_to = models.EmailField("adresse de réponse", blank=True)
    smtp_host = models.CharField("serveur SMTP", max_length=120, blank=True)
    smtp_port = models.PositiveIntegerField("port", default=587)
    smtp_security = models.CharField(
        "chiffrement", max_length=10, choices=Security, default=Security.STARTTLS
    )
    smtp_username = models.CharField("identifiant SMTP", max_length=120, blank=True)
    smtp_password_sealed = models.TextField(blank=True)

    # The service that mails leave by; empty: the SMTP server above.
    mail_service = models.CharField("service d’envoi", max_length=20, choices=Service, blank=True)
    service_key_sealed = models.TextField(blank=True)
    service_secret_sealed = models.TextField(blank=True)
    # What the service signs its events with.
    service_signing_sealed = models.TextField(blank=True)
    service_domain = models.CharField("domaine d’envoi", max_length=120, blank=True)
    service_url = models.CharField("adresse de l’API", max_length=200, blank=True)
    # Names the company in the address that services report to; nobody can guess it.
    events_token = models.CharField(max_length=64, blank=True)

    # The mailbox where answers and returns arrive.
    imap_host = models.CharField("serveur IMAP", max_length=120, blank=True)
    imap_port = models.PositiveIntegerField("port IMAP", default=993)
    imap_security = models.CharField(
        "chiffrement IMAP", max_length=10, choices=Security, default=Security.TLS
    )
    imap_username = models.CharField("identifiant IMAP", max_length=120, blank=True)
    imap_password_sealed = models.TextField(blank=True)
    imap_folder = models.CharField("dossier IMAP", max_length=120, default="INBOX")
    # The last message read: its folder's validity, and its number there.
    imap_validity = models.BigIntegerField(default=0)
    imap_last_uid = models.BigIntegerField(default=0)
    imap_error = models.TextField(blank=True)
    # Off unless the company asks for it (CNIL: a trace needs the person's consent).
    tracks_opening = models.BooleanField("suivre l’ouverture des e-mails", default=False)
    tracks_clicks = models.BooleanField("suivre les clics", default=False)

    # Addresses, one a line, that are told what is about to leave by itself.
    digest_to = models.TextField("prévenir avant les envois automatiques", blank=True)

    automatic_paused = models.BooleanField("envois automatiques suspendus", default=False)
    send_from_hour = models.PositiveSmallIntegerField("envoyer à partir de", default=9)
    send_until_hour = models.PositiveSmallIntegerField("envoyer jusqu’à", default=17)
    freshness_hours = models.PositiveIntegerField("données valables (heures)", default=168)

    # What late payment costs a professional customer, told by the texts that speak of it.
    penalty_mode = models.CharField(
        "pénalités de retard", max_length=10, choices=Penalty, blank=True
    )
    # Percent a year, where it was agreed.
    penalty_rate = models.DecimalField(
        "taux des pénalités", max_digits=5, decimal_places=2, null=True
    )
    # Half-year → percent, as a string: what the product does not know yet, or what differs.
    ecb_rates = models.JSONField("taux de la BCE", default=dict)
    # Where customers pay by themselves; `{montant}`, `{reference}` and `{client}` are filled in.
    payment_url = models.CharField("page de paiement", max_length=400, blank=True)

    # Bumped by every write that changes who may be reminded: the last look of a sender.
    facts_revision = models.BigIntegerField(default=0)

    siret = models.CharField("SIRET", max_length=14, blank=True)
    # Printed under the sender's name: « Comptabilité clients ».
    service_name = models.CharField("service", max_length=120, blank=True)
    # « Démarrer »: the steps found right as they were, and whether the home page still shows it.
    start_confirmed = models.JSONField(default=list)
    start_dismissed = models.BooleanField(default=False)

    # « Options ».
    # Days late at which an ageing period ends: 30, 60.
    aging_bounds = models.JSONField("tranches de retard", default=usual_bounds)
    numbers_shown = models.CharField(
        "numéro affiché", max_length=10, choices=Numbers, default=Numbers.INVOICE
    )
    # [{"label", "active"}] in order; empty: the usual ones (collection.queries.motives).
    dispute_reasons = models.JSONField("motifs de litige", default=list)
    # [{"code", "label", "effect", "active"}] in order; empty: the usual ones.
    call_outcomes = models.JSONField("résultats d’appel", default=list)
    # What the ledger takes of the accounting: accounts that begin so, but for some journals.
    # Without any: the usual ones in a FEC, all those of other sources.
    account_prefixes = models.JSONField("comptes suivis", default=list)
    excluded_journals = models.JSONField("journaux exclus", default=list)
    promises_suspend = models.BooleanField("une promesse suspend les relances", default=True)
    disputes_suspend = models.BooleanField("un litige suspend les relances", default=True)
    # 1 for Monday.
    weekdays = models.CharField("jours travaillés", max_length=7, default=MONDAY_TO_FRIDAY)
    # [{"first", "last", "label"}], days included: closed as on a public holiday.
    closures = models.JSONField("fermetures", default=list)

    # Nobody opens the company without a second step at the login: a code or a passkey.
    requires_second_factor = models.BooleanField("deux étapes obligatoires", default=False)

    # Each customer has a page of his own, which messages may lead to.
    customer_pages = models.BooleanField("page du client", default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="company_events_token",
                fields=("events_token",),
                condition=~Q(events_token=""),
            ),
            models.CheckConstraint(
                name="company_fiscal_month", condition=Q(fiscal_year_month__range=(1, 12))
            ),
            models.CheckConstraint(
                name="company_send_hours",
                condition=Q(send_from_hour__lt=models.F("send_until_hour"))
                & Q(send_until_hour__lte=24),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def calendar(self) -> WorkingDays:
        """The working days of the company: its country's, less the days when it is closed."""
        closures = tuple(
            Closure(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
            for one in self.closures
        )
        return working_days(self.country, self.subdivision, self.weekdays, closures)

    @property
    def bounds(self) -> tuple[int, ...]:
        """The ageing periods of its balances, in days late."""
        return tuple(self.aging_bounds)

    def local_day(self, moment: datetime) -> date:
        """The company's calendar day at a moment: 22:30 UTC may be tomorrow in Paris."""
        return moment.astimezone(self.zone).date()

    def within_sending_hours(self, moment: datetime) -> bool:
        """True on a working day within the hours at which automatic messages may leave."""
        local = moment.astimezone(self.zone)
        in_hours = self.send_from_hour <= local.hour < self.send_until_hour
        return in_hours and self.calendar.is_working(local.date())

    def fiscal_year_start(self, today: date) -> date:
        """First day of the fiscal year that `today` belongs to."""
        start = date(today.year, self.fiscal_year_month, 1)
        return start if start <= today else start.replace(year=today.year - 1)

    def can_send_mail(self) -> bool:
        """True when messages have somewhere to go."""
        if self.mail_mode == self.MailMode.CAPTURE:
            return True
        has_way = self.service_key_sealed if self.mail_service else self.smtp_host
        return bool(has_way and self.sender_email)
