"""What a product says of care, as sentences that a member can read: every rule, none left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.core.care_package import (
    Benefit,
    Deductible,
    ItemRule,
    Limit,
    Per,
    Review,
    Variant,
    Whose,
)
from entraide.core.product import Product
from entraide.documents import writing
from entraide.web.claims.reasons import SECTORS
from entraide.web.home.rule_words import language, written
from entraide.web.tariffs.condition_words import condition_told, target_told
from entraide.web.tariffs.path_words import path_told

Part = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class CareNames:
    """What categories, and acts by ``system:code``, are called; the titles of variants and of
    rules of acts by key path, which the core does not keep."""

    categories: Mapping[str, str]
    items: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def category(self, code: str) -> str:
        """The name of a category."""
        return self.categories.get(code, code)


def care_parts(product: Product, names: CareNames) -> list[Part]:
    """Care, single acts, limits and how a refund is asked for: the parts that say something."""
    words = CareWords(product.currency, names)
    parts: list[Part] = [
        (_("Care"), list(_care(product, words))),
        (_("Single acts and drugs"), [words.item_rule(rule) for rule in product.item_rules]),
        (_("Path of care"), list(path_told(product.care_path, names.categories, words.rate))),
        (_("Limits and deductibles"), list(_limits(product, words))),
        (_("Asking to be paid"), list(_asking(product, words))),
    ]
    return [(name, told) for name, told in parts if told]


def _care(product: Product, words: CareWords) -> Iterator[str]:
    for category in dict.fromkeys(benefit.category for benefit in product.benefits):
        promises = [each for each in product.benefits if each.category == category]
        for benefit in promises:
            yield words.benefit(benefit, is_alone=len(promises) == 1)
        for variant in product.variants:
            # Where a sector has its own promise the variant stands there too: it is said once.
            if variant.benefit.category == category and variant.benefit.sector is None:
                yield words.variant(variant, product)
    if any(benefit.counts_cases for benefit in product.benefits):
        yield _("A case: the care of one category in one paper, or in one episode of care.")
    promises = (*product.benefits, *(variant.benefit for variant in product.variants))
    if any(each.waiting_period_months for each in promises) or any(
        rule.waiting_period_months for rule in product.item_rules
    ):
        yield _("Waiting periods count from joining; who enters the family later waits from then.")
    yield _("Care that is not named here is not covered.")


def _limits(product: Product, words: CareWords) -> Iterator[str]:
    yield from (words.deductible(each) for each in product.deductibles)
    yield from (words.limit(each) for each in product.limits)
    for ceiling, text in (
        (
            product.ceiling_minor_per_person_per_year,
            _("All care together: %(amount)s at most for one person in a year of cover."),
        ),
        (
            product.ceiling_minor_per_household_per_year,
            _("All care together: %(amount)s at most for the family in a year of cover."),
        ),
    ):
        if ceiling is not None:
            yield text % {"amount": words.money(ceiling)}
    if _has_year(product):
        yield _("A year of cover is counted from the first day of the membership.")


def _has_year(product: Product) -> bool:
    benefits = (*product.benefits, *(variant.benefit for variant in product.variants))
    return (
        product.ceiling_minor_per_person_per_year is not None
        or product.ceiling_minor_per_household_per_year is not None
        or any(each.per is Per.YEAR for each in (*product.limits, *product.deductibles))
        or any(
            each.ceiling_minor_per_person_per_year is not None
            or each.ceiling_minor_per_household_per_year is not None
            or each.ceiling_count_per_person_per_year is not None
            for each in benefits
        )
    )


def _asking(product: Product, words: CareWords) -> Iterator[str]:
    days = product.membership.claim_time_limit_days
    if days is not None:
        yield ngettext(
            "The paper reaches the mutual within %(count)s day of the care; later, nothing is "
            "paid.",
            "The paper reaches the mutual within %(count)s days of the care; later, nothing is "
            "paid.",
            days,
        ) % {"count": days}
    if product.pays_after_others:
        yield _("This product pays after others: it knows only what the first payer leaves.")
    yield from words.review(product.review)


def titles_of(document: Mapping[str, Any]) -> dict[str, str]:
    """What the variants and the rules of acts of a product file are called, by key path."""
    found = {f"items.{code}": part["title"] for code, part in document.get("items", {}).items()}
    for category, benefit in document.get("benefits", {}).items():
        for code, part in benefit.get("variants", {}).items():
            found[f"benefits.{category}.variants.{code}"] = part["title"]
    return {path: title.get(language(), path) for path, title in found.items()}


class CareWords:
    """The rules of one product, each as a sentence."""

    def __init__(self, currency: str, names: CareNames) -> None:
        self.currency = currency
        self.names = names

    def money(self, minor: int) -> str:
        """An amount with its unit."""
        return writing.money(minor, self.currency, language())

    def rate(self, rate: Decimal) -> str:
        """A share in per cent."""
        return writing.percent(rate, language(), 1 if rate * 100 % 1 else 0)

    def benefit(self, benefit: Benefit, *, is_alone: bool = True) -> str:
        """The promise of a category, in one sector or in those that have no promise of their own.

        ``is_alone``: it is the only promise of its category.
        """
        name = self.names.category(benefit.category)
        if benefit.sector is not None:
            sector = SECTORS.get(benefit.sector.value, benefit.sector.value)
            name = _("%(category)s, %(sector)s provider") % {"category": name, "sector": sector}
        elif not is_alone:
            name = _("%(category)s, other providers") % {"category": name}
        told = list(self.promises(benefit))
        return _("%(name)s: %(told)s.") % {"name": name, "told": _together(told)}

    def variant(self, variant: Variant, product: Product) -> str:
        """What is otherwise than the ordinary promise, and when."""
        category = variant.benefit.category
        ordinary = next(
            (each for each in product.benefits if each.category == category and not each.sector),
            Benefit(category),
        )
        path = f"benefits.{category}.variants.{variant.code}"
        name = _("%(category)s, %(variant)s (%(when)s)") % {
            "category": self.names.category(category),
            "variant": _lowered(self.names.titles.get(path, variant.code)),
            "when": condition_told(variant.when),
        }
        told = list(self.promises(variant.benefit, beside=ordinary))
        if variant.has_own_waiting and not variant.benefit.waiting_period_months:
            told.append(_("without waiting period"))
        told = told or [_("as for everyone")]
        return _("%(name)s: %(told)s.") % {"name": name, "told": _together(told)}

    def promises(self, benefit: Benefit, beside: Benefit | None = None) -> Iterator[str]:
        """What is promised, phrase by phrase; ``beside`` another promise, only what differs."""
        if not benefit.is_covered:
            yield _("not covered")
            return

        def says(name: str) -> bool:
            return beside is None or getattr(benefit, name) != getattr(beside, name)

        if says("is_covered") and beside is not None:
            yield _("covered")
        for name, phrase in _PROMISES.items():
            if says(name) and (told := phrase(self, getattr(benefit, name), beside is not None)):
                yield told
        shares = ("copayment_rate", "copayment_minor_per_case", "deductible_minor_per_case")
        if (
            beside is None
            and benefit.flat_rate_minor is None
            and not any(getattr(benefit, name) for name in shares)
        ):
            yield _("the family pays no share")
        if says("copayment_payer") and benefit.copayment_payer:
            payer = written("copayment_payer", benefit.copayment_payer, self.currency)
            yield _("the family’s share is paid by %(payer)s") % {"payer": payer}

    def item_rule(self, rule: ItemRule) -> str:
        """What is said of single acts or drugs."""
        told = []
        if rule.is_covered is not None:
            told.append(_("covered") if rule.is_covered else _("not covered"))
        for name, phrase in _OF_ITEMS.items():
            value = getattr(rule, name)
            if value is not None and value is not False and (text := phrase(self, value)):
                told.append(text)
        if rule.requires_pre_authorisation is False:
            told.append(_("without prior agreement"))
        return self._ruled(
            self.names.titles.get(f"items.{rule.code}", rule.code), rule, _together(told)
        )

    def limit(self, limit: Limit) -> str:
        """The most that is paid for some care."""
        if limit.amount_minor is not None:
            most = _("%(amount)s at most") % {"amount": self.money(limit.amount_minor)}
        elif limit.count is not None:
            most = _cases(limit.count)
        else:
            most = _units(limit.quantity or 0)
        told = [f"{most} {_counted(limit.whose, limit.per)}"]
        if limit.amount_minor_per_extra_member:
            grows = _("%(amount)s more for each person beyond %(count)s") % {
                "amount": self.money(limit.amount_minor_per_extra_member),
                "count": limit.members_included,
            }
            if limit.amount_minor_cap is not None:
                cap = _(", never above %(amount)s") % {"amount": self.money(limit.amount_minor_cap)}
                grows += cap
            told.append(grows)
        return self._ruled(self._title(limit), limit, _together(told))

    def deductible(self, deductible: Deductible) -> str:
        """A first amount that the family pays itself."""
        told = _("the first %(amount)s are paid by the family, %(counted)s") % {
            "amount": self.money(deductible.amount_minor),
            "counted": _counted(deductible.whose, deductible.per),
        }
        return self._ruled(self._title(deductible), deductible, told)

    def review(self, review: Review) -> Iterator[str]:
        """From when on a person looks."""
        if review.claim_minor is not None:
            yield _("Above %(amount)s, a person looks at the claim before it is paid.") % {
                "amount": self.money(review.claim_minor)
            }
        if review.quantity is not None:
            yield _("Above %(count)s units of one act or drug, a person looks at the claim.") % {
                "count": review.quantity
            }

    def _title(self, rule: Limit | Deductible) -> str:
        return rule.titles.get(language(), rule.code)

    def _ruled(self, title: str, rule: ItemRule | Limit | Deductible, told: str) -> str:
        about = [target_told(rule.target, self.names.categories, self.names.items)]
        about.append("" if rule.when.is_empty else condition_told(rule.when))
        bounds = ", ".join(text for text in about if text)
        name = _("%(title)s (%(bounds)s)") % {"title": title, "bounds": bounds} if bounds else title
        return _("%(name)s: %(told)s.") % {"name": name, "told": told}


def _together(phrases: Iterable[str]) -> str:
    return _("; ").join(phrases)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _cases(count: int) -> str:
    return ngettext("%(count)s case at most", "%(count)s cases at most", count) % {"count": count}


def _units(count: int) -> str:
    return ngettext("%(count)s unit at most", "%(count)s units at most", count) % {"count": count}


def _counted(whose: Whose, per: Per) -> str:
    words = {
        (Whose.PERSON, Per.CLAIM): _("for one person and claim"),
        (Whose.PERSON, Per.EPISODE): _("for one person and episode of care"),
        (Whose.PERSON, Per.YEAR): _("for one person and year of cover"),
        (Whose.HOUSEHOLD, Per.CLAIM): _("for the family and claim"),
        (Whose.HOUSEHOLD, Per.EPISODE): _("for the family and episode of care"),
        (Whose.HOUSEHOLD, Per.YEAR): _("for the family and year of cover"),
    }
    return words[whose, per]


def _amount(text: Callable[[], str], none: Callable[[], str] | None = None) -> Any:
    """A phrase of an amount; ``none`` says, beside another promise, that there is none here."""

    def told(words: CareWords, minor: int | None, is_beside: bool = False) -> str:
        if minor:
            return text() % {"amount": words.money(minor)}
        return none() if is_beside and none is not None else ""

    return told


def _share(words: CareWords, rate: Decimal, is_beside: bool = False) -> str:
    if rate:
        return _("the family pays %(rate)s") % {"rate": words.rate(rate)}
    return _("the family pays no share") if is_beside else ""


def _state(words: CareWords, rate: Decimal, is_beside: bool) -> str:
    if rate:
        return _("the State pays %(rate)s of the price first") % {"rate": words.rate(rate)}
    return _("the State pays nothing of it") if is_beside else ""


def _waiting(words: CareWords, months: int, is_beside: bool = False) -> str:
    if not months:
        return ""
    return ngettext("after %(count)s month", "after %(count)s months", months) % {"count": months}


def _flag(yes: Callable[[], str], no: Callable[[], str]) -> Any:
    def told(words: CareWords, value: bool, is_beside: bool) -> str:
        if value:
            return yes()
        return no() if is_beside else ""

    return told


def _case_count(words: CareWords, count: int | None, is_beside: bool) -> str:
    if count is None:
        return _("without limit of number") if is_beside else ""
    return f"{_cases(count)} {_counted(Whose.PERSON, Per.YEAR)}"


def _no_ceiling() -> str:
    return _("without that ceiling")


_PROMISES: dict[str, Any] = {
    "flat_rate_minor": _amount(
        lambda: _("flat rate of %(amount)s for the whole episode"), lambda: _("without flat rate")
    ),
    "state_share_rate": _state,
    "deductible_minor_per_case": _amount(
        lambda: _("the family pays the first %(amount)s of each case"),
        lambda: _("without deductible"),
    ),
    "copayment_rate": _share,
    "copayment_minor_per_case": _amount(
        lambda: _("the family pays %(amount)s a case"),
        lambda: _("no fixed amount a case"),
    ),
    "ceiling_minor_per_case": _amount(lambda: _("up to %(amount)s a case"), _no_ceiling),
    "ceiling_minor_per_person_per_year": _amount(
        lambda: _("up to %(amount)s a person and year of cover"), _no_ceiling
    ),
    "ceiling_minor_per_household_per_year": _amount(
        lambda: _("up to %(amount)s a family and year of cover"), _no_ceiling
    ),
    "ceiling_count_per_person_per_year": _case_count,
    "requires_pre_authorisation": _flag(
        lambda: _("with the mutual’s prior agreement, save in an emergency"),
        lambda: _("without prior agreement"),
    ),
    "requires_referral": _flag(
        lambda: _("for who was referred, save in an emergency"), lambda: _("without referral")
    ),
    "waiting_period_months": _waiting,
    "waits_by_expected_delivery": _flag(
        lambda: _("a birth before term is judged on its expected day"), lambda: ""
    ),
}
_OF_ITEMS: dict[str, Any] = {
    "copayment_rate": lambda words, rate: _share(words, rate, is_beside=True),
    "copayment_minor_per_unit": _amount(lambda: _("the family pays %(amount)s a unit")),
    "price_minor": _amount(lambda: _("no more than %(amount)s a unit is known of its price")),
    "waiting_period_months": _waiting,
    "max_quantity": lambda words, count: f"{_units(count)} {_counted(Whose.PERSON, Per.YEAR)}",
    "minimum_days_between": lambda words, days: (
        ngettext("%(count)s day at least between two", "%(count)s days at least between two", days)
        % {"count": days}
    ),
    "requires_pre_authorisation": lambda words, value: _(
        "with the mutual’s prior agreement, save in an emergency"
    ),
    "is_free_of_ceilings": lambda words, value: _("counts against no ceiling"),
}
