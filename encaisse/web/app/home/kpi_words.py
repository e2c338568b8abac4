"""The indicators in words: names, definitions, and formulas with the figures of a month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from encaisse.insights.rules.kpi import Indicators, rounded
from encaisse.web.language import shown_amount, shown_month, shown_number
from encaisse.web.lists import Text

DAYS, PERCENT = "days", "percent"
# A formula names this many months of sales; the others are counted together.
_MOST_MONTHS = 4

Formula = Callable[[Indicators, str], str]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name in `Indicators`, its words in a legend and in a column, its formula."""

    key: str
    label: Text
    column: Text
    formula: Formula


@dataclass(frozen=True, slots=True)
class Subject:
    """One or two measures that belong together, with what they mean."""

    code: str
    title: Text
    definition: Text
    unit: str
    measures: tuple[Measure, ...]


def shown(value: Decimal | None, unit: str, *, decimals: int = 2) -> str:
    """`76,83 j`, `52,43 %`, or a dash."""
    if value is None:
        return "–"
    number = shown_number(value, decimals)
    return _("%(number)s j") % {"number": number} if unit == DAYS else f"{number}\u00a0%"


def _count_back(month: Indicators, currency: str) -> str:
    counted = month.counted_back
    end, parts = month.end, []
    for taken in counted.months[:_MOST_MONTHS]:
        parts.append(
            _("%(amount)s (%(month)s, %(days)s)")
            % {
                "amount": shown_amount(taken.taken, currency),
                "month": shown_month(end, short=True, year=False),
                "days": shown(rounded(taken.days), DAYS),
            }
        )
        end = end.replace(day=1) - timedelta(days=1)
    more = len(counted.months) - _MOST_MONTHS
    if more > 0:
        parts.append(
            ngettext("%(count)d autre mois", "%(count)d autres mois", more) % {"count": more}
        )
    words = _("%(receivable)s = %(parts)s ⇒ %(result)s") % {
        "receivable": shown_amount(month.receivable, currency),
        "parts": " + ".join(parts) or "0",
        "result": shown(month.dso_count_back, DAYS),
    }
    if not counted.is_beyond:
        return words
    return _("%(words)s au moins : l’historique des ventes est trop court") % {"words": words}


def _days_of_sales(key: str, numerator: str) -> Formula:
    def formula(month: Indicators, currency: str) -> str:
        return _("%(amount)s ÷ %(sales)s de ventes × %(days)d jours = %(result)s") % {
            "amount": shown_amount(getattr(month, numerator), currency),
            "sales": shown_amount(month.sales, currency),
            "days": month.days,
            "result": shown(getattr(month, key), DAYS),
        }

    return formula


def _index(month: Indicators, currency: str) -> str:
    if month.opening is None:
        return _("L’encours du début de période n’est pas connu : l’historique est trop court.")
    opening, sales, closing, not_due = (
        shown_amount(minor, currency)
        for minor in (month.opening, month.sales, month.receivable, month.not_due)
    )
    return (
        f"({opening} + {sales} − {closing}) ÷ ({opening} + {sales} − {not_due})"
        f" = {shown(month.collection_index, PERCENT)}"
    )


def _late_age(month: Indicators, currency: str) -> str:
    return _("Σ montant × jours de retard ÷ %(late)s en retard = %(result)s") % {
        "late": shown_amount(month.late, currency),
        "result": shown(month.late_age, DAYS),
    }


Amount = Callable[[Indicators], int]


def _share(key: str, part: Amount, whole: Amount) -> Formula:
    def formula(month: Indicators, currency: str) -> str:
        amounts = (shown_amount(amount(month), currency) for amount in (part, whole))
        return f"{' ÷ '.join(amounts)} = {shown(getattr(month, key), PERCENT)}"

    return formula


def _counted_share(month: Indicators, _currency: str) -> str:
    return _("%(late)d factures sur %(count)d = %(result)s") % {
        "late": month.settled.late_count,
        "count": month.settled.count,
        "result": shown(month.paid_late, PERCENT),
    }


def _mean(key: str, total: Amount) -> Formula:
    def formula(month: Indicators, _currency: str) -> str:
        return _("%(days)s jours ÷ %(count)d factures soldées = %(result)s") % {
            "days": shown_number(Decimal(total(month)), 0),
            "count": month.settled.count,
            "result": shown(getattr(month, key), DAYS),
        }

    return formula


def _weighted_mean(key: str) -> Formula:
    def formula(month: Indicators, currency: str) -> str:
        return _("Σ montant × jours ÷ %(amount)s soldés = %(result)s") % {
            "amount": shown_amount(month.settled.minor, currency),
            "result": shown(getattr(month, key), DAYS),
        }

    return formula


