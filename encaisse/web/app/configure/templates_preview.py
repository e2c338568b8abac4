"""A text while it is being written: as a customer would read it, or oneself."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace

from csp.decorators import csp
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from encaisse.collection.operations.print_letters import letter_of
from encaisse.collection.operations.trial_mail import TrialRefused, send_trial_mail
from encaisse.collection.operations.write_message import Message
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composed, Composer
from encaisse.collection.queries.plan_lines import customers_of
from encaisse.collection.queries.templates import customer_by_code, customer_to_show
from encaisse.core.wording import told
from encaisse.insights.search import search
from encaisse.ledger.models import Customer
from encaisse.messaging.letters.letter import LetterData
from encaisse.messaging.letters.press import LetterRefused
from encaisse.messaging.mail import Attachment
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.queries.layout import letter_layout
from encaisse.messaging.queries.logo import as_shown_here
from encaisse.messaging.rules.rendering import TemplateRefused
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.sample import sample_message
from encaisse.web.app.configure.templates_form import TemplateForm
from encaisse.web.app.plan.preview_views import MESSAGE_POLICY, PDF_POLICY
from encaisse.web.app.plan.previewing import press
from encaisse.web.app.write.ways import WAYS
from encaisse.web.app.write.writing import Writing

_WAYS = {"email": "email", "letter": "courrier", "phone": "telephone"}
_MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A text filled in, or why it cannot be; `customer` is None for the imaginary one.

    `found` are those who answer to what was searched; `is_unknown` when nobody does.
    """

    medium: str
    customer: Customer | None
    found: Sequence[Customer] = ()
    composed: Composed | None = None
    letter: LetterData | None = None
    error: str = ""
    is_unknown: bool = False

    @property
    def pages(self) -> list[str]:
        """The pages of a letter, as data: addresses."""
        images = press().images(self.letter) if self.letter else []
        return [f"data:image/png;base64,{b64encode(image).decode()}" for image in images]

    @property
    def warnings(self) -> list[str]:
        """What paper cannot show as asked."""
        return press().warnings(self.letter) if self.letter else []


def shown(request: CompanyRequest) -> Shown:
    """The text of the form, for the customer who was searched, else one whom it would fit."""
    form = TemplateForm(request.POST)
    medium = str(form["medium"].value() or "email")
    asked = request.POST.get("cherche", "").strip()
    found = _answering(request, asked)
    customer = found[0] if found else _usual(request, form)
    blank = Shown(medium, customer, found, is_unknown=bool(asked and not found))
    if not form.draft.body:
        return replace(blank, error=_("Donnez un texte à ce modèle."))
    try:
        composed = _composed(request, form, customer)
        letter = _letter(request, composed) if medium == MessageTemplate.Medium.LETTER else None
    except (TemplateRefused, LetterRefused) as refusal:
        return replace(blank, error=told(refusal, _))
    return replace(blank, composed=composed, letter=letter)


def _answering(request: CompanyRequest, asked: str) -> list[Customer]:
    """The customers who answer to a search, the best first."""
    if not asked:
        return []
    if exact := customer_by_code(request.scope, asked):
        return [exact]
    scope, today = request.scope, request.today
    hits = search(scope, asked, today=today, customers=_MOST_FOUND, entries=0).customers
    known = customers_of(scope, [hit.customer_id for hit in hits])
    return [known[hit.customer_id] for hit in hits if hit.customer_id in known]


def _usual(request: CompanyRequest, form: TemplateForm) -> Customer | None:
    """The customer shown so far, else one whom a text of that kind would fit."""
    shown_so_far = request.POST.get("client", "")
    known = customer_by_code(request.scope, shown_so_far) if shown_so_far else None
    kind = str(form["kind"].value() or "")
    return known or customer_to_show(
        request.scope, kind, language=form.written_in, on=request.today
    )


def _composed(request: CompanyRequest, form: TemplateForm, customer: Customer | None) -> Composed:
    text = form.draft
    if customer is None:
        kind = str(form["kind"].value())
        return sample_message(request, text.subject, text.body, language=form.written_in, kind=kind)
    draft = _draft(request, form, customer)
    return Composer(request.company, request.today, [draft], customers=[customer]).compose(draft)


def _draft(request: CompanyRequest, form: TemplateForm, customer: Customer) -> Draft:
    """What would be written to a customer today with this text."""
    way = WAYS[_WAYS.get(str(form["medium"].value()), "email")]
    kind = QueryDict(mutable=True)
    kind["kind"] = str(form["kind"].value())
    writing = Writing(request, customer, way, kind)
    message = Message(
        kind=writing.kind,
        medium=way.medium,
        entries=writing.ticked,
        scenario=writing.scenario,
        subject=form.draft.subject,
        body=form.draft.body,
        recipients=tuple(writing.addresses),
    )
    draft = writing.draft(message)
    assert draft.written is not None
    return draft._replace(written=draft.written._replace(language=form.written_in))


def _letter(request: CompanyRequest, composed: Composed) -> LetterData:
    return letter_of(request.company, composed, "letter", letter_layout(request.company))


# -- over HTTP -----------------------------------------------------------------------------------


@require_POST
@never_cache
@member_can("company.configure")
def preview(request: CompanyRequest) -> HttpResponse:
    """To whom, its subject, its pages or its words; or what is wrong with it."""
    return render(request, "configure/_template_preview.html", _context(shown(request)))


def _context(found: Shown) -> dict[str, object]:
    try:
        return {"shown": found, "pages": found.pages, "warnings": found.warnings}
    except LetterRefused as refusal:
        return {"shown": replace(found, letter=None, composed=None, error=str(refusal))}


@require_POST
@never_cache
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("company.configure")
def content(request: CompanyRequest) -> HttpResponse:
    """The message alone, for a frame that can do nothing."""
    found = shown(request)
    if found.composed is None:
        return render(request, "write/refused.html", {"error": found.error})
    if found.letter:
        return render(request, "write/letter.html", {"pages": _context(found).get("pages", ())})
    return HttpResponse(as_shown_here(found.composed.rendered.html, request.company))


@require_POST
@never_cache
@csp(PDF_POLICY)  # type: ignore[arg-type]
@member_can("company.configure")
def pdf(request: CompanyRequest) -> HttpResponse:
    """The letter as a PDF, whatever the medium of the text."""
    found = shown(request)
    try:
        if found.composed is None:
            return render(request, "write/refused.html", {"error": found.error})
        printed = press().compile(_letter(request, found.composed))
    except LetterRefused as refusal:
        return render(request, "write/refused.html", {"error": str(refusal)})
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="apercu.pdf"'
    return response


@require_POST
@member_can("company.configure")
def trial(request: CompanyRequest) -> HttpResponse:
    """Send the text to oneself, as it stands; a letter goes as a file."""
    outcome, error = _tried(request)
    context = {"outcome": outcome, "error": error}
    return render(request, "configure/_template_trial.html", context, status=422 if error else 200)


def _tried(request: CompanyRequest) -> tuple[str, str]:
    """Where it went, or why it did not leave."""
    found = shown(request)
    if found.composed is None:
        return "", found.error
    files = []
    try:
        if found.letter:
            printed = press().compile(found.letter)
            files.append(Attachment(_("courrier.pdf"), "application/pdf", printed))
        said = send_trial_mail(
            request.company,
            to=request.user,
            now=timezone.now(),
            message=found.composed.rendered,
            attachments=files,
        )
    except (TrialRefused, LetterRefused) as refusal:
        return "", str(refusal)
    return said, ""
