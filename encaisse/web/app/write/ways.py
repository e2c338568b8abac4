"""The ways to reach a customer: what the address calls them, and what the screen says."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from encaisse.collection.rules.facts import LETTERS, SPOKEN


@dataclass(frozen=True, slots=True)
class Way:
    """One of the forms. `slug` stands in the address, `medium` is the reminder's."""

    slug: str
    medium: str
    label: str | Promise
    title: str | Promise
    send: str | Promise
    icon: str

    @property
    def is_mail(self) -> bool:
        """True for an e-mail."""
        return self.medium == "email"

    @property
    def is_letter(self) -> bool:
        """True for letters, registered or not."""
        return self.medium in LETTERS

    @property
    def is_spoken(self) -> bool:
        """True for what is done by voice: nothing leaves, it is noted."""
        return self.medium in SPOKEN

    @property
    def has_text(self) -> bool:
        """True for what starts from a text; another action may be anything."""
        return self.medium != "other"


WAYS = {
    way.slug: way
    for way in (
        Way("email", "email", _("E-mail"), _("Écrire un e-mail"), _("Envoyer l’e-mail"),
            "envelope"),
        Way("courrier", "letter", _("Courrier"), _("Écrire un courrier"),
            _("Imprimer le courrier"), "document-text"),
        Way("recommande", "registered_letter", _("Lettre recommandée"),
            _("Écrire une lettre recommandée"), _("Imprimer le courrier"), "document-check"),
        Way("telephone", "phone", _("Téléphone"), _("Noter un appel"), _("Enregistrer l’appel"),
            "phone"),
        Way("autre", "other", _("Autre"), _("Noter une autre action"),
            _("Enregistrer l’action"), "chat-bubble-left"),
    )
}  # fmt: skip


def way_of(slug: str) -> Way:
    """The way of an address. Raises Http404."""
    try:
        return WAYS[slug]
    except KeyError:
        raise Http404 from None
