"""What a person may do, as it is typed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.tenancy.models import Company, Membership, User
from encaisse.tenancy.queries import companies_of_address


class RightsForm(forms.Form):
    """A role, and the customers it is held over."""

    role = forms.ChoiceField(
        label=gettext_lazy("Rôle"),
        choices=Membership.Role.choices,
        initial=Membership.Role.COLLECTOR,
    )
    sees_all = forms.BooleanField(
        label=gettext_lazy("Voit l’ensemble des clients"), required=False, initial=True
    )
    sales_reps = forms.MultipleChoiceField(
        label=gettext_lazy("Commerciaux"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, sales_reps: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        given = self.initial.get("sales_reps") or []
        names = sorted({*sales_reps, *given})
        self.fields["sales_reps"].choices = [(one, one) for one in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A limited person needs somebody's customers; an administrator is never limited."""
        cleaned = super().clean() or {}
        if self._is_limited(cleaned) and not cleaned.get("sales_reps") and not self.errors:
            self.add_error("sales_reps", _("Choisissez au moins un commercial."))
        return cleaned

    @property
    def portfolio(self) -> list[str] | None:
        """The names of the portfolio; None for all the customers."""
        if not self._is_limited(self.cleaned_data):
            return None
        return list(self.cleaned_data["sales_reps"])

    @staticmethod
    def _is_limited(cleaned: dict[str, Any]) -> bool:
        is_administrator = cleaned.get("role") == Membership.Role.ADMINISTRATOR
        return not cleaned.get("sees_all") and not is_administrator


class InvitationForm(RightsForm):
    """Someone to invite, into one company or several."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Langue"), choices=settings.LANGUAGES)
    companies = forms.MultipleChoiceField(
        label=gettext_lazy("Aussi dans"), required=False, widget=forms.CheckboxSelectMultiple
    )
    wants_cash_report = forms.BooleanField(
        label=gettext_lazy("Cash reporting"),
        required=False,
        help_text=gettext_lazy(
            "Les chiffres de son portefeuille par e-mail, chaque lundi ; il pourra changer "
            "le rythme."
        ),
    )
    field_order = ("email", "language", "role")

    def __init__(
        self, *args: Any, company: Company, others: Sequence[Company] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._company, self._others = company, others
        choices = [(one.slug, one.name) for one in others]
        self.fields["companies"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen_companies(self) -> list[Company]:
        """Where he is invited, the present company first."""
        slugs = self.cleaned_data.get("companies", ())
        return [self._company, *(one for one in self._others if one.slug in slugs)]

    def clean_email(self) -> str:
        """The address in lower case."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """Somebody who is there already is changed, not invited."""
        cleaned = super().clean()
        known = companies_of_address(cleaned.get("email", ""), self.chosen_companies)
        if known:
            self.add_error(
                "email",
                _("Cette personne est déjà dans %(names)s : ouvrez sa fiche dans la liste.")
                % {"names": ", ".join(company.name for company in known)},
            )
        return cleaned


class NewcomerForm(forms.Form):
    """What an invited person without an account gives."""

    first_name = forms.CharField(
        label=gettext_lazy("Prénom"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "autofocus": True}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Douze signes au moins ; une phrase se retient mieux qu’un code."),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._email = email

    def clean(self) -> dict[str, Any]:
        """A password that nobody finds, and that is not the name of the person."""
        cleaned = super().clean() or {}
        person = User(
            email=self._email,
            first_name=cleaned.get("first_name", ""),
            last_name=cleaned.get("last_name", ""),
        )
        if password := cleaned.get("password"):
            try:
                validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
