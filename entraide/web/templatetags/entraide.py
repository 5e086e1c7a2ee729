"""``{% load entraide %}``: the components that every page is made of.

Only these print money, dates and states. Filters answer text without HTML, so that they also
serve inside attributes and translated sentences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField, widgets
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.core.ids import uuid7
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.web import figures, names, plurals

register = template.Library()

SIGNS = {"ok": "check", "warn": "alert", "bad": "cross", "wait": "clock"}
SPRITE = "web/icons.svg"


def _language() -> str:
    return get_language() or "fr"


def _currency(context: Context, given: str) -> str:
    return given or context["office"].mutual.currency


# ── text: amounts, days, rates ──────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def money(context: Context, minor: int | None, currency: str = "", sign: bool = False) -> str:
    """``{% money due.amount_minor %}``: ``2 500 F CFA``; ``–`` when there is none."""
    if minor is None:
        return writing.ABSENT
    return writing.money(minor, _currency(context, currency), _language(), sign)


@register.simple_tag(takes_context=True)
def amount(context: Context, minor: int | None, currency: str = "", sign: bool = False) -> str:
    """An amount for a column whose head names the unit: ``2 500``."""
    if minor is None:
        return writing.ABSENT
    return writing.amount(minor, _currency(context, currency), _language(), sign)


@register.simple_tag(takes_context=True)
def currency_symbol(context: Context) -> str:
    """The unit of the mutual's money, for the head of a column."""
    return CURRENCIES[context["office"].mutual.currency].symbol


@register.filter
def number(value: Decimal | int | None, digits: int = 0) -> str:
    """``{{ count|number }}``: ``25 470``; ``{{ months|number:1 }}``: ``4,9``."""
    return writing.ABSENT if value is None else writing.number(value, _language(), digits)


@register.filter
def agreeing(value: Decimal | float | None) -> int:
    """1 or 2: what ``blocktranslate count`` is told of a number that may have decimals."""
    return plurals.agreeing(value)


@register.filter
def percent(rate: Decimal | None, digits: int = 1) -> str:
    """``{{ rate|percent }}``: ``20,9 %``."""
    return writing.ABSENT if rate is None else writing.percent(Decimal(rate), _language(), digits)


@register.filter
def typeset(text: str) -> str:
    """A sentence that somebody typed, with the spaces of French typography, which do not break."""
    return writing.typeset(text, _language())


@register.filter
def day(on: date | None) -> str:
    """``3 mars 2025``."""
    return writing.ABSENT if on is None else writing.day(on, _language())


@register.filter
def birth(person: Any) -> str:
    """``{{ person|birth }}``: ``12 juin 1987``, ``1987`` or ``vers 1987``, as it is known."""
    return writing.birth(person.birth_on, person.birth_precision, _language())


@register.filter
def last_day(until: date | None) -> str:
    """The last day of a time that ends before ``until``: ``30 mars 2025`` for 31 March."""
    return day(None if until is None else until - timedelta(days=1))


@register.filter
def day_of_month(on: date | None) -> str:
    """``3 mars``, where the year is known."""
    return writing.ABSENT if on is None else writing.day_of_month(on, _language())


@register.filter
def weekday(on: date) -> str:
    """``Vendredi 4 avril 2025``."""
    return writing.weekday(on, _language())


@register.filter
def month(on: date) -> str:
    """``mars 2025``."""
    return writing.month(on, _language())


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None) -> str:
    """``3 mars 2025 à 10 h 42``, in the mutual's time zone."""
    if at is None:
        return writing.ABSENT
    mutual = context["office"].mutual
    zone = ZoneInfo(mutual.time_zone if mutual else "UTC")
    return writing.moment(at.astimezone(zone), _language())


@register.simple_tag
def period(start: date, until: date) -> str:
    """``{% period due.cover_from due.cover_until %}``: ``mars 2025``; ``until`` is outside."""
    return writing.period(start, until, _language())


