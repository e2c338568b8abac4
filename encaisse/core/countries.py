"""Countries as people write them."""

from functools import lru_cache

from babel import Locale

from encaisse.core.text import fold
from encaisse.core.workdays import known_countries

_LANGUAGES = ("en", "fr")
_CODE_SIZE = 2


@lru_cache(maxsize=4096)
def country_key(text: str) -> str:
    """The same for every way of writing a country: its ISO code where the name is known.

    « Belgique », « BE » and « Belgium » give `BE`; an unknown name is only folded.
    """
    found = fold(text)
    return _codes().get(found, found)


@lru_cache(maxsize=len(_LANGUAGES))
def country_names(language: str) -> dict[str, str]:
    """Codes and names, in the order of the names: the countries whose public holidays are known."""
    known, names = known_countries(), Locale(language).territories
    found = [(code, names[code]) for code in known if code in names]
    return dict(sorted(found, key=lambda one: fold(one[1])))


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes by folded code and name."""
    codes: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == _CODE_SIZE and code.isalpha():
                codes[fold(name)] = codes[code.lower()] = code
    return codes
