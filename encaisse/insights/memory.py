"""Figures of large ledgers, kept by this process until the facts change.

Kept in memory and not in the shared cache: a page that is only read must never wait for the
database's write lock (a long import holds it on SQLite).
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

T = TypeVar("T")

_MOST = 512
_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


def remembered(key: Hashable, compute: Callable[[], T], *, worth: Callable[[T], bool]) -> T:
    """What `compute` gives, computed once per key while it is `worth` keeping.

    The key must hold everything that the result depends on, `company.facts_revision` included.
    """
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return cast(T, _kept[key])
    found = compute()
    if worth(found):
        with _lock:
            _kept[key] = found
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
    return found
