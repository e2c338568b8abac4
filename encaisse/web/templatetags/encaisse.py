"""How templates write amounts, days, levels, icons and links of the company."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_mini, heroicon_outline

from encaisse.core import dates, money
from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.rules.free_fields import CUSTOMER_FIELDS, ENTRY_FIELDS, padded
from encaisse.ledger.rules.rates import Rate
from encaisse.tenancy.models import Company
from encaisse.web.access import CompanyRequest
from encaisse.web.language import current_language, shown_amount, shown_date, shown_rate

register = template.Library()

# A day and a month are enough to name a day of the last nine months.
_YEAR_IS_PLAIN = 270
_ICONS = {16: heroicon_micro, 20: heroicon_mini, 24: heroicon_outline}


@register.filter
def amount(minor: int, currency: str = "EUR") -> str:
    """`1 234,56 €`."""
    return shown_amount(minor, currency)


@register.filter
def figure(minor: int, currency: str = "EUR") -> str:
    """`1 234,56`: an amount in a column whose currency stands elsewhere. Nothing is a dash."""
    return _figure(minor, currency, current_language()) if minor else "–"


@lru_cache(maxsize=8192)
def _figure(minor: int, currency: str, language: str) -> str:
    decimals = money.exponent(currency)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    locale = {"fr": "fr_FR", "en": "en_GB"}.get(language, "fr_FR")
    return format_decimal(money.to_decimal(minor, currency), format=pattern, locale=locale)


@register.filter
def headline(minor: int, currency: str = "EUR") -> SafeString:
    """An amount in large type: the cents are there, in small."""
    text = shown_amount(minor, currency)
    mark = "," if current_language() == "fr" else "."
    whole, found, rest = text.rpartition(mark)
    if not found or not money.exponent(currency):
        return format_html("{}", text)
    return format_html('{}<span class="cents">{}{}</span>', whole, mark, rest)


@register.filter
def exchange(rate: Rate) -> str:
    """`1 EUR = 1,0842 USD`."""
    return shown_rate(rate)


@register.filter
def short_date(day: date | None) -> str:
    """`21/11/2026`, or a dash."""
    return dates.short_date(day) if day else "–"


@register.filter
def long_date(day: date) -> str:
    """`21 novembre 2026`."""
    return shown_date(day)


@register.filter
def moment(at: datetime, company: Company) -> str:
    """`21/11 à 8 h 12`, in the company's time; the year only when it is not the present one."""
    local = at.astimezone(company.zone)
    return _("%(day)s à %(hour)d h %(minute)02d") % {
        "day": f"{local:%d/%m}",
        "hour": local.hour,
        "minute": local.minute,
    }


@register.filter
def unlocalized(number: float) -> str:
    """A number as SVG attributes want it, with a decimal point in every language."""
    return str(number)


@register.filter
def number(entry: LedgerEntry, company: Company) -> str:
    """The number by which the company calls an entry; nothing where it has none."""
    return entry.number_shown(company.numbers_shown)


@register.filter
def called(entry: LedgerEntry, company: Company) -> str:
    """The same, or the entry's words."""
    return entry.called(company.numbers_shown)


@register.filter
def can(request: CompanyRequest, capability: str) -> bool:
    """`{% if request|can:"reminder.send" %}`."""
    return request.can(capability)


@register.simple_tag
def icon(name: str, size: int = 16) -> str:
    """An icon of heroicons, hidden from screen readers: words stand beside it."""
    return _icon(str(name), size)


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> str:
    return _ICONS[size](name, size=size, aria_hidden="true", focusable="false", **{"class": "icon"})


@register.simple_tag(takes_context=True)
def link(context: Context, name: str, *args: Any) -> str:
    """The address of a page of the company: `{% link "customer" row.customer_id %}`."""
    return reverse(f"web:{name}", args=(context["request"].company.slug, *args))


@register.simple_tag(takes_context=True)
def link_if_any(context: Context, name: str, *args: Any) -> str:
    """The same, or nothing where this edition has no such page."""
    try:
        return link(context, name, *args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def free_texts(free: Sequence[str], shown: Collection[str], prefix: str = "") -> list[str]:
    """The free fields whose columns a list shows, in order; blanks for a row that has none:
    `{% free_texts "" shown as texts %}`.
    """
    count = max(CUSTOMER_FIELDS, ENTRY_FIELDS)
    texts = enumerate(padded(tuple(free), count), start=1)
    return [text for number, text in texts if f"{prefix}free{number}" in shown]


@register.inclusion_tag("ui/level.html", takes_context=True)
def level(context: Context, number: int, day: date | None = None, count: int = 0) -> dict[str, Any]:
    """The badge of a level, with its day (without the year when it is near) and how many times."""
    is_near = day is not None and (context["request"].today - day).days < _YEAR_IS_PLAIN
    return {
        "number": number,
        "day": day,
        "is_near": is_near,
        "count": count,
        "tone": min(number, 5),
    }
