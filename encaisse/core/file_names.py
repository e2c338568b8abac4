"""Names of files that every system takes, and that do not take each other's place. Pure."""

import re
from collections.abc import Container
from pathlib import PurePath

_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
# The whole in bytes, as file systems count (they take 255); the ending in letters.
_LONGEST, _LONGEST_SUFFIX = 200, 10


def safe_file_name(name: str) -> str:
    """The name without what no system takes, its ending kept when it is cut."""
    path = PurePath(" ".join(_NOT_IN_A_NAME.sub(" ", name).split()).strip(" .") or "fichier")
    suffix = path.suffix[:_LONGEST_SUFFIX]
    room = _LONGEST - len(suffix.encode())
    return f"{path.stem.encode()[:room].decode(errors='ignore').rstrip()}{suffix}"


def free_name(name: str, taken: Container[str]) -> str:
    """The name, with a number when it is taken; `taken` are in lower case."""
    path, number, found = PurePath(name), 1, name
    while found.lower() in taken:
        number += 1
        found = f"{path.stem} ({number}){path.suffix}"
    return found
