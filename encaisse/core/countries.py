"""Countries as people write them."""

from functools import lru_cache

from babel import Locale

from encaisse.core.text import fold

_LANGUAGES = ("en", "fr")
_CODE_SIZE = 2


@lru_cache(maxsize=4096)
def country_key(text: str) -> str:
    """The same for every way of writing a country: its ISO code where the name is known.

    « Belgique », « BE » and « Belgium » give `BE`; an unknown name is only folded.
    """
    found = fold(text)
    return _codes().get(found, found)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes by folded code and name."""
    codes: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == _CODE_SIZE and code.isalpha():
                codes[fold(name)] = codes[code.lower()] = code
    return codes
