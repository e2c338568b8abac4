"""How a company's letters look."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from encaisse.messaging.letters.layout import Margins
from encaisse.tenancy.models import Company

_USUAL = Margins()


class LetterLayout(models.Model):
    """The layout of a company's letters and statements; no row means the usual one.

    Margins are millimetres. Pictures lie below the files folder, each under a name made from its
    content: a file never changes. An empty footer means the legal mentions.
    """

    class Window(models.TextChoices):
        RIGHT = "right", _("À droite")
        LEFT = "left", _("À gauche")

    class Font(models.TextChoices):
        ROBOTO = "Roboto", "Roboto"
        SOURCE_SANS = "Source Sans Pro", "Source Sans"
        SOURCE_SERIF = "Source Serif Pro", "Source Serif"

    company = models.OneToOneField(Company, models.CASCADE, related_name="letter_layout")
    window = models.CharField(
        "fenêtre de l’enveloppe", max_length=5, choices=Window, default=Window.RIGHT
    )
    font = models.CharField("police", max_length=30, choices=Font, default=Font.ROBOTO)
    margin_left = models.PositiveSmallIntegerField("marge gauche", default=_USUAL.left)
    margin_right = models.PositiveSmallIntegerField("marge droite", default=_USUAL.right)
    margin_top = models.PositiveSmallIntegerField("marge haute", default=_USUAL.top)
    margin_bottom = models.PositiveSmallIntegerField("marge basse", default=_USUAL.bottom)
    has_sender = models.BooleanField("imprimer le nom et l’adresse", default=True)
    has_slip = models.BooleanField("coupon de paiement", default=False)
    has_code = models.BooleanField("QR code de virement", default=True)
    footer = models.TextField("pied de page", blank=True)
    logo = models.CharField(max_length=200, blank=True)
    logo_name = models.CharField(max_length=120, blank=True)
    letterhead = models.CharField(max_length=200, blank=True)
    letterhead_name = models.CharField(max_length=120, blank=True)
    letterhead_everywhere = models.BooleanField("sur toutes les pages", default=False)
    signature = models.CharField(max_length=200, blank=True)
    signature_name = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.company}"
