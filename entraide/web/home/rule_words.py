"""What the values of a product's rules are called and how they are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entraide.documents import writing
from entraide.web.claims.reasons import SECTORS

Text = str | Promise

PART_NAMES: dict[str, Text] = {
    "fund_share_rate": _("Sharing of contributions"),
    "contribution": _("Contribution"),
    "membership": _("Membership"),
    "ceilings": _("Ceilings of all care"),
    "care_path": _("Path of care"),
}
VALUE_NAMES: dict[str, Text] = {
    "fund_share_rate": _("Share for the mutual fund"),
    "amount_minor": _("Amount"),
    "by_size_minor": _("Amount by size of the family"),
    "by_loan_minor": _("Amount by loan"),
    "adult_minor": _("Per adult"),
    "child_minor": _("Per child"),
    "lump_sum_minor": _("Lump sum"),
    "threshold_members": _("Persons in the lump sum"),
    "loan_rate": _("Share of the loan"),
    "loan_floor_minor": _("At least"),
    "loan_cap_minor": _("At most"),
    "joining_fee_minor": _("Joining fee"),
    "joining_fee_minor_per_person": _("Joining fee per person"),
    "assembly_fee_minor": _("Assembly fee"),
    "assembly_fee_minor_per_person": _("Assembly fee per person"),
    "subsidy_minor_per_person": _("Subsidy per person"),
    "loan_brackets": _("Rates by tranche of the loan"),
    "income_rate": _("Share of the declared income"),
    "income_floor_minor": _("At least"),
    "income_cap_minor": _("At most"),
    "income_brackets": _("Rates by tranche of the monthly income"),
    "employer_share_rate": _("Employer’s share"),
    "employer_minor_per_person": _("Employer’s amount per person"),
    "state_share_rate": _("State’s share"),
    "state_minor_per_person": _("State’s amount per person"),
    "sponsor_share_rate": _("Sponsor’s share"),
    "sponsor_minor_per_person": _("Sponsor’s amount per person"),
    "early_enrolment_discount_rate": _("Discount for joining early"),
    "early_enrolment_months": _("Early: before the cycle by"),
    "renewal_discount_rate": _("Discount for renewing early"),
    "renewal_discount_months": _("Early: before the term by"),
    "whole_payment_discount_rate": _("Discount for paying at once"),
    "discounts_cover_fees": _("Discounts bear on the fees too"),
    "instalment_months": _("Parts fall due on months"),
    "exempted_rate": _("Part that the family does not pay"),
    "paid_by": _("Paid instead by"),
    "waives_fees": _("Does not pay the joining fee"),
    "unit": _("What joins"),
    "minimum_entry_age_years": _("Youngest age to join"),
    "enrolment_windows": _("Joining is open"),
    "instalment_count": _("Instalments"),
    "cover_months": _("Length of cover"),
    "adult_age_years": _("Adult from"),
    "maximum_entry_age_years": _("Oldest age to join"),
    "max_members": _("Largest family"),
    "minimum_group_size": _("Smallest group"),
    "photo_required": _("Photo required"),
    "payment_grace_days": _("Days to pay before rights stop"),
    "renewal_grace_days": _("Days to renew without losing seniority"),
    "newborn_cover_days": _("Days a newborn is covered before being registered"),
    "claim_time_limit_days": _("Days to ask for a refund"),
    "enrolment_grace_months": _("Late joining of a cycle"),
    "administration_months": _("Months before cover begins"),
    "cycle_starts": _("Covers begin on"),
    "is_covered": pgettext_lazy("care", "Covered"),
    "waiting_period_months": _("Waiting period"),
    "deductible_minor_per_case": _("Deductible per case"),
    "copayment_rate": _("Share left to the family"),
    "copayment_minor_per_case": _("Amount left to the family per case"),
    "flat_rate_minor": _("Flat rate of the episode"),
    "ceiling_minor_per_case": _("Ceiling per case"),
    "ceiling_minor_per_person_per_year": _("Ceiling per person and year"),
    "ceiling_minor_per_household_per_year": _("Ceiling per family and year"),
    "ceiling_count_per_person_per_year": _("Cases per person and year"),
    "requires_pre_authorisation": _("Prior agreement needed"),
    "requires_referral": _("Referral needed"),
    "copayment_payer": _("Who pays the family’s share"),
    "waits_by_expected_delivery": _("Birth before term judged on its expected day"),
    "copayment_minor_per_unit": _("Amount left to the family per unit"),
    "price_minor": _("Highest price known, per unit"),
    "max_quantity": _("Units per person and year"),
    "minimum_days_between": _("Days between two"),
    "is_free_of_ceilings": _("Counts against no ceiling"),
    "count": _("Number of cases"),
    "quantity": _("Number of units"),
    "amount_minor_per_extra_member": _("More for each person beyond"),
    "members_included": _("Persons included"),
    "amount_minor_cap": _("Never above"),
    "claim_minor": _("Claims looked at by a person from"),
    "pays_after_others": _("Pays after other payers"),
    "is_asked": _("Path of care asked for"),
    "excepts_emergencies": _("An emergency needs no referral"),
    "excepts_follow_up": _("Follow-up needs no referral"),
    "needs_voucher": _("Referral voucher needed"),
    "out_of_path_copayment_rate": _("Share of the family out of the path"),
    "is_reviewed": _("A person looks out of the path"),
}


def language() -> str:
    """The reader's language."""
    return get_language() or "fr"