# ── signs ────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=64)
def _version(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if found else ""


@register.simple_tag
def asset(name: str) -> str:
    """A static file with its version, so that a cache never shows an old one."""
    return f"{static(name)}?v={_version(name)}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign of the sprite; a word always stands beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}#i-{}"/></svg>',
        asset(SPRITE),
        name,
    )


@register.simple_tag
def tag(kind: str, word: object) -> SafeString:
    """A state: sign and word. Kinds: ok, warn, bad, wait, plain."""
    sign = icon(SIGNS[kind]) if kind in SIGNS else ""
    return format_html('<span class="tag tag--{}">{}{}</span>', kind, sign, word)


@register.simple_tag
def options(choices: Iterable[tuple[object, str]], chosen: object = None) -> SafeString:
    """``{% options groups group.uid %}``: the choices of a select, values and words. Written in one
    go: a register has hundreds."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == chosen else "", word)
            for value, word in choices
        ),
    )


@register.simple_tag
def state(record: str, code: str) -> SafeString:
    """``{% state "claim" claim.state %}``: the state of a record, as ``names.STATES`` shows it."""
    shown = names.state_of(record, code)
    return tag(shown.kind, shown.word)


@register.filter
def role_name(role: str) -> str:
    """What a role is called."""
    return str(names.ROLE_NAMES.get(role, role))


# ── ways ─────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def page_url(context: Context, page: str, **kwargs: Any) -> str:
    """``{% page_url "household" uid=household.uid %}``: a page of the current mutual."""
    return reverse(f"web:{page}", kwargs={"mutual": context["office"].mutual.code, **kwargs})


@register.inclusion_tag("components/crumbs.html")
def crumbs(*words_and_addresses: str) -> dict[str, Any]:
    """``{% crumbs _("Care") claims_url claim.document_number %}``: pairs, then the page itself."""
    *pairs, here = words_and_addresses
    return {"links": list(zip(pairs[::2], pairs[1::2], strict=True)), "here": here}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], what: str) -> dict[str, Any]:
    """The pages of a list, keeping search and filters. ``what`` is a key of ``names.counted``."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    request = context["request"]
    return {
        "page": page,
        "total": names.counted(what, page.paginator.count, number(page.paginator.count)),
        "request": request,
        "pages": [(n, _with(request, page=n) if isinstance(n, int) else "") for n in shown],
        "next_url": _with(request, page=page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, key: str, is_number: bool = False) -> dict[str, Any]:
    """A column's head that sorts by ``?sort=key`` (``-key`` downwards)."""
    request = context["request"]
    current = request.GET.get("sort", "")
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    following = f"-{key}" if current == key else key
    return {
        "label": label,
        "url": _with(request, sort=following, page=None),
        "direction": direction,
        "is_number": is_number,
    }


def _with(request: HttpRequest, **changes: Any) -> str:
    """The address of the page with some parameters changed; None takes one away."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


# ── figures ──────────────────────────────────────────────────────────────────


@register.inclusion_tag("components/definition.html")
def definition(shown: figures.Definition) -> dict[str, Any]:
    """A dotted underline that opens: meaning, ratio, period, rows."""
    return {"definition": shown}


@register.inclusion_tag("components/figure.html")
def figure(shown: figures.Figure) -> dict[str, Any]:
    """One large figure; stands in ``<section class="figures">``."""
    return {"figure": shown, "spark": mark_safe(shown.spark)}  # noqa: S308 - drawn by documents.charts


@register.inclusion_tag("components/chart.html")
def chart(shown: figures.Chart) -> dict[str, Any]:
    """A chart with its finding on top and its figures below."""
    return {"chart": shown, "svg": mark_safe(shown.svg)}  # noqa: S308 - drawn by documents.charts


@register.simple_tag
def drawing(svg: str) -> SafeString:
    """A small drawing of ``documents.charts`` in a table's cell."""
    return mark_safe(svg)  # noqa: S308 - drawn by documents.charts


# ── forms ────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def idempotency_key(context: Context) -> SafeString:
    """The hidden key of one form: new when it is opened, the same when it is sent again."""
    posted = context["request"].POST.get("idempotency_key", "")
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', posted or uuid7())


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    hint: str = "",
    width: str = "",
    unit: str = "",
    numeric: bool = False,
    label: str = "",
    spoken: str = "",
    **attributes: Any,
) -> dict[str, Any]:
    """``{% field form.paid_on hint=_("…") width="s" %}``: label, hint, error, control.

    ``width``: s, m, l, or empty for the whole column. ``unit`` stands after the control.
    ``spoken`` is added to the label for those who do not see where it stands. Anything else
    becomes an attribute of the control: ``hx_get=url`` is ``hx-get``.
    """
    widget = bound.field.widget
    is_fieldset = isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    is_tick = isinstance(widget, widgets.CheckboxInput)
    ident = bound.id_for_label or bound.auto_id
    hint = hint or str(bound.help_text or "")
    described = [f"{ident}-h"] * bool(hint) + [f"{ident}-e"] * bool(bound.errors)
    unit = unit or getattr(bound.field, "unit", "")
    shown = _attributes(bound, width, described, numeric=numeric or bool(unit))
    shown |= {name.replace("_", "-"): value for name, value in attributes.items()}
    return {
        "bound": bound,
        "label": label or bound.label,
        "spoken": spoken,
        "hint": hint,
        "unit": unit,
        "ident": ident,
        "is_fieldset": is_fieldset,
        "is_tick": is_tick,
        "described": " ".join(described),
        "control": "" if is_fieldset else bound.as_widget(attrs=shown),
    }


