"""The decision of openIMIS on a claim, line by line, as one of ours: claimed = payable + Σ."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from entraide.apps.claims.desk import LineEntry, line_key
from entraide.core.adjudication.decision import BorneBy, LineDecision, Reduction
from entraide.core.money import round_half_up
from entraide.exchange.openimis.reading import Row


class Status(IntEnum):
    """``ClaimStatus``: how far openIMIS has come with a claim."""

    REJECTED = 1
    ENTERED = 2
    CHECKED = 4
    PROCESSED = 8
    VALUATED = 16


class PaysMore(Exception):
    """openIMIS pays more for a line than was asked: no decision of ours can say that."""


_BY_PROVIDER, _BY_MEMBER = BorneBy.PROVIDER, BorneBy.MEMBER
_REJECTIONS: dict[str, tuple[str, BorneBy]] = {
    "-1": ("OI_REJECTED_BY_ADVISER", _BY_MEMBER),
    "2": ("OI_REJECTED_NOT_IN_PRICE_LIST", _BY_PROVIDER),
    "3": ("OI_REJECTED_NOT_COVERED", _BY_MEMBER),
    "4": ("OI_REJECTED_NOT_FOR_PATIENT", _BY_PROVIDER),
    "5": ("OI_REJECTED_TOO_FREQUENT", _BY_MEMBER),
    "7": ("OI_REJECTED_NO_COVER", _BY_MEMBER),
    "9": ("OI_REJECTED_DATE", _BY_PROVIDER),
    "10": ("OI_REJECTED_CARE_TYPE", _BY_PROVIDER),
    "11": ("OI_REJECTED_COUNT", _BY_MEMBER),
    "12": ("OI_REJECTED_COUNT", _BY_MEMBER),
    "13": ("OI_REJECTED_COUNT", _BY_MEMBER),
    "14": ("OI_REJECTED_COUNT", _BY_MEMBER),
    "15": ("OI_REJECTED_COUNT", _BY_MEMBER),
    "16": ("OI_REJECTED_QUANTITY", _BY_PROVIDER),
    "17": ("OI_REJECTED_WAITING", _BY_MEMBER),
    "19": ("OI_REJECTED_COUNT", _BY_MEMBER),
    "21": ("OI_REJECTED_NO_COVER", _BY_MEMBER),
}
_NO_REASON = ("", "0")


def decided_lines(
    claim: Row, rows: Sequence[Row], entries: Sequence[LineEntry], currency: str
) -> tuple[LineDecision, ...]:
    """What openIMIS decided on each line; :class:`PaysMore` where it pays above what was asked.

    A claim that it has not valuated yet proposes what a reviewer of openIMIS left of each line, or
    what is asked: a person decides.
    """
    return tuple(
        LineDecision(
            line_key=line_key(position),
            category=entry.care_item.category.code,
            claimed_minor=entry.claimed_minor,
            payable_minor=payable,
            reductions=_reductions(claim, row, entry.claimed_minor, payable, currency),
        )
        for position, (row, entry) in enumerate(zip(rows, entries, strict=True))
        for payable in (_payable(claim, row, entry),)
    )


def _payable(claim: Row, row: Row, entry: LineEntry) -> int:
    if claim["ClaimStatus"] == Status.REJECTED or row["RejectionReason"] not in _NO_REASON:
        return 0
    if claim["ClaimStatus"] == Status.VALUATED:
        paid = row["RemuneratedAmount"]
        if paid is None:
            paid = row["PriceValuated"] or 0
    else:
        quantity, price = row["QtyApproved"], row["PriceApproved"]
        paid = round_half_up(
            (entry.quantity if quantity is None else quantity)
            * (entry.unit_price_minor if price is None else price)
        )
    if paid > entry.claimed_minor:
        raise PaysMore
    return int(paid)


def _reductions(
    claim: Row, row: Row, claimed: int, payable: int, currency: str
) -> tuple[Reduction, ...]:
    """Why less is paid than asked: the rejection, or the deductible, the ceiling and the rest."""
    reason = row["RejectionReason"]
    if reason in _NO_REASON and claim["ClaimStatus"] == Status.REJECTED:
        reason = claim["RejectionReason"]
        reason = "1" if reason in _NO_REASON else reason
    shown = {"reason": reason, "currency": currency}
    left = claimed - payable
    if reason not in _NO_REASON:
        code, borne_by = _REJECTIONS.get(reason, ("OI_REJECTED", _BY_PROVIDER))
        return (Reduction(code, left, borne_by, shown),)
    found: list[Reduction] = []
    for code, column in (
        ("OI_DEDUCTIBLE", "DeductableAmount"),
        ("OI_ABOVE_CEILING", "ExceedCeilingAmount"),
    ):
        part = min(left, row[column] or 0)
        if part:
            found.append(Reduction(code, part, _BY_MEMBER, {"currency": currency}))
            left -= part
    if left:
        limit = row["LimitationValue"]
        is_shared = row["Limitation"] == "C" and limit is not None and limit < 100
        borne_by = _BY_MEMBER if is_shared else _BY_PROVIDER
        found.append(Reduction("OI_REDUCED", left, borne_by, {"currency": currency}))
    return tuple(found)
