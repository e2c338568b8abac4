"""The forms about a list: its name as a view, and when its file leaves by mail."""

import re
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.insights.models import ScheduledExport
from encaisse.insights.operations.saved_views import ViewWish
from encaisse.insights.operations.scheduled_exports import ExportWish
from encaisse.web.rhythm import RhythmForm, rhythm_initial

LONGEST_NAME = 80


class ViewForm(forms.Form):
    """The name of a view. Other fields are there when they mean something."""

    name = forms.CharField(label=gettext_lazy("Nom de la vue"), max_length=LONGEST_NAME)
    replaces = forms.BooleanField(
        label=gettext_lazy("Remplacer cette vue par la liste affichée"), required=False
    )
    takes_list = forms.BooleanField(
        label=gettext_lazy("Lui donner les filtres, le tri et les colonnes affichés"),
        required=False,
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Partager avec les collègues qui voient cette liste"), required=False
    )

    def __init__(
        self, data: Any = None, *, may_share: bool, may_take_list: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if not may_share:
            del self.fields["is_shared"]
        if not may_take_list:
            del self.fields["takes_list"]
        self.replacing = bool(data and data.get("replaces"))

    def clean_name(self) -> str:
        """The name without useless spaces."""
        return " ".join(self.cleaned_data["name"].split())

    @property
    def wish(self) -> ViewWish:
        """What was asked, once the form is valid."""
        return ViewWish(self.cleaned_data["name"], bool(self.cleaned_data.get("is_shared")))

    def offer_to_replace(self, why: str) -> None:
        """Say that the name is taken, and show the box that takes it over."""
        self.add_error("name", why)
        self.replacing = True


class ExportForm(RhythmForm):
    """When the file of a list leaves, in which format and for whom."""

    name = forms.CharField(label=gettext_lazy("Nom de l’envoi"), max_length=LONGEST_NAME)
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=ScheduledExport.Format.choices, initial="xlsx"
    )
    recipients = forms.CharField(label=gettext_lazy("Destinataires"), widget=forms.Textarea)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["recipients"].widget.attrs = {
            "rows": 3,
            "data-addresses": True,
            "data-remove": _("Retirer"),
            "data-wrong": _("Adresse incomplète"),
        }

    @classmethod
    def of(cls, export: ScheduledExport, data: Any = None) -> Self:
        """The form of an export as it stands."""
        return cls(
            data,
            initial={
                "name": export.name,
                "format": export.format,
                "recipients": export.recipients,
                **rhythm_initial(export),
            },
        )

    @property
    def wish(self) -> ExportWish:
        """What was asked, once the form is valid."""
        typed = self.cleaned_data
        return ExportWish(
            name=" ".join(typed["name"].split()),
            file_format=typed["format"],
            recipients=re.split(r"[\s,;]+", typed["recipients"]),
            rhythm=self.chosen,
        )
