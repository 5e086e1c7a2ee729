"""The decision on a claim: what is paid, what is not, why, and who bears it.

``claimed = payable + Σ reductions`` for every line: a :class:`LineDecision` that breaks it cannot
be constructed. The family's letter, the provider's statement and the medical adviser's screen are
three renderings of the same value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from entraide.core.adjudication.facts import NOTHING_USED, UsedAmounts
from entraide.core.adjudication.scopes import case_key
from entraide.core.care_path import PathStanding
from entraide.core.errors import Finding, Refusal

FREE_CARE = "FREE_CARE"  # the code of what a free-care programme pays


class BorneBy(StrEnum):
    """Who is left with a reduction."""

    MEMBER = "member"
    PROVIDER = "provider"
    OTHER = "other"  # a free-care programme, another payer


NEEDS_REVIEW = frozenset(
    {
        "AMOUNT_TO_CHECK",
        "ATTESTATION_TWICE",
        "DUPLICATE",
        "EMERGENCY_WITHOUT_AGREEMENT",
        "EMERGENCY_NOT_AUTHORISED",
        "FIRST_PAYER_SILENT",
        "GUARANTEE_LETTER_MISSING",
        "GUARANTEE_LETTER_USED_UP",
        "ITEM_UNKNOWN",
        "NO_TARIFF",
        "OTHER_COVER_SILENT",
        "PERSON_INCOMPLETE",
        "PATH_NOT_FOLLOWED",
        "QUANTITY_TO_CHECK",
        "REFERRAL_CANCELLED",
        "REFERRAL_ELSEWHERE",
        "REFERRAL_EXPIRED",
        "REFERRAL_MISSING",
        "REFERRAL_OF_ANOTHER",
        "REFERRAL_UNKNOWN",
        "REFERRAL_USED",
        "SAME_ACT_TWICE",
        "SERVICE_NOT_AGREED",
        "STATEMENT_ARITHMETIC",
        "STAY_CONTRADICTED",
    }
)
"""Codes that a person must look at before the claim is approved; the others speak alone."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """One reason for paying less, with its amount in minor units.

    The amount is 0 only where a line that asks nothing is refused, so that the reason shows.
    ``data`` fills the sentence of the code: numbers, texts, dates and Decimals.
    """

    code: str
    amount_minor: int
    borne_by: BorneBy
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What is decided on one line. ``remarks`` cost nothing and say something; ``uses`` is what it
    takes of the limits of the product, by the keys of ``adjudication.scopes``.
    ``is_free_of_ceilings``: what is paid for it counts against no ceiling and makes no case.

    Refused with ``DECISION_UNBALANCED`` unless claimed = payable + Σ reductions, all ≥ 0.
    """

    line_key: str
    category: str
    claimed_minor: int
    payable_minor: int
    reductions: tuple[Reduction, ...] = ()
    remarks: tuple[Finding, ...] = ()
    uses: Mapping[str, int] = field(default_factory=dict, hash=False)
    is_free_of_ceilings: bool = False

    @property
    def counted_minor(self) -> int:
        """What of it counts against the ceilings."""
        return 0 if self.is_free_of_ceilings else self.payable_minor

    def __post_init__(self) -> None:
        reduced = 0
        for reduction in self.reductions:
            if reduction.amount_minor < 0:
                raise Refusal("DECISION_UNBALANCED", place=self.line_key, key=self.line_key)
            reduced += reduction.amount_minor
        if self.payable_minor < 0 or self.claimed_minor != self.payable_minor + reduced:
            raise Refusal("DECISION_UNBALANCED", place=self.line_key, key=self.line_key)


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a claim, line by line in the order of the claim.

    ``claim_findings`` concern the whole claim (why the person was not covered …).
    ``product_version`` names the rules used, so that it can be replayed years later.
    ``used_after`` is the use of the cover year once this decision is counted; ``uses``, what the
    claim takes of limits, deductibles and the cases of its episode. ``path`` says how the claim
    stands to the path of care; None where no path concerns it.
    """

    lines: tuple[LineDecision, ...]
    currency: str
    product_version: str
    claim_findings: tuple[Finding, ...] = ()
    used_after: UsedAmounts = NOTHING_USED
    uses: Mapping[str, int] = field(default_factory=dict, hash=False)
    path: PathStanding | None = None

    @property
    def claimed_minor(self) -> int:
        """What is asked in all."""
        return sum(line.claimed_minor for line in self.lines)

    @property
    def payable_minor(self) -> int:
        """What the mutual pays in all."""
        return sum(line.payable_minor for line in self.lines)

    @property
    def reduced_minor(self) -> int:
        """What it does not pay in all."""
        return self.claimed_minor - self.payable_minor

    def reductions(self) -> Iterable[Reduction]:
        """Every reduction, in the order of the lines and of the checks."""
        return (reduction for line in self.lines for reduction in line.reductions)

    def borne_minor(self, by: BorneBy) -> int:
        """What is left to the member, the provider or another payer."""
        return sum(item.amount_minor for item in self.reductions() if item.borne_by is by)

    def reduced_minor_by_code(self) -> dict[str, int]:
        """The reductions added up by reason, in the order in which they first appear."""
        totals: dict[str, int] = {}
        for reduction in self.reductions():
            totals[reduction.code] = totals.get(reduction.code, 0) + reduction.amount_minor
        return totals

    def allowed_quantity(self, line_key: str) -> Decimal | None:
        """The units of a line that a limit or a person left to be paid for; None where none of them
        took any."""
        allowed = [
            reduction.data[name]
            for line in self.lines
            if line.line_key == line_key
            for reduction in line.reductions
            for name in ("allowed_quantity", "justified_quantity")
            if name in reduction.data
        ]
        return min(allowed, default=None)

    @property
    def is_paid_instead(self) -> bool:
        """Whether a free-care programme pays all that was asked: nothing is refused to anybody."""
        free_minor = sum(item.amount_minor for item in self.reductions() if item.code == FREE_CARE)
        return self.claimed_minor > 0 and free_minor == self.claimed_minor

    def counted_minor_by_category(self) -> dict[str, int]:
        """What the claim takes of the yearly ceilings, by category, where it takes something."""
        counted: dict[str, int] = {}
        for line in self.lines:
            if line.counted_minor:
                counted[line.category] = counted.get(line.category, 0) + line.counted_minor
        return counted

    def case_categories(self) -> tuple[str, ...]:
        """The categories of which the claim counts as a case: something is paid, and no earlier
        claim of its episode was counted."""
        return tuple(
            category
            for category in sorted(self.counted_minor_by_category())
            if case_key("paid", category) not in self.uses
            or case_key("counted", category) in self.uses
        )

    @property
    def review_codes(self) -> tuple[str, ...]:
        """Why a person must look at the claim before it is approved; empty when nobody must."""
        codes = {reduction.code for reduction in self.reductions()}
        codes.update(remark.code for line in self.lines for remark in line.remarks)
        codes.update(finding.code for finding in self.claim_findings)
        return tuple(sorted(codes & NEEDS_REVIEW))

    @property
    def is_straight_through(self) -> bool:
        """True when the rules alone decide: nothing waits for a person's eye."""
        return not self.review_codes

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_json` gives back an equal decision."""
        used = self.used_after
        written: dict[str, Any] = {
            "currency": self.currency,
            "product_version": self.product_version,
            "lines": [_line_to_json(line) for line in self.lines],
            "claim_findings": [finding_to_json(finding) for finding in self.claim_findings],
            "used_after": {
                "person_minor": dict(used.person_minor),
                "person_count": dict(used.person_count),
                "household_minor": dict(used.household_minor),
                "person_total_minor": used.person_total_minor,
                "household_total_minor": used.household_total_minor,
            },
        }
        if used.scopes:
            written["used_after"]["scopes"] = dict(used.scopes)
        if self.uses:
            written["uses"] = dict(self.uses)
        if self.path is not None:
            written["path"] = self.path.value
        return written

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Decision:
        """The decision that :meth:`to_json` wrote; an unbalanced one is refused again."""
        return cls(
            lines=tuple(_line_from_json(line) for line in document["lines"]),
            currency=document["currency"],
            product_version=document["product_version"],
            claim_findings=tuple(finding_from_json(item) for item in document["claim_findings"]),
            used_after=UsedAmounts(**document["used_after"]),
            uses=document.get("uses", {}),
            path=PathStanding(document["path"]) if "path" in document else None,
        )


def _line_to_json(line: LineDecision) -> dict[str, Any]:
    written: dict[str, Any] = {
        "line_key": line.line_key,
        "category": line.category,
        "claimed_minor": line.claimed_minor,
        "payable_minor": line.payable_minor,
        "reductions": [
            {
                "code": reduction.code,
                "amount_minor": reduction.amount_minor,
                "borne_by": reduction.borne_by.value,
                "data": _data_to_json(reduction.data),
            }
            for reduction in line.reductions
        ],
        "remarks": [finding_to_json(remark) for remark in line.remarks],
    }
    if line.uses:
        written["uses"] = dict(line.uses)
    if line.is_free_of_ceilings:
        written["is_free_of_ceilings"] = True
    return written


def _line_from_json(document: Mapping[str, Any]) -> LineDecision:
    return LineDecision(
        line_key=document["line_key"],
        category=document["category"],
        claimed_minor=document["claimed_minor"],
        payable_minor=document["payable_minor"],
        reductions=tuple(
            Reduction(
                item["code"],
                item["amount_minor"],
                BorneBy(item["borne_by"]),
                _data_from_json(item["data"]),
            )
            for item in document["reductions"]
        ),
        remarks=tuple(finding_from_json(item) for item in document["remarks"]),
        uses=document.get("uses", {}),
        is_free_of_ceilings=document.get("is_free_of_ceilings", False),
    )


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding as plain JSON values; :func:`finding_from_json` gives back an equal one."""
    return {
        "code": finding.code,
        "amount_minor": finding.amount_minor,
        "place": finding.place,
        "data": _data_to_json(finding.data),
    }


def finding_from_json(document: Mapping[str, Any]) -> Finding:
    """The finding that :func:`finding_to_json` wrote."""
    return Finding(
        document["code"],
        amount_minor=document["amount_minor"],
        place=document["place"],
        data=_data_from_json(document["data"]),
    )


def _data_to_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has neither dates nor exact decimals: both are marked, so that they come back."""
    written: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, date):
            written[key] = {"date": value.isoformat()}
        elif isinstance(value, Decimal):
            written[key] = {"decimal": str(value)}
        else:
            written[key] = value
    return written


def _data_from_json(document: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, dict) and set(value) == {"date"}:
            data[key] = date.fromisoformat(value["date"])
        elif isinstance(value, dict) and set(value) == {"decimal"}:
            data[key] = Decimal(value["decimal"])
        else:
            data[key] = value
    return data
