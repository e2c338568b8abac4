from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from encaisse.web.api.app import api
from encaisse.web.api.problems import answer, not_found


@csrf_exempt
def nowhere(_request: HttpRequest) -> HttpResponse:
    """Any other address below /api/: a problem, not a page."""
    return answer(not_found())


urlpatterns = [path("v1/", api.urls), re_path("", nowhere)]
