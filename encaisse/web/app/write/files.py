"""The files joined to a message while it is being written."""

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_POST

from encaisse.collection.operations.attachments import attach, detach, is_token
from encaisse.messaging.mail import MailRefused
from encaisse.tenancy.models import Company
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.write.pages import joined_to


@require_POST
@member_can("reminder.send")
def change_files(request: CompanyRequest, customer_id: int, token: str) -> HttpResponse:
    """Join files, or drop one; the list of files comes back, with what was refused."""
    customer = customer_of(request, customer_id)
    if not is_token(token):
        raise Http404
    if name := request.POST.get("retirer"):
        detach(request.company, token, name)
    refused = join(request.company, token, request.FILES)
    context = {
        "customer": customer,
        "joined": joined_to(request.company, token),
        "refused": refused,
    }
    return render(request, "write/_files.html", context, status=422 if refused else 200)


def join(
    company: Company, token: str, files: "MultiValueDict[str, UploadedFile[bytes]]"
) -> list[tuple[str, str]]:
    """Keep the files that were sent; returns the names of those refused, and why."""
    refused = []
    for file in files.getlist("files"):
        try:
            attach(company, token, file.name or "", file.chunks())
        except MailRefused as refusal:
            refused.append((file.name or "", str(refusal)))
    return refused
