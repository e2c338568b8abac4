"""What the board of expected receipts shows: columns of cards, week after week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.rules.forecast import LATE, LATER, Ground, Window, monday
from encaisse.core.dates import short_date
from encaisse.core.money import NO_BREAK
from encaisse.insights.forecast import BoardFigures, Card, Figures, Forecast
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import Listing, ListState

FIRST_CARDS, MORE_CARDS = 12, 100
HEIGHT = 100
_ICONS = {
    Ground.DUE: "calendar",
    Ground.PROMISE: "hand-raised",
    Ground.EXPECTED: "clock",
    Ground.LATE: "exclamation-triangle",
    Ground.UNDATED: "question-mark-circle",
}
_WORDS = {
    Ground.DUE: gettext_lazy("Échéance"),
    Ground.PROMISE: gettext_lazy("Promesse"),
    Ground.EXPECTED: gettext_lazy("Date attendue"),
    Ground.LATE: gettext_lazy("En retard, sans date"),
    Ground.UNDATED: gettext_lazy("Sans échéance"),
}
# On a card, before the day.
_BRIEF = {
    **_WORDS,
    Ground.EXPECTED: gettext_lazy("Attendue"),
    Ground.LATE: gettext_lazy("Échéance"),
}


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card with its words: what it is expected from, and a tone for how late it is."""

    card: Card
    icon: str
    reason: str
    tone: str

    @classmethod
    def of(cls, card: Card) -> "CardLine":
        """The words of a card."""
        day, reason = card.part.day, str(_BRIEF[card.part.ground])
        if card.part.ground == Ground.LATE:
            day = card.entry.due_date
        if day:
            on = card.entry.due_date or day
            is_old = (on + timedelta(days=card.days_late)).year != day.year and card.days_late
            reason = f"{reason}{NO_BREAK}{short_date(day) if is_old else format(day, '%d/%m')}"
        tone = "" if not card.days_late else f"late-{_tone(card.days_late)}"
        return cls(card, _ICONS[card.part.ground], reason, tone)

    @property
    def is_moved(self) -> bool:
        """True when somebody set its date by hand, which can be taken back."""
        return self.card.part.ground == Ground.EXPECTED


