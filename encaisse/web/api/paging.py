"""Pages of a list: a cursor says after which row the next one begins."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from encaisse.web.api.problems import Problem

T = TypeVar("T")
Row = TypeVar("Row")

MOST = 500


class PageQuery(Schema):
    """Which page. `cursor` is the `next_cursor` of the page before."""

    cursor: Annotated[str, Field(max_length=400)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100

    def after(self, first: Sequence[Any]) -> Any:
        """The key after which the page begins, shaped like `first`. Raises Problem."""
        if not self.cursor:
            return tuple(first)
        key = _read(self.cursor)
        if [type(part) for part in key] != [type(part) for part in first]:
            raise _misread()
        return tuple(key)


class Page(Schema, Generic[T]):
    """Some rows; `next_cursor` is null on the last page."""

    data: list[T]
    next_cursor: str | None


def page_of(
    rows: Sequence[Row],
    limit: int,
    key: Callable[[Row], Sequence[Any]],
    told: Callable[[Row], T],
) -> Page[T]:
    """The page of rows that were looked up with one more than `limit`."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        data=[told(row) for row in shown], next_cursor=_write(key(shown[-1])) if more else None
    )


def page_among(
    rows: Sequence[Row],
    query: PageQuery,
    key: Callable[[Row], Sequence[Any]],
    told: Callable[[Row], T],
    *,
    first: Sequence[Any],
) -> Page[T]:
    """A page of rows that are all in memory: those after the cursor, in the order of their keys."""
    after = query.after(first)
    ordered = sorted((row for row in rows if tuple(key(row)) > after), key=lambda row: [*key(row)])
    return page_of(ordered[: query.limit + 1], query.limit, key, told)


def _write(key: Sequence[Any]) -> str:
    return urlsafe_b64encode(json.dumps([*key]).encode()).decode().rstrip("=")


def _read(cursor: str) -> list[Any]:
    try:
        key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise _misread() from None
    if not isinstance(key, list) or any(_is_strange(part) for part in key):
        raise _misread()
    return key


def _is_strange(part: object) -> bool:
    """Nothing that a cursor of ours holds: neither beyond a row's id, nor in a row's text."""
    if isinstance(part, int):
        return not 0 <= part < 2**63
    return not isinstance(part, str) or any(
        sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in part
    )


def _misread() -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _("Ce curseur n’est pas de ceux d’ici."))
