"""« Ce que dit le produit »: the rules of a day as sentences that a member can read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.core.product import (
    BracketMode,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    MembershipUnit,
    Product,
)
from entraide.documents import writing
from entraide.web.home.rule_words import CHOICE_WORDS, language, written
from entraide.web.tariffs.care_summary import CareNames, Part, care_parts


def summary_of(product: Product, names: CareNames) -> list[Part]:
    """The sentences part by part: contribution, who pays, joining, then the parts of care."""
    words = _Words(product.currency)
    return [
        (_("What a family pays"), list(_contribution(product, words))),
        (_("Who pays, and where it goes"), list(_payers(product, words))),
        (_("Joining and staying covered"), list(_membership(product.membership))),
        *care_parts(product, names),
    ]


class _Words:
    """Amounts and rates of one product, as text."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def money(self, minor: int) -> str:
        return writing.money(minor, self.currency, language())

    def rate(self, rate: Decimal) -> str:
        return writing.percent(rate, language(), 1 if rate * 100 % 1 else 0)


def _contribution(product: Product, words: _Words) -> Iterator[str]:
    rule, months = product.contribution, product.membership.cover_months
    yield from _formula(rule, words)
    yield ngettext(
        "This is the price of %(count)s month of cover.",
        "This is the price of %(count)s months of cover.",
        months,
    ) % {"count": months}
    fees = (
        (rule.joining_fee_minor, _("A joining fee of %(amount)s, the first time only.")),
        (
            rule.joining_fee_minor_per_person,
            _("A joining fee of %(amount)s a person, the first time only."),
        ),
        (rule.assembly_fee_minor, _("A fee of %(amount)s for the assembly, each time.")),
        (
            rule.assembly_fee_minor_per_person,
            _("A fee of %(amount)s a person for the assembly, each time."),
        ),
    )
    for amount, text in fees:
        if amount:
            yield text % {"amount": words.money(amount)}
    yield from _discounts(rule, words)
    if rule.instalment_count > 1:
        yield _("It may be paid in %(count)s parts.") % {"count": rule.instalment_count}


def _formula(rule: ContributionRule, words: _Words) -> Iterator[str]:
    kind, amount = rule.kind, words.money
    if kind is ContributionKind.PER_HOUSEHOLD:
        yield _("%(amount)s for the family, whatever its size.") % {
            "amount": amount(rule.amount_minor)
        }
    elif kind is ContributionKind.PER_PERSON:
        yield _("%(amount)s for each person covered.") % {"amount": amount(rule.amount_minor)}
    elif kind is ContributionKind.BY_SIZE:
        for up_to, price in rule.by_size_minor:
            words = ngettext(
                "Up to %(count)s person: %(amount)s.", "Up to %(count)s persons: %(amount)s.", up_to
            )
            yield words % {"count": up_to, "amount": amount(price)}
    elif kind is ContributionKind.BY_AGE:
        if rule.lump_sum_minor:
            yield _("%(amount)s for the first %(count)s persons together.") % {
                "amount": amount(rule.lump_sum_minor),
                "count": rule.threshold_members,
            }
        yield _("%(adult)s for each adult and %(child)s for each child%(beyond)s.") % {
            "adult": amount(rule.adult_minor),
            "child": amount(rule.child_minor),
            "beyond": _(" beyond them") if rule.lump_sum_minor else "",
        }
    elif kind is ContributionKind.BY_LOAN:
        for up_to, price in rule.by_loan_minor:
            yield _("For a loan up to %(loan)s: %(amount)s.") % {
                "loan": amount(up_to),
                "amount": amount(price),
            }
    else:
        yield from _on_a_base(rule, words)


def _on_a_base(rule: ContributionRule, words: _Words) -> Iterator[str]:
    """A rate of the loan or of the income, by tranche or not, with its bounds."""
    is_loan = rule.kind is ContributionKind.OF_LOAN
    brackets = rule.loan_brackets if is_loan else rule.income_brackets
    floor = rule.loan_floor_minor if is_loan else rule.income_floor_minor
    cap = rule.loan_cap_minor if is_loan else rule.income_cap_minor
    rate = words.rate(rule.loan_rate if is_loan else rule.income_rate)
    if not brackets:
        text = _("%(rate)s of the loan.") if is_loan else _("%(rate)s of the declared income.")
        yield text % {"rate": rate}
    for number, (up_to, each) in enumerate(brackets):
        text = (
            _("%(rate)s up to %(amount)s.") if number < len(brackets) - 1 else _("%(rate)s above.")
        )
        yield text % {"rate": words.rate(each), "amount": words.money(up_to)}
    if brackets and rule.brackets is BracketMode.MARGINAL:
        yield _("Each rate counts on its own tranche only.")
    elif brackets:
        yield _("The rate of the tranche reached counts on everything.")
    if floor:
        yield _("Never less than %(amount)s.") % {"amount": words.money(floor)}
    if cap is not None:
        yield _("Never more than %(amount)s.") % {"amount": words.money(cap)}


