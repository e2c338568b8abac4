"""How tests read what came out of a request: a page, and the journal."""

from django.http import HttpResponse

from encaisse.tenancy.models import Event


def text_of(response: HttpResponse) -> str:
    """A page's source, with its no-break spaces made plain."""
    return response.text.replace("\u202f", " ").replace("\xa0", " ")


def words_of(response: HttpResponse) -> str:
    """A page's source, with every run of spaces and line ends made one plain space."""
    return " ".join(response.text.split())


def events() -> list[str]:
    """The kinds of the journal's lines, oldest first."""
    return list(Event.objects.order_by("id").values_list("kind", flat=True))