def _attributes(
    bound: BoundField, width: str, described: Sequence[str], *, numeric: bool
) -> dict[str, Any]:
    """Class and description of a control, whatever its form says of them."""
    widget = bound.field.widget
    attributes: dict[str, Any] = {"placeholder": False, "aria-invalid": False}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if isinstance(widget, widgets.CheckboxInput):
        return attributes
    kind = "input"
    if isinstance(widget, widgets.Textarea):
        kind = "textarea"
    elif isinstance(widget, widgets.Select):
        kind = "select"
    classes = [kind, f"w-{width}" if width else "", "input--num" if numeric else ""]
    attributes["class"] = " ".join(filter(None, [*classes, widget.attrs.get("class", "")]))
    return attributes


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any], records: bool = True) -> dict[str, Any]:
    """All faults of the forms on top of the page, each with a link to its field.

    ``records``: whether the form records something; a check or a trial does not.
    """
    faults: list[tuple[str, str, str]] = []
    for form in forms:
        for each in form.forms if isinstance(form, BaseFormSet) else (form,):
            faults += _faults(each)
        if isinstance(form, BaseFormSet):
            faults += [("", "", str(told)) for told in form.non_form_errors()]
    return {"faults": faults, "records": records}


def _faults(form: BaseForm) -> list[tuple[str, str, str]]:
    """(address in the page, label, sentence) of each fault of one form."""
    faults = [("", "", str(told)) for told in form.non_field_errors()]
    for bound in form:
        ident = bound.id_for_label or f"{bound.auto_id}_0"
        faults += [(f"#{ident}", str(bound.label), str(told)) for told in bound.errors]
    return faults


@register.inclusion_tag("components/empty.html")
def empty(title: str, why: str = "", verb: str = "", url: str = "") -> dict[str, Any]:
    """Nothing here: what is missing, why, and what next."""
    return {"title": title, "why": why, "verb": verb, "url": url}


@register.inclusion_tag("components/signs.html")
def signs(*boxes: str) -> dict[str, Any]:
    """The boxes of a printed paper; the four usual ones when none is named."""
    usual = (_("Signature"), _("Stamp"), _("Visa"), _("Thumbprint, with a witness’s name"))
    return {"boxes": boxes or usual}