def _discounts(rule: ContributionRule, words: _Words) -> Iterator[str]:
    for rate, months, text in (
        (
            rule.early_enrolment_discount_rate,
            rule.early_enrolment_months,
            _("%(rate)s less for who joins %(months)s months or more before cover begins."),
        ),
        (
            rule.renewal_discount_rate,
            rule.renewal_discount_months,
            _("%(rate)s less for who renews %(months)s months or more before the term."),
        ),
        (
            rule.whole_payment_discount_rate,
            0,
            _("%(rate)s less for who pays the whole at once."),
        ),
    ):
        if rate:
            yield text % {"rate": words.rate(rate), "months": months}


def _payers(product: Product, words: _Words) -> Iterator[str]:
    rule = product.contribution
    for rate, unit, payer in (
        (rule.state_share_rate, rule.state_minor_per_person, "state"),
        (rule.employer_share_rate, rule.employer_minor_per_person, "employer"),
        (rule.sponsor_share_rate, rule.sponsor_minor_per_person, "sponsor"),
    ):
        parts = [words.rate(rate)] if rate else []
        if unit:
            parts.append(_("%(amount)s a person") % {"amount": words.money(unit)})
        if parts:
            yield _("Of the contribution, %(payer)s pays %(part)s.") % {
                "payer": CHOICE_WORDS[payer],
                "part": _(" and ").join(parts),
            }
    if rule.subsidy_minor_per_person:
        yield _("The State adds %(amount)s a person on top.") % {
            "amount": words.money(rule.subsidy_minor_per_person)
        }
    for category in rule.categories:
        name = category.titles.get(language(), category.code)
        if category.exempted_rate:
            yield _(
                "%(category)s: %(rate)s is not asked of the family; it is paid by %(payer)s."
            ) % {
                "category": name,
                "rate": words.rate(category.exempted_rate),
                "payer": CHOICE_WORDS[category.paid_by],
            }
        if category.waives_fees:
            yield _("%(category)s: the joining fee is not asked.") % {"category": name}
        if category.subsidy_minor_per_person:
            yield _("%(category)s: the State adds %(amount)s a person.") % {
                "category": name,
                "amount": words.money(category.subsidy_minor_per_person),
            }
    fund = product.fund_share_rate
    yield _("%(fund)s of contributions pay for care; %(running)s pay for running costs.") % {
        "fund": words.rate(fund),
        "running": words.rate(1 - fund),
    }


def _counted(rule: MembershipRule) -> Iterator[str]:
    """How many persons, of which age, in a group of which size."""
    if (most := rule.max_members) is not None:
        words = ngettext("%(count)s person at most.", "%(count)s persons at most.", most)
        yield words % {"count": most}
    if (youngest := rule.minimum_entry_age_years) is not None:
        yield ngettext(
            "New members are %(count)s year old at least.",
            "New members are %(count)s years old at least.",
            youngest,
        ) % {"count": youngest}
    if (oldest := rule.maximum_entry_age_years) is not None:
        yield ngettext(
            "New members are %(count)s year old at most.",
            "New members are %(count)s years old at most.",
            oldest,
        ) % {"count": oldest}
    if rule.minimum_group_size > 1:
        text = _("The group has %(count)s persons at least.")
        yield text % {"count": rule.minimum_group_size}


def _membership(rule: MembershipRule) -> Iterator[str]:
    units = {
        MembershipUnit.FAMILY: _("A family joins, with everyone in it."),
        MembershipUnit.INDIVIDUAL: _("One person joins alone."),
        MembershipUnit.COLLECTIVE: _("Families join through a group."),
    }
    yield units[rule.unit]
    yield from _counted(rule)
    if rule.enrolment_windows:
        windows = written("membership.enrolment_windows", list(rule.enrolment_windows), "")
        yield _("Joining is open %(windows)s.") % {"windows": windows}
    else:
        yield _("Joining is open all year.")
    if rule.cycle_starts:
        days = [f"{day:02d}/{month:02d}" for day, month in rule.cycle_starts]
        yield _("Covers begin on %(days)s.") % {"days": _(" and ").join(days)}
    if days := rule.payment_grace_days:
        yield ngettext(
            "Rights stop %(count)s day after a part that is not paid, and reopen on payment.",
            "Rights stop %(count)s days after a part that is not paid, and reopen on payment.",
            days,
        ) % {"count": days}
    if days := rule.renewal_grace_days:
        yield ngettext(
            "Who renews within %(count)s day of the term keeps their seniority.",
            "Who renews within %(count)s days of the term keeps their seniority.",
            days,
        ) % {"count": days}
    if rule.photo_required:
        yield _("Care is covered once the photo of the person is there.")
