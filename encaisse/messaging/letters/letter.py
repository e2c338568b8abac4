"""What is printed on one letter."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from encaisse.messaging.letters.layout import USUAL, Layout
from encaisse.messaging.rules.blocks import Node
from encaisse.messaging.rules.content import Language

LINE_WIDTH = 38  # characters a line of a French postal address may hold
WINDOW_LINES = 8  # what the 35 mm of the window show; the postal standard asks for 6


@dataclass(frozen=True, slots=True)
class LetterData:
    """One letter, ready to be laid out.

    `nodes` is the body as render() gives it, bank block included. `epc_payload` prints the transfer
    code beside that block, or where `{{ qr_virement }}` stands when there is no block.
    `slip` are the labels and values of the slip that goes back with the payment; empty, there is
    none. `letter_date` dates the file, whose bytes depend on nothing but these fields and the
    pictures of the layout.
    """

    language: Language
    title: str
    letter_date: date
    sender_lines: tuple[str, ...]
    recipient_lines: tuple[str, ...]
    place_and_date: str
    subject: str
    nodes: list[Node]
    signature_name: str
    reference_lines: tuple[str, ...] = ()
    epc_payload: str | None = None
    footer: str = ""
    registered: bool = False
    slip: tuple[tuple[str, str], ...] = ()
    layout: Layout = USUAL


def fit_address(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The address as the window shows it, and the lines that had to be left out.

    Long lines are wrapped at 38 characters. Beyond what the window shows, the lines of the middle
    go: the name at the top and the town at the bottom are what the post needs.
    """
    wrapped = [part for line in lines for part in textwrap.wrap(line, LINE_WIDTH)]
    surplus = len(wrapped) - WINDOW_LINES
    if surplus <= 0:
        return wrapped, []
    cut = WINDOW_LINES - 3
    return wrapped[:cut] + wrapped[cut + surplus :], wrapped[cut : cut + surplus]
