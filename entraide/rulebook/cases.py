"""Worked cases beside the rules: what a claim must give, checked against what it gives.

A case file is a list, in ``rules/templates/<product>/cases/*.yaml`` (``rules/benches`` has others,
of products made only to be tested)::

    - name: A consultation above the tariff is cut, shared 75/25, then stopped by the ceiling
      product: essentielle
      care_on: 2026-03-10
      used_this_year_minor: {consultation: 16000}
      claim: [{benefit: consultation, claimed_minor: 12000, tariff_minor: 10000}]
      expect:
        - payable_minor: 4000                # 12000 = 4000 + 2000 + 2500 + 3500
          reductions: {ABOVE_TARIFF: 2000, COPAYMENT: 2500, CEILING_PERSON_YEAR: 3500}

``then`` holds the claims that follow, of the household: each is decided after those before it, a
review included, and repeats only what differs; another ``cover_year`` finds the ceilings whole.

``expect`` has one entry by line *decided*: under a flat rate, the line of the episode comes
before the lines that it includes. (The key is ``care_on`` because YAML reads ``on`` as *true*.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    RootModel,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from entraide.core.adjudication import (
    BorneBy,
    ClaimFacts,
    Context,
    CoverFacts,
    Decision,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    adjudicate,
)
from entraide.core.adjudication.decision import LineDecision
from entraide.core.adjudication.review import readmitted, reduced_by_review, with_ceiling_exception
from entraide.core.adjudication.running_use import RunningUse
from entraide.core.care_package import ProviderLevel, Sector, Visit
from entraide.core.errors import Finding, Refusal
from entraide.rulebook.document import read_document
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.products import ProductRules
from entraide.rulebook.schema import Amount, Category, Code, Day, Rate, SectorName, Text, Years
from entraide.rulebook.schema_care import ItemKindName, LevelName, RiskName, VisitName
from entraide.rulebook.validation import Strict, validated


def _quantity(value: Any) -> Decimal:
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdigit():
        return Decimal(value)
    raise PydanticCustomError("CASE_QUANTITY_INVALID", "quantity", {"value": str(value)[:60]})


Quantity = Annotated[Decimal, BeforeValidator(_quantity)]
FindingCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]
Sex = Annotated[str, StringConstraints(pattern=r"^[FM]$")]
Number = Annotated[int, Field(ge=0, le=100_000)]
BearerName = Literal["member", "provider", "other"]


class CaseLine(Strict):
    """One line of the claim; ``tariff_minor`` is the agreed price of one unit, 0 included."""

    benefit: Category
    claimed_minor: Amount
    tariff_minor: Amount | None = None
    quantity: Quantity = Decimal(1)
    item: str = ""
    unit_price_claimed_minor: Amount | None = None
    is_excluded: bool = False
    sex: Sex | None = None
    min_age: Years | None = None
    max_age: Years | None = None
    max_quantity: Quantity | None = None
    used_quantity: Quantity = Decimal(0)
    minimum_days_between: Number | None = None
    last_care_on: Day | None = None
    next_care_on: Day | None = None
    duplicate_of: str | None = None
    free_care_payer: str | None = None
    system: str = ""
    kind: ItemKindName | None = None
    risk: RiskName | None = None
    incompatible_with: str | None = None
    is_unknown: bool = False
    pre_authorisation: str | None = None
    pre_authorised_minor: Amount | None = None
    used_up_authorisation: str | None = None
    other_payer_minor: Amount = 0
    is_out_of_convention: bool = False
    justified_quantity: Quantity | None = None
    justified_minor: Amount | None = None


class ExpectedLine(Strict):
    """What must be decided on one line; ``remarks`` are the codes that cost nothing."""

    payable_minor: Amount
    borne_minor: dict[BearerName, Amount] | None = None  # who bears the rest, when the case says so
    reductions: dict[FindingCode, Amount] = {}
    remarks: list[FindingCode] = []


class CaseReview(Strict):
    """What a person changes in a decision: ``pay_less_minor`` or ``pay_more_minor`` of a line, or
    ``is_not_repeated``: the acts repeat no other claim."""

    line: str = "1"
    pay_less_minor: Amount | None = None
    pay_more_minor: Amount | None = None
    is_not_repeated: bool = False
    reason: Text


class CaseClaim(Strict):
    """One claim of a case, with the decision that the mutual expects."""

    person: Text = "A"
    cover_year: Number = 1  # the ceilings of another year are counted apart
    care_on: Day
    received_on: Day | None = None
    sector: SectorName = "public"
    level: LevelName | None = None
    visit: VisitName = "planned"
    is_inpatient: bool | None = None
    is_referred: bool = False
    has_voucher: bool = False
    referral_fault: FindingCode | None = None
    episode: str = ""
    attestation_of: str | None = None
    has_agreement: bool = True
    is_paid_directly: bool = True
    needs_guarantee_letter: bool = False
    discount_rate: Rate | None = None
    is_third_party_payment: bool = True
    is_emergency: bool = False
    sex: Sex | None = None
    birth_on: Day | None = None
    lists: list[Category] = []
    expected_delivery_on: Day | None = None
    other_payer: str | None = None
    refusal_code: FindingCode | None = None  # why the person is not covered; covered when absent
    waiting_until: dict[Category, Day] = {}
    waits_from: Day | None = None
    household_size: Number | None = None
    claim: list[CaseLine] = Field(min_length=1)
    review: CaseReview | None = None
    expect: list[ExpectedLine] = Field(min_length=1)
    findings: list[FindingCode] | None = None  # those of the whole claim, when the case says them

    def facts(self) -> ClaimFacts:
        """The claim as the core reads it; lines are numbered from 1."""
        return ClaimFacts(
            care_on=self.care_on,
            received_on=self.received_on or self.care_on,
            sector=Sector(self.sector),
            lines=tuple(_line(number, line) for number, line in enumerate(self.claim, start=1)),
            provider_has_agreement=self.has_agreement,
            is_third_party_payment=self.is_third_party_payment,
            is_emergency=self.is_emergency,
            level=None if self.level is None else ProviderLevel(self.level),
            visit=Visit(self.visit),
            is_inpatient=self.is_inpatient,
            is_referred=self.is_referred,
            episode=self.episode,
            attestation_of=self.attestation_of,
            provider_is_paid_directly=self.is_paid_directly,
            needs_guarantee_letter=self.needs_guarantee_letter,
            discount_rate=self.discount_rate,
            infers_stay=True,
            bounds_flat_rate=True,
            bounds_payment=True,
            weighs_together=True,
            shows_no_tariff=not self.has_agreement and not self.is_third_party_payment,
            has_voucher=self.has_voucher,
            referral_fault=self.referral_fault or "",
        )

    def context(self, rules: ProductRules, used: UsedAmounts) -> Context:
        """The product in force on the date of care, the person, the rights and the earlier use."""
        return Context(
            product=rules.on(self.care_on),
            person=PatientFacts(
                self.sex,
                self.birth_on,
                tuple(self.lists),
                self.expected_delivery_on,
                self.other_payer,
            ),
            cover=CoverFacts(
                is_covered=self.refusal_code is None,
                refusal_code=self.refusal_code,
                waiting_until=self.waiting_until,
                waits_from=self.waits_from,
                household_size=self.household_size,
            ),
            used=used,
        )


class Case(CaseClaim):
    """A claim under one product and those that follow it."""

    name: Text
    product: Code
    source: Text | None = None
    used_this_year_minor: dict[Category, Amount] = {}
    used_this_year_count: dict[Category, Number] = {}
    used_by_household_minor: dict[Category, Amount] = {}
    then: list[CaseClaim] = []

    @field_validator("then", mode="before")
    @classmethod
    def _as_before(cls, value: Any, info: ValidationInfo) -> Any:
        """Each claim that follows repeats only what differs from the first."""
        if not isinstance(value, list):
            return value
        kept = {
            name: info.data[name]
            for name in CaseClaim.model_fields
            if name in info.data and name not in _OF_ONE_CLAIM
        }
        plain = {name: _plain(each) for name, each in kept.items() if each is not None}
        return [plain | each if isinstance(each, dict) else each for each in value]

    def used(self) -> UsedAmounts:
        """What was used before the first claim; the household has used what the case says, and
        at least what the person has used."""
        person_minor = dict(self.used_this_year_minor)
        household_minor = person_minor | self.used_by_household_minor
        return UsedAmounts(
            person_minor=person_minor,
            person_count=self.used_this_year_count,
            household_minor=household_minor,
            person_total_minor=sum(person_minor.values()),
            household_total_minor=sum(household_minor.values()),
        )


_OF_ONE_CLAIM = frozenset({"claim", "expect", "findings", "review", "attestation_of"})


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, date)
        else (
            {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
        )
    )


class CaseFile(RootModel[Annotated[list[Case], Field(min_length=1)]]):
    """The list that a case file holds."""


@dataclass(frozen=True)
class CaseResult:
    """The decision that a case gave, and where it differs from what was expected."""

    case: Case
    decision: Decision
    differences: tuple[Finding, ...]


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file; every fault of writing at once, as :class:`RefusedRows`."""
    return tuple(validated(CaseFile, read_document(path)).root)