def _tone(days_late: int) -> int:
    return 1 if days_late <= 30 else 2 if days_late <= 60 else 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board. `bar`: how high it is in the picture, out of `HEIGHT`.

    `shown`: how many of its cards are on the screen, those of `lines` included.
    """

    figures: Figures
    title: str
    short: str
    note: str
    tone: str
    bar: float
    lines: list[CardLine]
    shown: int
    more_url: str

    @property
    def key(self) -> str:
        """How addresses and forms name it."""
        return self.figures.column

    @property
    def hidden(self) -> int:
        """How many cards are not shown yet."""
        return max(0, self.figures.count - self.shown)

    @property
    def more(self) -> int:
        """How many come with the next request."""
        return min(self.hidden, MORE_CARDS)

    @property
    def bar_top(self) -> float:
        """Where its bar begins in the picture, from the top."""
        return round(HEIGHT - self.bar, 1)


@dataclass(frozen=True)
class BoardPage:
    """The board, or one of its columns."""

    forecast: Forecast
    window: Window
    state: ListState

    @cached_property
    def figures(self) -> BoardFigures:
        """The totals of all the columns."""
        return self.forecast.figures(self.window)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns with their first cards."""
        filled = [figures.column for figures in self.figures.columns if figures.count]
        cards = self.forecast.cards(self.window, filled, limit=FIRST_CARDS) if filled else {}
        return [
            self._column(figures, cards.get(figures.column, ())) for figures in self.figures.columns
        ]

    @property
    def currency(self) -> str:
        """The one currency of everything shown."""
        return self.forecast.currency

    @property
    def other_currencies(self) -> str:
        """What is owed in, beside the currency that is shown: « USD, GBP »."""
        offered = next((one for one in self.state.spec.filters if one.key == "devise"), None)
        codes = [str(code) for code, _label in offered.choices] if offered else []
        return ", ".join(code for code in codes if code != self.currency)

    @property
    def is_empty(self) -> bool:
        """True when nothing at all is expected."""
        return not (self.figures.count or self.figures.credit_count)

    @property
    def coming(self) -> int:
        """What is expected on a day: neither what is late or undated, nor the credits."""
        figures = self.figures
        return figures.total - figures.columns[0].minor - figures.undated - figures.credits

    @cached_property
    def listing(self) -> Listing:
        """The filters and chips, as lists have them."""
        return Listing(self.state, rows=self.columns, count=self.figures.count)

    @property
    def earlier_url(self) -> str:
        """The weeks before; empty when these begin with the present one."""
        if self.window.is_now:
            return ""
        return self._starting(self.window.first - timedelta(weeks=len(self.window.mondays)))

    @property
    def now_url(self) -> str:
        """The weeks from the present one on."""
        return self._starting(self.window.today)

    @property
    def later_url(self) -> str:
        """The weeks after."""
        return self._starting(self.window.end)

    def _starting(self, day: date) -> str:
        window = Window.starting(self.window.today, day)
        debut = "" if window.is_now else window.first.isoformat()
        return self.state.url(kept={"debut": debut})

    def column(self, key: str, *, shown: int) -> Column:
        """One column with the cards that come after those `shown`."""
        figures = next(one for one in self.figures.columns if one.column == key)
        found = self.forecast.cards(self.window, [key], offset=shown, limit=MORE_CARDS)
        return self._column(figures, found[key], before=shown)

    def _column(self, figures: Figures, cards: Sequence[Card], *, before: int = 0) -> Column:
        highest = max((one.minor for one in self.figures.columns), default=0) or 1
        title, short, note = self._words(figures.column)
        return Column(
            figures,
            title,
            short,
            note,
            "late-2" if figures.column == LATE else "due",
            max(1.0, round(figures.minor * HEIGHT / highest, 1)) if figures.minor > 0 else 0.0,
            [CardLine.of(card) for card in cards],
            before + len(cards),
            self._more_url(figures, before + len(cards)),
        )

    def _more_url(self, figures: Figures, shown: int) -> str:
        if shown >= figures.count:
            return ""
        query = self.state.query()
        mark = "&" if query else "?"
        return f"{query}{mark}semaine={figures.column}&vus={shown}"

    def _words(self, column: str) -> tuple[str, str, str]:
        if column == LATE:
            return _("En retard, sans date"), _("Retard"), ""
        if column == LATER:
            note = _("à partir du %(day)s") % {"day": short_date(self.window.end)}
            return _("Plus tard"), _("Plus tard"), note
        week = date.fromisoformat(column)
        days = _("du %(first)s au %(last)s") % {
            "first": f"{week:%d/%m}",
            "last": short_date(week + timedelta(days=6)),
        }
        if week == self.window.first and self.window.is_now:
            return _("Cette semaine"), f"{week:%d/%m}", days
        return _("Semaine %(number)d") % {"number": week.isocalendar().week}, f"{week:%d/%m}", days


def export_titles() -> list[str]:
    """The headings of the file."""
    return [
        _("Semaine du"), _("Attendu le"), _("Motif"), _("Client"), _("Code client"), _("Pièce"),
        _("Échéance"), _("Jours de retard"), _("Montant attendu"), _("Reste dû"), _("Devise"),
        _("Commercial"),
    ]  # fmt: skip


def export_rows(forecast: Forecast) -> Iterator[list[Cell]]:
    """Everything that is expected, a line a part; credits are negative, so that it adds up."""
    for line in forecast.lines():
        part, currency = line.part, forecast.currency
        late = (forecast.on - line.due).days if line.due and not line.is_credit else 0
        yield [
            monday(part.day) if part.day and not line.is_credit else None,
            part.day if not line.is_credit else None,
            _("Crédit non lettré") if line.is_credit else str(_WORDS[part.ground]),
            line.name,
            line.account_code,
            line.document,
            line.due,
            max(0, late),
            Money(part.minor, currency),
            Money(line.remaining, currency),
            currency,
            line.sales_rep,
        ]
