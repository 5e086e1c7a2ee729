"""What the cuts of a simulation and the changes of a version are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from entraide.documents import writing
from entraide.rulebook import ProductRules, parse_product
from entraide.rulebook.revision import ValueChange, revised, value_changes
from entraide.web.groups.wording import GROUP_KINDS
from entraide.web.home.rule_words import part_of, value_name, written
from entraide.web.office import OfficeRequest

CUT_NAMES: dict[str, str | Promise] = {
    "loan": gettext_lazy("By loan"),
    "kind": gettext_lazy("By kind of family"),
    "size": gettext_lazy("By size of family"),
    "segment": gettext_lazy("By segment or kind of group"),
}
KIND_NAMES: dict[str, str | Promise] = {
    "alone": gettext_lazy("A person alone"),
    "adults": gettext_lazy("Adults without children"),
    "one_adult": gettext_lazy("One adult with children"),
    "adults_children": gettext_lazy("Several adults with children"),
}


def cut_name(cut: str) -> str:
    """What a way of cutting the families is called."""
    return str(CUT_NAMES.get(cut, cut))


def slice_name(cut: str, key: str, tiers: Sequence[int], request: OfficeRequest) -> str:
    """What the families of one slice have in common."""
    if cut == "kind":
        return str(KIND_NAMES.get(key, key))
    if cut == "size":
        if key == "10+":
            return _("10 persons or more")
        count = int(key) if key.isdecimal() else 0
        return ngettext("%(count)s person", "%(count)s persons", count) % {"count": key}
    if cut == "segment":
        return _segment_name(key)
    return _tier_name(int(key) if key.isdecimal() else 0, tiers, request)


def _segment_name(key: str) -> str:
    """A kind of group, or a segment of the scorecard, told apart from it."""
    if not key:
        return _("Without segment or group")
    kinds = dict(GROUP_KINDS)
    return str(kinds[key]) if key in kinds else _("Segment %(name)s") % {"name": key}


def _tier_name(number: int, tiers: Sequence[int], request: OfficeRequest) -> str:
    def money(minor: int) -> str:
        return writing.money(minor, request.mutual.currency, request.LANGUAGE_CODE)

    if not tiers:
        return _("All loans")
    if number == 0:
        return _("Up to %(amount)s") % {"amount": money(tiers[0])}
    if number >= len(tiers):
        return _("Above %(amount)s") % {"amount": money(tiers[-1])}
    return _("From %(low)s to %(high)s") % {
        "low": writing.amount(tiers[number - 1], request.mutual.currency, request.LANGUAGE_CODE),
        "high": money(tiers[number]),
    }


def changes_told(rules: ProductRules, changes: dict[str, Any], on: date) -> list[str]:
    """What is tried, value by value: ``Montant : 12 000 F → 14 000 F``."""
    if not changes:
        return []
    content = revised(rules.document, changes, effective_from=on, source="simulation")
    tried = parse_product(content, is_kept=True)
    return [
        change_told(each, rules.currency)
        for each in value_changes(tried, rules)
        if each.path in changes and each.effective_from == on
    ]


def change_told(change: ValueChange, currency: str) -> str:
    """One change, without its day."""
    now = written(change.path, change.value, currency)
    if change.was is ...:
        return _("%(name)s: %(now)s, new") % {"name": value_name(change.path), "now": now}
    return _("%(name)s: %(was)s → %(now)s") % {
        "name": value_name(change.path),
        "was": written(change.path, change.was, currency),
        "now": now,
    }


def dated_changes(
    changes: Iterable[ValueChange], currency: str, category_names: dict[str, str]
) -> list[str]:
    """The changes of a version, each with the day from which it counts."""
    language = get_language() or "fr"
    told = []
    for change in changes:
        part, category = part_of(change.path)
        text = change_told(change, currency)
        if part == "benefits":
            text = f"{category_names.get(category, category)}, {text[:1].lower()}{text[1:]}"
        day = writing.day(change.effective_from, language)
        told.append(_("%(change)s, from %(day)s") % {"change": text, "day": day})
    return told