def case_paths(folder: Path = RULES_FOLDER) -> tuple[Path, ...]:
    """Every case file of claims under a folder, in alphabetical order; ``due_cases`` has the
    others, whose names begin with ``contribution``."""
    found = folder.glob("**/cases/*.yaml")
    return tuple(sorted(path for path in found if not path.name.startswith("contribution")))


def run_case(case: Case, rules: ProductRules) -> CaseResult:
    """Decide the claims of a case in turn and compare. ``CASE_PRODUCT`` when it is of another
    product. The decision answered is the one on the last claim, reviewed where the case says."""
    if case.product != rules.code:
        raise Refusal("CASE_PRODUCT", place=case.name, expected=case.product, product=rules.code)
    uses = {case.cover_year: RunningUse.after(case.person, case.used())}
    differences: list[Finding] = []
    claims: list[CaseClaim] = [case, *case.then]
    for number, each in enumerate(claims):
        use = uses.setdefault(each.cover_year, RunningUse())
        context = each.context(rules, use.before(each.person, each.episode))
        decision = _reviewed(each, context)
        use.count(decision, each.person, each.episode)
        place = f"then[{number - 1}]." if number else ""
        differences += _differences(each, decision, place)
    return CaseResult(case, decision, tuple(differences))


def _reviewed(case: CaseClaim, context: Context) -> Decision:
    """What the rules decide, then the person who reviews it where the case says so."""
    facts, review = case.facts(), case.review
    if review is None:
        return adjudicate(facts, context)
    if review.is_not_repeated:
        return readmitted(facts, context, reason=review.reason)[1]
    decision = adjudicate(facts, context)
    if review.pay_less_minor is not None:
        return reduced_by_review(
            decision, review.line, amount_minor=review.pay_less_minor, reason=review.reason,
            borne_by=BorneBy.MEMBER, rests_on=(facts, context),
        )  # fmt: skip
    more = review.pay_more_minor or 0
    return with_ceiling_exception(
        decision, review.line, amount_minor=more, reason=review.reason, rests_on=(facts, context)
    )


