"""The slip that goes back with a payment: what lets it be told whose it is, and where to pay."""

from encaisse.core.money import format_amount
from encaisse.messaging.letters.rib import group_iban
from encaisse.messaging.rules.content import Language, MessageData

_LABELS: dict[Language, tuple[str, str, str, str, str]] = {
    "fr": ("Client", "Référence à indiquer", "Montant à régler", "À l’ordre de", "IBAN"),
    "en": ("Customer", "Reference to quote", "Amount due", "Payable to", "IBAN"),
}


def payment_slip(data: MessageData, *, customer: str) -> tuple[tuple[str, str], ...]:
    """The lines of the slip, in the message's language; none where nothing is asked for."""
    if data.bank is None or data.amount_minor <= 0:
        return ()
    values = (
        customer,
        data.reference,
        format_amount(data.amount_minor, data.currency, data.language),
        data.bank.holder,
        group_iban(data.bank.iban),
    )
    return tuple(zip(_LABELS[data.language], values, strict=True))
