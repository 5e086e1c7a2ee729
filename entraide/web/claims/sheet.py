"""A claim as its page shows it: who asks, line by line why, who bears what, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.claims.selectors import (
    ExplainedLine,
    RemainingCeiling,
    ceilings_of,
    decision_explained,
    decisions_of,
)
from entraide.apps.schemes.selectors import rules_of
from entraide.core.adjudication.decision import NEEDS_REVIEW, BorneBy, finding_from_json
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.limits_left import LimitLeft
from entraide.core.adjudication.replay import claim_from_json
from entraide.core.adjudication.review import AMOUNT_CEILINGS
from entraide.core.product import Product, Sector
from entraide.documents.charts import split_bar
from entraide.documents.writing import amount, number
from entraide.web.claims.reasons import (
    BEARERS,
    category_names,
    language,
    reason_name,
    told,
    told_in_cell,
)
from entraide.web.households.wording import age_in_words


@dataclass(frozen=True, slots=True)
class Cut:
    """One reduction as shown: why and how much."""

    told: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of the decision. ``under`` says what kind of care it is; ``stated_minor`` is given
    where the decision does not start from it (a flat rate includes the line)."""

    key: str
    label: str
    under: str
    claimed_minor: int
    payable_minor: int
    cuts: tuple[Cut, ...]
    remarks: tuple[str, ...]
    needs_eye: bool
    stated_minor: int | None
    above_ceiling_minor: int  # what ceilings took: the most that an exception may grant


@dataclass(frozen=True, slots=True)
class Reason:
    """All reductions of one reason borne by one party."""

    name: str
    bearer: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ShownCeiling:
    """What is left of one ceiling after the decision; amounts, or cases for a count."""

    name: str
    short_name: str  # under the name of its category
    ceiling: int
    used: int
    remaining: int
    is_count: bool

    @property
    def is_reached(self) -> bool:
        """Nothing is left of it."""
        return self.remaining == 0


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """Everything that the page of a claim says of its decision."""

    claim: Claim
    decision: Decision
    earlier: tuple[Decision, ...]
    age: str  # in words; the year of birth where the day is not known
    lines: tuple[ShownLine, ...]
    claim_reasons: tuple[str, ...]
    eyes: tuple[str, ...]  # why a person must look at it
    warnings: tuple[str, ...]  # what was odd when it was entered
    repeats: tuple[str, ...]  # the earlier claims that ask for the same acts, by their numbers
    reasons: tuple[Reason, ...]
    reduced_minor: int
    member_minor: int
    provider_minor: int
    other_minor: int
    ceilings: tuple[ShownCeiling, ...]
    bar: str
    rules_from: date | None
    product_name: str
    has_agreement: bool  # of the provider with the mutual, on the day of care

    @property
    def exception_minor(self) -> int:
        """The most that exceptions to the ceilings may grant, all lines together."""
        return sum(line.above_ceiling_minor for line in self.lines)

    @property
    def is_by_rules(self) -> bool:
        """Whether the decision in force is the rules' own."""
        return self.decision.number == 1

    @property
    def may_be_readmitted(self) -> bool:
        """Whether the rules set it aside, and nobody has given an opinion since."""
        if not self.repeats or self.is_by_rules:
            return bool(self.repeats)
        is_waiting = self.claim.state == ClaimState.IN_REVIEW
        return is_waiting and self.earlier[-1].context != self.decision.context


def claim_sheet(claim: Claim) -> ClaimSheet:
    """The sheet of a claim; some queries, whatever the history of the person."""
    names = category_names()
    *earlier, in_force = decisions_of(claim)[: claim.decision_number]
    decision, explained = decision_explained(claim)
    product = _product_of(in_force, claim)
    version = in_force.product_version
    return ClaimSheet(
        claim=claim,
        decision=in_force,
        earlier=tuple(earlier),
        age=age_in_words(claim.person, claim.care_on),
        lines=tuple(_shown(line, names) for line in explained),
        claim_reasons=tuple(
            told(finding.code, finding.data, names) for finding in decision.claim_findings
        ),
        eyes=tuple(reason_name(code) for code in claim.review_codes or decision.review_codes),
        warnings=tuple(
            told(warning.code, warning.data, names)
            for warning in map(finding_from_json, claim.warnings)
        ),
        repeats=_repeats(decision),
        reasons=_reasons(decision),
        reduced_minor=decision.reduced_minor,
        member_minor=decision.borne_minor(BorneBy.MEMBER),
        provider_minor=decision.borne_minor(BorneBy.PROVIDER),
        other_minor=decision.borne_minor(BorneBy.OTHER),
        ceilings=_ceilings(decision, product, claim, names),
        bar=_bar(decision),
        rules_from=version.effective_from if version else None,
        product_name=version.product.name if version else "",
        has_agreement=claim_from_json(in_force.context["claim"]).provider_has_agreement,
    )


def _repeats(decision: CoreDecision) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            str(reduction.data["other_claim"])
            for line in decision.lines
            for reduction in line.reductions
            if reduction.code == "DUPLICATE"
        )
    )


def _product_of(decision: Decision, claim: Claim) -> Product | None:
    """The rules that decided a claim: care before the cover, by those of its first day."""
    if decision.product_version is None:
        return None
    begins_on = claim.membership.effective_from if claim.membership else claim.care_on
    return rules_of(decision.product_version).on(max(claim.care_on, begins_on))


