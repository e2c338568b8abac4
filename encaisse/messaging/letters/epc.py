"""The transfer code of the European Payments Council (EPC069-12): one QR code, one amount."""

from functools import lru_cache
from io import BytesIO

import segno

from encaisse.messaging.letters.rib import compact_iban, is_creditor_reference, is_valid_iban

_MAX_BYTES = 331
_MAX_MINOR = 99_999_999_999  # 999 999 999,99 €


def epc_payload(
    *, holder: str, iban: str, currency: str, amount_minor: int, reference: str = "", bic: str = ""
) -> str | None:
    """The text behind the QR code; None when no code may be printed.

    No code for a currency other than the euro, an amount out of 0.01…999 999 999.99 €, a wrong
    IBAN, no holder. A structured reference (ISO 11649) takes its own line; any other is free text.
    """
    name = _one_line(holder, 70)
    if currency != "EUR" or not name or not 0 < amount_minor <= _MAX_MINOR:
        return None
    if not is_valid_iban(iban):
        return None
    head = ["BCD", "002", "1", "SCT", compact_iban(bic), name, compact_iban(iban)]
    head += [_amount(amount_minor), ""]
    if is_creditor_reference(reference):
        return "\n".join([*head, compact_iban(reference)])
    return _within_limit([*head, ""], _one_line(reference, 140))


@lru_cache(maxsize=256)
def epc_svg(payload: str) -> str:
    """The QR code as SVG: error level M, byte mode, quiet zone of four modules.

    The 331 bytes of a payload are exactly what version 13, the highest allowed, can hold.
    """
    code = segno.make_qr(payload.encode(), error="m", mode="byte", boost_error=False)
    drawing = BytesIO()
    code.save(drawing, kind="svg", border=4, xmldecl=False)
    return drawing.getvalue().decode()


def _one_line(text: str, limit: int) -> str:
    return " ".join(text.split())[:limit].rstrip()


def _amount(minor: int) -> str:
    units, cents = divmod(minor, 100)
    return f"EUR{units}.{cents:02d}" if cents else f"EUR{units}"


def _within_limit(head: list[str], text: str) -> str:
    """The payload, its free text shortened to the size the standard allows."""
    while True:
        payload = "\n".join([*head, text]).rstrip("\n")
        if not text or len(payload.encode()) <= _MAX_BYTES:
            return payload
        text = text[:-1].rstrip()