_OTHERWISE_NAMED = frozenset({"benefit", "tariff_minor", "item", "system", "kind", "risk"})


def _line(number: int, line: CaseLine) -> LineFacts:
    named = {name: getattr(line, name) for name in type(line).model_fields}
    return LineFacts(
        key=str(number),
        category=line.benefit,
        item_code=line.item,
        label=line.item,
        tariff_unit_minor=line.tariff_minor,
        item_system=line.system,
        item_kind=line.kind or "",
        item_risk=line.risk or "",
        **{name: value for name, value in named.items() if name not in _OTHERWISE_NAMED},
    )


def _differences(case: CaseClaim, decision: Decision, at: str) -> Iterable[Finding]:
    if len(case.expect) != len(decision.lines):
        yield _difference(f"{at}expect", len(case.expect), len(decision.lines))
    for number, (expected, line) in enumerate(zip(case.expect, decision.lines, strict=False)):
        place = f"{at}expect[{number}]"
        reductions = {reduction.code: reduction.amount_minor for reduction in line.reductions}
        remarks = sorted(remark.code for remark in line.remarks)
        if expected.payable_minor != line.payable_minor:
            yield _difference(f"{place}.payable_minor", expected.payable_minor, line.payable_minor)
        if expected.reductions != reductions:
            yield _difference(f"{place}.reductions", expected.reductions, reductions)
        borne = _borne(line)
        if expected.borne_minor is not None and expected.borne_minor != borne:
            yield _difference(f"{place}.borne_minor", expected.borne_minor, borne)
        if sorted(expected.remarks) != remarks:
            yield _difference(f"{place}.remarks", sorted(expected.remarks), remarks)
    if case.findings is not None:
        found = sorted(finding.code for finding in decision.claim_findings)
        if sorted(case.findings) != found:
            yield _difference(f"{at}findings", sorted(case.findings), found)


def _borne(line: LineDecision) -> dict[str, int]:
    borne: dict[str, int] = {}
    for reduction in line.reductions:
        by = reduction.borne_by.value
        borne[by] = borne.get(by, 0) + reduction.amount_minor
    return borne


def _difference(place: str, expected: object, found: object) -> Finding:
    data = {"expected": str(expected), "found": str(found)}
    return Finding("CASE_DIFFERS", place=place, data=data)