def _shown(explained: ExplainedLine, names: dict[str, str]) -> ShownLine:
    line, decided = explained.line, explained.decided
    category = names.get(decided.category, decided.category)
    if line is None:
        label, under = _("Flat rate of the episode"), category
    else:
        label, under = line.stated_as or line.care_item.label, category
        if line.recoded_item is not None:
            label, under = line.recoded_item.label, f"{category}, {_coded_first(label)}"
        if line.quantity != 1:
            label = f"{label} ×\u00a0{quantity_written(line.quantity)}"
    codes = {item.code for item in (*decided.reductions, *decided.remarks)}
    stated = line.claimed_minor if line is not None else decided.claimed_minor
    return ShownLine(
        key=decided.line_key,
        label=label,
        under=under,
        claimed_minor=decided.claimed_minor,
        payable_minor=decided.payable_minor,
        cuts=tuple(
            Cut(told_in_cell(item.code, item.data, names), item.amount_minor)
            for item in decided.reductions
        ),
        remarks=tuple(told_in_cell(item.code, item.data, names) for item in decided.remarks),
        needs_eye=bool(codes & NEEDS_REVIEW),
        stated_minor=stated if stated != decided.claimed_minor else None,
        above_ceiling_minor=sum(
            item.amount_minor for item in decided.reductions if item.code in AMOUNT_CEILINGS
        ),
    )


def quantity_written(quantity: Decimal) -> str:
    """A quantity without useless zeros: ``5``, ``0,5``."""
    exact = quantity.normalize()
    return number(exact, language(), max(0, -int(exact.as_tuple().exponent)))


def _reasons(decision: CoreDecision) -> tuple[Reason, ...]:
    totals: dict[tuple[str, BorneBy], int] = {}
    for item in decision.reductions():
        key = (item.code, item.borne_by)
        totals[key] = totals.get(key, 0) + item.amount_minor
    return tuple(
        Reason(reason_name(code), str(BEARERS[bearer]), minor)
        for (code, bearer), minor in sorted(totals.items(), key=lambda each: -each[1])
    )


def _ceilings(
    decision: CoreDecision, product: Product | None, claim: Claim, names: dict[str, str]
) -> tuple[ShownCeiling, ...]:
    """The ceilings that concern this claim, once it is counted: its categories and the overall."""
    if product is None:
        return ()
    paid: dict[str, int] = {}
    for line in decision.lines:
        paid[line.category] = paid.get(line.category, 0) + line.payable_minor
    after = ceilings_of(product, decision.used_after, Sector(claim.provider.sector))
    shown = []
    for ceiling in after:
        if ceiling.category and ceiling.category not in paid:
            continue
        spent = paid.get(ceiling.category, 0) if ceiling.whose == "case" else ceiling.used_minor
        shown.append(shown_ceiling(ceiling, names, used=spent))
    return tuple(shown)


def shown_ceiling(
    ceiling: RemainingCeiling, names: dict[str, str], *, used: int | None = None
) -> ShownCeiling:
    """A ceiling with its name; ``used`` where the register does not know it (a case)."""
    spent = ceiling.used_minor if used is None else used
    return ShownCeiling(
        name=ceiling_name(ceiling, names),
        short_name=short_name(ceiling),
        ceiling=ceiling.ceiling_minor,
        used=spent,
        remaining=max(0, ceiling.ceiling_minor - spent),
        is_count=ceiling.whose == "count",
    )


def shown_limit(left: LimitLeft) -> ShownCeiling:
    """A limit of the product with its name; units and cases are counts."""
    limit = left.limit
    return ShownCeiling(
        name=limit.titles.get(language()) or limit.titles.get("fr") or limit.code,
        short_name="",
        ceiling=left.most,
        used=left.used,
        remaining=left.left,
        is_count=not left.is_amount,
    )


def ceiling_name(ceiling: RemainingCeiling, names: dict[str, str]) -> str:
    """``Consultation, this case``; ``Family, all care of the year``."""
    if not ceiling.category:
        return {
            "person": _("Person, all care of the year"),
            "household": _("Family, all care of the year"),
        }[ceiling.whose]
    return f"{names.get(ceiling.category, ceiling.category)}, {short_name(ceiling)}"


def short_name(ceiling: RemainingCeiling) -> str:
    """What a ceiling bounds: ``this case``; ``family’s year``."""
    return {
        "case": pgettext("a ceiling", "this case"),
        "person": pgettext("a ceiling", "person’s year"),
        "household": pgettext("a ceiling", "family’s year"),
        "count": pgettext("a ceiling", "cases of the year"),
    }[ceiling.whose]


def _coded_first(label: str) -> str:
    return _("coded at entry: {act}").format(act=label)


def _bar(decision: CoreDecision) -> str:
    """Who pays what, as one bar."""
    written = [
        amount(minor, decision.currency, language())
        for minor in (
            decision.payable_minor,
            decision.borne_minor(BorneBy.MEMBER),
            decision.borne_minor(BorneBy.PROVIDER),
        )
    ]
    title = _("Mutual {mutual}, family {family}, provider {provider}").format(
        mutual=written[0], family=written[1], provider=written[2]
    )
    parts = (
        (decision.payable_minor, "c-bar"),
        (decision.borne_minor(BorneBy.MEMBER), "c-bar--2"),
        (
            decision.borne_minor(BorneBy.PROVIDER) + decision.borne_minor(BorneBy.OTHER),
            "c-bar--rest",
        ),
    )
    return split_bar("who-pays", title, parts)
