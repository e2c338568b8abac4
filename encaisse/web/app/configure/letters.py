"""« Courriers »: how letters and statements look, and what they look like."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.operations.print_letters import letter_of
from encaisse.collection.queries.letterhead import legal_mentions
from encaisse.core.wording import told
from encaisse.messaging.defaults import load_defaults
from encaisse.messaging.letters.layout import Layout
from encaisse.messaging.letters.letter import LetterData
from encaisse.messaging.letters.press import LetterRefused
from encaisse.messaging.models import LetterLayout
from encaisse.messaging.operations.layout import change_letter_layout, write_choices
from encaisse.messaging.queries.layout import layout_of, layout_row
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.letters_form import LayoutForm
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.sample import sample_message
from encaisse.web.app.plan.preview_views import PDF_POLICY
from encaisse.web.app.plan.previewing import press

SECTION = "settings_letters"
# The text shown on the sample: long enough to judge a page by.
_SHOWN = "reminder_3_letter"


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def letters(request: CompanyRequest) -> HttpResponse:
    """Logo, letterhead, window, margins, font, footer, signature, slip."""
    row = layout_row(request.company)
    posted = request.method == "POST"
    form = LayoutForm.of(row, request.POST, request.FILES) if posted else LayoutForm.of(row)
    if posted and form.is_valid():
        change_letter_layout(
            request.company,
            form.choices,
            pictures=form.pictures,
            author=Author.of(request.user),
        )
        messages.success(
            request, _("Mise en page enregistrée. Vos prochains courriers la suivent.")
        )
        return redirect(request.url(SECTION))
    context = {"form": form, "row": row, "mentions": legal_mentions(request.company)}
    status = 422 if form.errors else 200
    return render_section(request, SECTION, "configure/letters.html", context, status=status)


@require_POST
@never_cache
@member_can("company.configure")
def preview(request: CompanyRequest) -> HttpResponse:
    """The pages of a letter with the choices as they are typed."""
    try:
        with _sample(request) as letter:
            images = press().images(letter)
    except (LetterRefused, TemplateRefused) as refusal:
        return render(request, "configure/_letter_preview.html", {"error": told(refusal, _)})
    pages = [f"data:image/png;base64,{b64encode(image).decode()}" for image in images]
    return render(request, "configure/_letter_preview.html", {"pages": pages})


@require_POST
@never_cache
@csp(PDF_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("company.configure")
def pdf(request: CompanyRequest) -> HttpResponse:
    """The same letter as a PDF."""
    try:
        with _sample(request) as letter:
            printed = press().compile(letter)
    except (LetterRefused, TemplateRefused) as refusal:
        return render(request, "write/refused.html", {"error": told(refusal, _)})
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="apercu.pdf"'
    return response


@contextmanager
def _sample(request: CompanyRequest) -> Iterator[LetterData]:
    """A letter to an imaginary customer, in the layout as far as it is valid."""
    company = request.company
    language = own_language(company.language)
    text = next(one for one in load_defaults(language) if one.code == _SHOWN)
    composed = sample_message(request, text.subject, text.body, language=language, kind=text.kind)
    with TemporaryDirectory() as folder:
        layout = _typed(request, layout_row(company), Path(folder))
        yield letter_of(company, composed, "letter", layout)


def _typed(request: CompanyRequest, row: LetterLayout, folder: Path) -> Layout:
    """The layout as it is typed; pictures just given lie in the folder."""
    form = LayoutForm.of(row, request.POST, request.FILES)
    form.is_valid()
    write_choices(row, form.choices)
    layout = layout_of(row)
    for use, picture in form.pictures.items():
        path = None
        if picture is not None:
            path = folder / f"{use.value}.{picture.suffix}"
            path.write_bytes(picture.content)
        layout = replace(layout, **{use.value: path})  # type: ignore[arg-type]  # three of a kind
    return layout
