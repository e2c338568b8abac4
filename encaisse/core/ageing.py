"""The periods of an aged balance: the numbers of days at which one ends and the next begins."""

from collections.abc import Sequence
from itertools import pairwise

from encaisse.core.wording import Explained, sentence

USUAL_BOUNDS: tuple[int, ...] = (30, 60)
MOST_BOUNDS = 5
HIGHEST_BOUND = 9_999


class BoundsRefused(Explained):
    """The ageing periods make no sense; the message is fit to show to the user."""


def parse_bounds(text: str) -> tuple[int, ...]:
    """Ageing periods as an address writes them: `15,45,90`. Raises BoundsRefused."""
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() and len(word) <= 4 for word in words):
        raise _TOO_MANY
    return check_bounds([int(word) for word in words])


def check_bounds(bounds: Sequence[int]) -> tuple[int, ...]:
    """The same from numbers. Raises BoundsRefused unless they go up from one day on."""
    if not 1 <= len(bounds) <= MOST_BOUNDS or bounds[-1] > HIGHEST_BOUND:
        raise _TOO_MANY
    if bounds[0] < 1 or any(after <= before for before, after in pairwise(bounds)):
        raise BoundsRefused(sentence("Les nombres de jours doivent aller en croissant."))
    return tuple(bounds)


_TOO_MANY = BoundsRefused(
    sentence("Écrivez de un à cinq nombres de jours, séparés par des virgules.")
)
