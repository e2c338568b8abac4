"""Who receives a step and who gets a copy of it: the fields, and what they suggest."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.queries.scenario_edit import contact_services
from encaisse.collection.rules.copies import SALES_REP
from encaisse.core.text import fold
from encaisse.ledger.rules.contact_roles import roles_of, services_in
from encaisse.tenancy.models import Company
from encaisse.tenancy.people import people_of
from encaisse.web.app.write.forms import addresses_field, addresses_in
from encaisse.web.app.write.people import colleagues

_LONGEST = 600


def services_field() -> forms.CharField:
    """The services of contacts that receive a step, with commas; chips with JavaScript."""
    field = addresses_field(
        gettext_lazy("Destinataires"),
        suggests="known-services",
        required=False,
        max_length=_LONGEST,
        help_text=gettext_lazy("Services des contacts, séparés par des virgules. Vide : tous."),
    )
    field.widget.attrs["data-names"] = True
    return field


def copies_field(label: str | Promise) -> forms.CharField:
    """Addresses, and the word that stands for whoever follows the customer."""
    field = addresses_field(
        label,
        suggests="known-colleagues",
        required=False,
        max_length=_LONGEST,
        help_text=gettext_lazy(
            "Adresses, séparées par des virgules. E-mails seulement. « commercial » : ceux d’ici "
            "dont le portefeuille contient le commercial du client."
        ),
    )
    words = {"data-word": SALES_REP, "data-word-label": gettext_lazy("commercial du client")}
    field.widget.attrs |= words
    return field


def copies_in(text: str) -> tuple[str, ...]:
    """The copies that were typed. Raises ValidationError for what is no address."""
    found = []
    for one in addresses_in(text):
        if fold(one) == SALES_REP:
            found.append(SALES_REP)
            continue
        try:
            validate_email(one)
        except ValidationError as error:
            raise ValidationError(
                _("« %(address)s » n’est pas une adresse complète.") % {"address": one}
            ) from error
        found.append(one)
    return tuple(found)


@dataclass(frozen=True)
class Addressees:
    """Whom the fields suggest; each list is one query."""

    company: Company

    @cached_property
    def services(self) -> list[str]:
        """The services that contacts have, as they are written."""
        found = {
            fold(name): name
            for text in contact_services(self.company)
            for name in services_in(text)
        }
        return sorted(found.values(), key=fold)

    @cached_property
    def colleagues(self) -> list[tuple[str, str]]:
        """The people of the company: address and name."""
        members = (member for member in people_of(self.company) if member.is_active)
        return colleagues(member.user for member in members)

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of some services that no contact has."""
        known = roles_of("\n".join(self.services))
        return [name for name in names if not roles_of(name) & known]