SUBJECTS: Sequence[Subject] = (
    Subject(
        "dso",
        gettext_lazy("DSO, délai moyen d’encaissement"),
        gettext_lazy(
            "Combien de jours de ventes vos clients vous doivent. Par épuisement : en remontant les"
            " mois de vente, du plus récent au plus ancien. Comptable : sur toute la période."
        ),
        DAYS,
        (
            Measure(
                "dso_count_back",
                gettext_lazy("Par épuisement"),
                gettext_lazy("DSO par épuisement"),
                _count_back,
            ),
            Measure(
                "dso",
                gettext_lazy("Comptable"),
                gettext_lazy("DSO comptable"),
                _days_of_sales("dso", "receivable"),
            ),
        ),
    ),
    Subject(
        "delinquency",
        gettext_lazy("BPDSO et ADD, ce que coûte le retard"),
        gettext_lazy(
            "Le BPDSO est le DSO que vous auriez si tout le monde payait à l’échéance ; l’ADD, les"
            " jours que les retards y ajoutent."
        ),
        DAYS,
        (
            Measure(
                "best_dso",
                gettext_lazy("BPDSO (non échu)"),
                gettext_lazy("BPDSO"),
                _days_of_sales("best_dso", "not_due"),
            ),
            Measure(
                "delinquent_days",
                gettext_lazy("ADD (en retard)"),
                gettext_lazy("ADD"),
                _days_of_sales("delinquent_days", "overdue"),
            ),
        ),
    ),
    Subject(
        "collection_index",
        gettext_lazy("CEI, efficacité du recouvrement"),
        gettext_lazy(
            "Ce qui a été encaissé pendant la période, sur ce qui pouvait l’être : 100 % quand plus"
            " rien n’est en retard."
        ),
        PERCENT,
        (Measure("collection_index", gettext_lazy("CEI"), gettext_lazy("CEI"), _index),),
    ),
    Subject(
        "late_rate",
        gettext_lazy("Taux de retard"),
        gettext_lazy("La part de l’encours qui est en retard, crédits non lettrés déduits."),
        PERCENT,
        (
            Measure(
                "late_rate",
                gettext_lazy("Taux de retard"),
                gettext_lazy("Taux de retard"),
                _share("late_rate", lambda m: m.overdue, lambda m: m.receivable),
            ),
        ),
    ),
    Subject(
        "late_age",
        gettext_lazy("Ancienneté des retards"),
        gettext_lazy(
            "Depuis combien de jours, en moyenne pondérée par les montants, est en retard ce qui"
            " l’est."
        ),
        DAYS,
        (
            Measure(
                "late_age",
                gettext_lazy("Ancienneté"),
                gettext_lazy("Ancienneté des retards"),
                _late_age,
            ),
        ),
    ),
    Subject(
        "payment_days",
        gettext_lazy("Délai de règlement"),
        gettext_lazy(
            "De la date de facture au lettrage, pour les factures soldées sur la période."
        ),
        DAYS,
        (
            Measure(
                "payment_days",
                gettext_lazy("Par facture"),
                gettext_lazy("Délai de règlement"),
                _mean("payment_days", lambda month: month.settled.days),
            ),
            Measure(
                "payment_days_weighted",
                gettext_lazy("Pondéré par les montants"),
                gettext_lazy("Délai de règlement pondéré"),
                _weighted_mean("payment_days_weighted"),
            ),
        ),
    ),
    Subject(
        "payment_delay",
        gettext_lazy("Retard de paiement"),
        gettext_lazy(
            "De l’échéance au lettrage, pour les mêmes factures ; payer à temps compte pour zéro."
        ),
        DAYS,
        (
            Measure(
                "payment_delay",
                gettext_lazy("Par facture"),
                gettext_lazy("Retard de paiement"),
                _mean("payment_delay", lambda month: month.settled.late_days),
            ),
            Measure(
                "payment_delay_weighted",
                gettext_lazy("Pondéré par les montants"),
                gettext_lazy("Retard de paiement pondéré"),
                _weighted_mean("payment_delay_weighted"),
            ),
        ),
    ),
    Subject(
        "paid_late",
        gettext_lazy("Part payée en retard"),
        gettext_lazy(
            "Parmi les factures soldées sur la période, celles qui l’ont été après l’échéance."
        ),
        PERCENT,
        (
            Measure(
                "paid_late",
                gettext_lazy("En nombre"),
                gettext_lazy("Payé en retard, en nombre"),
                _counted_share,
            ),
            Measure(
                "paid_late_weighted",
                gettext_lazy("En montant"),
                gettext_lazy("Payé en retard, en montant"),
                _share(
                    "paid_late_weighted",
                    lambda month: month.settled.late_minor,
                    lambda month: month.settled.minor,
                ),
            ),
        ),
    ),
    Subject(
        "recovered",
        gettext_lazy("Recouvré à l’échéance"),
        gettext_lazy(
            "Parmi les factures échues sur la période, ce qui était payé le jour de l’échéance, et"
            " trente jours plus tard (connu trente jours après la fin du mois)."
        ),
        PERCENT,
        (
            Measure(
                "recovered_on_time",
                gettext_lazy("À l’échéance"),
                gettext_lazy("Recouvré à l’échéance"),
                _share(
                    "recovered_on_time",
                    lambda month: month.fallen_due.paid_on_time,
                    lambda month: month.fallen_due.minor,
                ),
            ),
            Measure(
                "recovered_in_grace",
                gettext_lazy("Trente jours après"),
                gettext_lazy("Recouvré à trente jours"),
                _share(
                    "recovered_in_grace",
                    lambda month: month.fallen_due.paid_in_grace,
                    lambda month: month.fallen_due.minor,
                ),
            ),
        ),
    ),
)
