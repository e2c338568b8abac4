"""What every operation may answer besides what it is for."""

from typing import Any

from encaisse.web.api.problems import ProblemDetails


def _problems(*statuses: int) -> dict[Any, Any]:
    return dict.fromkeys(statuses, ProblemDetails)


READ = _problems(401, 403, 422, 429)
FOUND = _problems(401, 403, 404, 422, 429)
WRITE = _problems(400, 401, 403, 409, 413, 422, 429)
WRITE_FOUND = _problems(400, 401, 403, 404, 409, 413, 422, 429)
