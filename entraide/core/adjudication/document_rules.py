"""The rules of the document that ``entraide calc claim`` reads: how they are written and read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entraide.core.adjudication.schema_parts import (
    LEVELS,
    SECTOR,
    count,
    described,
    flag,
    listed,
    minor,
    rate,
    text,
    texts,
)
from entraide.core.care_package import (
    Benefit,
    Condition,
    Deductible,
    ItemRule,
    Limit,
    Per,
    ProviderLevel,
    Review,
    Risk,
    Sector,
    Target,
    Variant,
    Visit,
    Whose,
)
from entraide.core.care_path import CarePath
from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product

_BENEFIT = described(
    ("category",),
    "what is promised for one care category, for one sector or for all",
    category=text("care category"),
    sector=SECTOR,
    is_covered=flag("false: nothing is paid"),
    waiting_period_months=count("of a variant that says its own waiting period", 1200),
    deductible_minor_per_case=minor("deductible of a case"),
    copayment_rate=rate("the member's share, a rate"),
    copayment_minor_per_case=minor("the member's fixed ticket of a case"),
    flat_rate_minor=minor("price of the whole episode, whatever its lines"),
    ceiling_minor_per_case=minor("ceiling of a case"),
    ceiling_minor_per_person_per_year=minor("ceiling of the category, person and year"),
    ceiling_minor_per_household_per_year=minor("ceiling of the category, household and year"),
    ceiling_count_per_person_per_year=count("number of cases paid, person and year"),
    requires_pre_authorisation=flag("nothing is paid without a prior agreement"),
    requires_referral=flag("nothing is paid without a referral"),
    state_share_rate=rate("what the State pays of the price, before the mutual"),
    copayment_payer=text("who pays the member's share instead"),
    waits_by_expected_delivery=flag("the waiting period is judged on the expected delivery"),
)

_CONDITION = described(
    (),
    "when a rule applies: all that it names must hold",
    sectors=texts("who runs the provider", [sector.value for sector in Sector]),
    levels=LEVELS,
    visits=texts("how the person came", [visit.value for visit in Visit]),
    is_inpatient=flag("a stay, or not"),
    min_age_years=count("youngest age, completed years", 150),
    max_age_years=count("oldest age, completed years", 150),
    lists=texts("list that the person is on, one of them"),
)

_TARGET = described(
    (),
    "which lines a rule is about: all that it names must hold",
    categories=texts("care category"),
    items=texts("act or drug: system:code, or the code alone"),
    kinds=texts("what it is", ["service", "drug"]),
    risks=texts("to who carries the risk", [risk.value for risk in Risk]),
)

_VARIANT = described(
    ("code", "when", "benefit"),
    "what is promised of a category where a condition holds, in place of the ordinary promise",
    code=text("name of the variant"),
    when=_CONDITION,
    benefit=_BENEFIT,
    has_own_waiting=flag("it says its own waiting period"),
)

_ITEM_RULE = described(
    ("code", "target"),
    "what is said of single acts or drugs, over their category; the first that fits is the one",
    code=text("name of the rule"),
    target=_TARGET,
    when=_CONDITION,
    is_covered=flag("paid or not, whatever the list of care says"),
    copayment_rate=rate("the member's share, a rate"),
    copayment_minor_per_unit=minor("fixed ticket of each unit"),
    price_minor=minor("the most that is known of one unit"),
    waiting_period_months=count("its own waiting period", 1200),
    max_quantity=count("most units paid for in the period"),
    minimum_days_between=count("days that must separate two such acts"),
    requires_pre_authorisation=flag("nothing is paid without a prior agreement"),
    is_free_of_ceilings=flag("counts against no ceiling, and none stops it"),
)

_COUNTED = {
    "target": _TARGET,
    "when": _CONDITION,
    "whose": text("whose use it counts together", enum=[whose.value for whose in Whose]),
    "per": text("over what it counts", enum=[per.value for per in Per]),
}

_LIMIT = described(
    ("code",),
    "the most that is paid for some lines: an amount, a number of cases, or of units",
    code=text("name of the limit"),
    amount_minor=minor("the most that is paid"),
    count=count("number of cases paid"),
    quantity=count("number of units paid"),
    amount_minor_per_extra_member=minor("more for each member of the household beyond those"),
    members_included=count("members of the household that the amount is for"),
    amount_minor_cap=minor("the most that the amount grows to"),
    **_COUNTED,
) | {"oneOf": [{"required": [one]} for one in ("amount_minor", "count", "quantity")]}

_DEDUCTIBLE = described(
    ("code", "amount_minor"),
    "a first amount that is not paid, over several categories, claims or a whole year",
    code=text("name of the deductible"),
    amount_minor=minor("what is not paid"),
    **_COUNTED,
)

_CARE_PATH = described(
    ("referred_levels",),
    "where a person goes first, and what going elsewhere costs",
    first_levels=LEVELS,
    referred_levels=LEVELS,
    categories=texts("care category; none: all care"),
    excepts_emergencies=flag("an emergency needs no referral; true when absent"),
    excepts_follow_up=flag("the follow-up of earlier care needs none"),
    needs_voucher=flag("being sent is proved by a voucher of the register"),
    out_of_path_copayment_rate=rate("the member's share out of the path, a rate"),
    is_reviewed=flag("a person looks at care out of the path"),
)

RULES = described(
    ("benefits",),
    "the product in force on the date of care",
    version=text("name of the rules"),
    benefits={"type": "array", "minItems": 1, "items": _BENEFIT},
    variants=listed(_VARIANT),
    item_rules=listed(_ITEM_RULE),
    limits=listed(_LIMIT),
    deductibles=listed(_DEDUCTIBLE),
    care_path=_CARE_PATH,
    claim_time_limit_days=count("days between care and reception"),
    pays_after_others=flag("another payer pays first"),
    review=described(
        (),
        "from how much on a person looks",
        claim_minor=minor("asked by the claim"),
        quantity=count("units of a line"),
    ),
    ceiling_minor_per_person_per_year=minor("ceiling of all categories, person and year"),
    ceiling_minor_per_household_per_year=minor("ceiling of all categories, household and year"),
)


def product_from(rules: Mapping[str, Any], currency: str) -> Product:
    """Only what a claim needs: the contribution is no part of the calculation."""
    return Product(
        code="document",
        version=rules.get("version", ""),
        currency=currency,
        contribution=ContributionRule(ContributionKind.PER_HOUSEHOLD),
        membership=MembershipRule(claim_time_limit_days=rules.get("claim_time_limit_days")),
        benefits=tuple(_benefit(each) for each in rules["benefits"]),
        fund_share_rate=Decimal(1),
        ceiling_minor_per_person_per_year=rules.get("ceiling_minor_per_person_per_year"),
        ceiling_minor_per_household_per_year=rules.get("ceiling_minor_per_household_per_year"),
        variants=tuple(_variant(each) for each in rules.get("variants", ())),
        item_rules=tuple(_item_rule(each) for each in rules.get("item_rules", ())),
        limits=limits_from(rules),
        deductibles=deductibles_from(rules),
        pays_after_others=rules.get("pays_after_others", False),
        care_path=_path(rules.get("care_path")),
        review=Review(**rules.get("review", {})),
    )


def limits_from(rules: Mapping[str, Any]) -> tuple[Limit, ...]:
    """The limits that the rules of a document set."""
    return tuple(Limit(**_counted(each)) for each in rules.get("limits", ()))


def deductibles_from(rules: Mapping[str, Any]) -> tuple[Deductible, ...]:
    """The deductibles over several claims or acts that they take."""
    return tuple(Deductible(**_counted(each)) for each in rules.get("deductibles", ()))


def _benefit(stated: Mapping[str, Any]) -> Benefit:
    values = dict(stated)
    if "sector" in values:
        values["sector"] = Sector(values["sector"])
    return Benefit(**_rates(values, "copayment_rate", "state_share_rate"))


def _variant(stated: Mapping[str, Any]) -> Variant:
    own = stated.get("has_own_waiting", False)
    return Variant(stated["code"], _condition(stated["when"]), _benefit(stated["benefit"]), own)


def _item_rule(stated: Mapping[str, Any]) -> ItemRule:
    values = _rates(dict(stated), "copayment_rate")
    values["target"] = _target(stated["target"])
    return ItemRule(**values | {"when": _condition(stated.get("when", {}))})


def _counted(stated: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(stated)
    values["target"] = _target(stated.get("target", {}))
    values["when"] = _condition(stated.get("when", {}))
    values["whose"] = Whose(stated.get("whose", Whose.PERSON))
    values["per"] = Per(stated.get("per", Per.YEAR))
    return values


def _condition(stated: Mapping[str, Any]) -> Condition:
    values: dict[str, Any] = {**stated, "lists": tuple(stated.get("lists", ()))}
    for name, kind in (("sectors", Sector), ("levels", ProviderLevel), ("visits", Visit)):
        values[name] = tuple(kind(each) for each in stated.get(name, ()))
    return Condition(**values)


def _target(stated: Mapping[str, Any]) -> Target:
    return Target(**{name: tuple(each) for name, each in stated.items()})


def _path(stated: Mapping[str, Any] | None) -> CarePath | None:
    if stated is None:
        return None
    values = dict(stated)
    for name in ("first_levels", "referred_levels"):
        if name in values:
            values[name] = tuple(ProviderLevel(each) for each in values[name])
    values["categories"] = tuple(values.get("categories", ()))
    return CarePath(**_rates(values, "out_of_path_copayment_rate"))


def _rates(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return values | {name: Decimal(values[name]) for name in names if name in values}
