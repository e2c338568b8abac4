"""Payment terms shown on an example, as they are typed."""

from datetime import date

from django.utils.translation import gettext as _

from encaisse.core.wording import told
from encaisse.ledger.rules.terms import TermsError, parse_terms
from encaisse.web.language import shown_date


def terms_example(text: str, *, today: date) -> str:
    """« Une facture du 15 mars 2026 sera due le 30 avril 2026 », or why it is not understood."""
    if not text.strip():
        return ""
    invoiced = date(today.year, 3, 15)
    try:
        due = parse_terms(text).due_date(invoiced)
    except (TermsError, OverflowError) as error:
        return told(error, _)
    return _("Une facture du %(invoiced)s sera due le %(due)s.") % {
        "invoiced": shown_date(invoiced),
        "due": shown_date(due),
    }
