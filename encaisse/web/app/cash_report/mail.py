"""The cash report as a mail: tables and lines, with links to the screens behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.operations.own_mail import Node, OwnMail, link, paragraph
from encaisse.core.dates import short_date
from encaisse.insights.aging import AgedRow, AgedTotal
from encaisse.insights.cash_report import CashFigures, cash_figures
from encaisse.insights.customers import Facts
from encaisse.messaging.rules.content import own_language
from encaisse.tenancy.models import Company, User
from encaisse.tenancy.scope import Scope
from encaisse.web.access import company_url
from encaisse.web.app.home.pages import ToRemind, to_remind_card
from encaisse.web.charts import aged_parts
from encaisse.web.frame import Freshness, freshness
from encaisse.web.language import current_language, shown_amount, shown_date
from encaisse.web.templatetags.encaisse import moment

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class _Report:
    """What the mail is written from."""

    scope: Scope
    figures: CashFigures
    to_remind: ToRemind
    fresh: Freshness

    @property
    def company(self) -> Company:
        return self.scope.company

    def url(self, name: str, *args: Any, query: str = "") -> str:
        """The whole address of a page of the company."""
        return f"{settings.SITE_URL}{company_url(self.company, name, *args)}{query}"


def cash_report_mail(scope: Scope, to: User, *, since: date, now: datetime) -> OwnMail:
    """The report of what `to` sees at a moment, in the language that is active."""
    company = scope.company
    on = company.local_day(now)
    report = _Report(
        scope,
        figures=cash_figures(scope, on=on, since=since),
        to_remind=to_remind_card(scope, on=on, now=now),
        fresh=freshness(company, now=now),
    )
    subject = _("Cash reporting – %(company)s – %(day)s") % {
        "company": company.name,
        "day": short_date(on),
    }
    key = f"cash-report:{company.pk}:{to.pk}:{on.isoformat()}"
    return OwnMail(key, subject, list(_nodes(report)), own_language(current_language()))


def _nodes(report: _Report) -> Iterator[Node]:
    yield _heading(_("Situation au %(day)s") % {"day": shown_date(report.figures.on)})
    yield paragraph(_whose(report.scope), *_data_of(report))
    if not report.figures.totals:
        yield paragraph(_("Aucune écriture ouverte : vos clients ne vous doivent rien."))
    for total in report.figures.totals:
        yield from _owed(report, total)
    yield from _worst(report)
    yield from _part(_("Depuis le %(day)s"), _since(report), day=short_date(report.figures.since))
    yield from _part(_("À faire aujourd’hui"), _to_do(report))
    yield from _part(_("À surveiller"), _to_watch(report))
    yield link(report.url("me_cash_report"), _("Changer le rythme de ce rapport, ou l’arrêter"))


def _whose(scope: Scope) -> str:
    if scope.sales_reps is None:
        return _("%(company)s, tous les clients.") % {"company": scope.company.name}
    names = ", ".join(sorted(scope.sales_reps)) or "–"
    return _("%(company)s, portefeuille : %(names)s.") % {
        "company": scope.company.name,
        "names": names,
    }


def _data_of(report: _Report) -> Iterator[str]:
    fresh = report.fresh
    if fresh.at is None:
        yield _("Attention : aucune écriture n’a encore été importée.")
        return
    words = {"at": moment(fresh.at, report.company)}
    if fresh.is_old:
        yield (
            _("Attention : données du %(at)s, trop anciennes pour agir. Importez les écritures.")
            % words
        )
    else:
        yield _("Données du %(at)s.") % words


# -- what is owed --------------------------------------------------------------------------------


def _owed(report: _Report, total: AgedTotal) -> Iterator[Node]:
    if len(report.figures.totals) > 1:
        yield _heading(total.currency, "h3")
    yield _compared(report.figures, total)
    yield _aged(report, total)


def _compared(figures: CashFigures, total: AgedTotal) -> Node:
    """Outstanding and overdue, and how they moved where that is known."""
    now, currency = total.amounts, total.currency
    columns = [("", "left"), (_("Au %(day)s") % {"day": short_date(figures.on)}, "right")]
    rows: list[list[str | Node]] = [
        [_("Encours"), shown_amount(now.balance, currency)],
        [_("Dont en retard"), shown_amount(now.overdue, currency)],
        [_("Part en retard"), _share(now.overdue, now.balance)],
    ]
    if figures.before is not None:
        columns.append((_("Depuis le %(day)s") % {"day": short_date(figures.since)}, "right"))
        before = figures.before.get(currency)
        balance, overdue = (before.balance, before.overdue) if before else (0, 0)
        rows[0].append(_moved(now.balance - balance, currency))
        rows[1].append(_moved(now.overdue - overdue, currency))
        rows[2].append(
            _("contre %(share)s") % {"share": _share(overdue, balance)} if balance > 0 else ""
        )
    return _grid(columns, rows)


def _aged(report: _Report, total: AgedTotal) -> Node:
    """The ageing bands, each a link to its list."""
    amounts, currency = total.amounts, total.currency
    parts = aged_parts(amounts, report.company.bounds, url=report.url("aging"))
    rows: list[list[str | Node]] = [
        [
            _anchor(part.url, part.label),
            shown_amount(part.minor, currency),
            _share(part.minor, amounts.balance),
        ]
        for part in parts
    ]
    if amounts.credits:
        rows.append(
            [
                _("Avoirs et règlements non lettrés"),
                shown_amount(amounts.credits, currency),
                _share(amounts.credits, amounts.balance),
            ]
        )
    columns = [(_("Échéances"), "left"), (_("Montant"), "right"), (_("Part"), "right")]
    return _grid(columns, rows, total=[_("Encours"), shown_amount(amounts.balance, currency), ""])


def _worst(report: _Report) -> Iterator[Node]:
    worst = report.figures.worst
    if not worst:
        return
    yield _heading(_("Les plus gros retards"))
    columns = [(_("Client"), "left"), (_("Relance"), "left"), (_("En retard"), "right")]
    yield _grid(columns, [_debtor(report, row, facts) for row, facts in worst])
    yield link(report.url("aging", query="?tranche=retard"), _("Toute la liste"))


def _debtor(report: _Report, row: AgedRow, facts: Facts) -> list[str | Node]:
    reminded = f"R{facts.level}" if facts.level else "–"
    if facts.level and facts.reminded_on:
        reminded += f" ({short_date(facts.reminded_on)})"
    name = _anchor(report.url("customer", row.customer_id), f"{row.name} ({row.account_code})")
    return [name, reminded, shown_amount(row.amounts.overdue, row.currency)]


# -- what happened, what is to do ----------------------------------------------------------------


def _since(report: _Report) -> Iterator[Node]:
    figures = report.figures
    query = f"?du={figures.since.isoformat()}"
    for done in figures.done:
        words = {"medium": done.label, "count": done.count}
        text = ngettext(
            "%(medium)s : %(count)d action", "%(medium)s : %(count)d actions", done.count
        )
        yield _line(text % words, report.url("activities", query=f"{query}&media={done.medium}"))
    if not figures.done:
        yield _line(_("Aucune relance n’est partie."))
    for got in figures.received:
        text = ngettext(
            "Reçu : %(amount)s (%(count)d écriture)",
            "Reçu : %(amount)s (%(count)d écritures)",
            got.count,
        ) % {"amount": shown_amount(got.minor, got.currency), "count": got.count}
        yield _line(text, report.url("receipts", query=query))
    if not figures.received:
        yield _line(_("Aucun encaissement."))


def _to_do(report: _Report) -> Iterator[Node]:
    for _icon, label, count in report.to_remind.media:
        words = {"label": label, "count": count}
        yield _line(_("%(label)s : %(count)d") % words, report.url("plan"))
    waiting = report.figures.waiting
    for count, label, name, query in (
        (waiting.to_post, _("Courriers à poster"), "plan_letters", ""),
        (waiting.to_do, _("Appels et actions déjà préparés"), "plan_calls", ""),
        (waiting.unknown, _("Envois à vérifier"), "activities", "?statut=unknown"),
    ):
        if count:
            text = _("%(label)s : %(count)d") % {"label": label, "count": count}
            yield _line(text, report.url(name, query=query))


def _to_watch(report: _Report) -> Iterator[Node]:
    for late in report.figures.late_promises:
        text = ngettext(
            "%(count)d promesse non tenue : il manque %(amount)s",
            "%(count)d promesses non tenues : il manque %(amount)s",
            late.count,
        ) % {"count": late.count, "amount": shown_amount(late.missing, late.currency)}
        yield _line(text, report.url("promises", query="?statut=en-retard"))
    for one in report.figures.disputes:
        text = ngettext(
            "%(count)d litige ouvert : %(amount)s contestés",
            "%(count)d litiges ouverts : %(amount)s contestés",
            one.count,
        ) % {"count": one.count, "amount": shown_amount(one.contested, one.currency)}
        yield _line(text, report.url("disputes"))


# -- nodes ---------------------------------------------------------------------------------------


def _heading(text: str, name: str = "h2") -> Node:
    return {"name": name, "children": [{"text": text}]}


def _part(title: str, lines: Iterator[Node], **values: str) -> Iterator[Node]:
    """A titled list; nothing where there is nothing to say."""
    if children := list(lines):
        yield _heading(title % values)
        yield {"name": "ul", "children": children}


def _line(text: str, url: str = "") -> Node:
    return {"name": "li", "children": [_anchor(url, text) if url else {"text": text}]}


def _anchor(url: str, text: str) -> Node:
    return {"name": "a", "href": url, "children": [{"text": text}]}


def _grid(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[str | Node]],
    *,
    total: Sequence[str] = (),
) -> Node:
    return {
        "name": "entries",
        "columns": [{"label": label, "align": align} for label, align in columns],
        "rows": rows,
        "total": list(total),
        "wraps": True,
    }


def _share(minor: int, whole: int) -> str:
    """A part of what is owed, in whole percent; a dash where it says nothing."""
    if whole <= 0 or minor < 0:
        return "–"
    return _("%(share)s %%") % {"share": round(minor * _PERCENT / whole)}


def _moved(minor: int, currency: str) -> str:
    return f"+{shown_amount(minor, currency)}" if minor > 0 else shown_amount(minor, currency)