CHOICE_WORDS: dict[str, Text] = {
    "family": _("a family"),
    "individual": _("one person alone"),
    "collective": _("families of a group"),
    "state": _("the State"),
    "employer": _("the employer"),
    "sponsor": _("a sponsor"),
    "mutual": _("nobody: the mutual gives it up"),
    "member": _("the family itself"),
    "programme": _("a free-care programme"),
}


def value_name(path: str) -> str:
    """What a key path's value is, with the sector that it holds for: ``Plafond par cas, privé``.

    A value of a category of families says its code: the titles are in the rules.
    """
    *before, last = path.split(".")
    if "categories" in before:
        return f"{VALUE_NAMES.get(last, last)} ({before[-1]})"
    name = str(VALUE_NAMES.get(last, last.replace("_", " ")))
    if "by_sector" in before:
        sector = before[before.index("by_sector") + 1]
        return f"{name}, {SECTORS.get(sector, sector)}"
    return name


def part_of(path: str) -> tuple[str, str]:
    """The part of the rules in which a key path stands: its kind and, for care, its category."""
    first, *rest = path.split(".")
    if first == "benefits" and rest:
        return "benefits", rest[0]
    return (first, "") if first in PART_NAMES else ("ceilings", "")


def written(path: str, value: Any, currency: str) -> str:
    """A value as the board reads it: an amount, a percentage, a length of time, yes or no."""
    name = path.rsplit(".", 1)[-1]
    if value is None:
        return gettext("without limit")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        if name == "enrolment_windows":
            return " · ".join(_window(each) for each in value) or gettext("all year")
        if name == "cycle_starts":
            return " · ".join(_day_of_year(each) for each in value) or gettext("any day")
        return " · ".join(_step(each, currency, name) for each in value)
    if name in ("unit", "paid_by", "copayment_payer"):
        return str(CHOICE_WORDS.get(str(value), value))
    if name.endswith("_rate"):
        return writing.percent(Decimal(value), language(), 1 if Decimal(value) * 100 % 1 else 0)
    if "_minor" in name:
        return writing.money(int(value), currency, language())
    if name == "minimum_days_between":
        return _length("days", int(value))
    if name.endswith(("_months", "_days", "_years")):
        return _length(name, int(value))
    return str(value)


def _length(name: str, count: int) -> str:
    unit = {
        "months": ngettext("{count} month", "{count} months", count),
        "days": ngettext("{count} day", "{count} days", count),
        "years": ngettext("{count} year", "{count} years", count),
    }[name.rsplit("_", 1)[-1]]
    return unit.format(count=count)


def _window(value: Any) -> str:
    """``1er octobre au 31 janvier``."""
    if isinstance(value, str):
        value = tuple(tuple(int(part) for part in end.split("-")) for end in value.split("/"))
    ends = [writing.day_of_month(date(2024, month, day), language()) for day, month in value]
    return gettext("from {first} to {last}").format(first=ends[0], last=ends[1])


def _day_of_year(value: Any) -> str:
    """``1er juillet``."""
    if isinstance(value, str):
        value = tuple(int(part) for part in value.split("-"))
    day, month = value
    return writing.day_of_month(date(2024, month, day), language())


def _step(step: Any, currency: str, name: str) -> str:
    up_to = getattr(step, "up_to", None)
    amount, rate = getattr(step, "amount_minor", None), getattr(step, "rate", None)
    if up_to is None:
        return str(step)
    limit = str(up_to) if name == "by_size_minor" else writing.money(up_to, currency, language())
    if rate is not None:
        shown = writing.percent(rate, language(), 1 if rate * 100 % 1 else 0)
    else:
        shown = writing.money(amount, currency, language())
    return gettext("up to {size}: {amount}").format(size=limit, amount=shown)
