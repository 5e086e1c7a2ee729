"""What is odd about an entry, told while it is typed and once more before it is recorded.

Nothing here refuses the entry: what was told is sent back with the form (``seen``), and the same
entry sent again is recorded. What a person must look at makes the claim wait; what the rules refuse
by themselves is decided at once, and its reason stays on the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from entraide.apps.claims.around import AuthorisedCare, Circumstances
from entraide.apps.claims.desk import LineEntry, entry_findings, line_key
from entraide.apps.claims.gathering import weighed
from entraide.apps.claims.models import Circuit, Invoice, VisitKind
from entraide.apps.claims.papers import ClaimPaper
from entraide.apps.nomenclature.services import UNKNOWN
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import NEEDS_REVIEW
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.shares import LineShare, line_shares
from entraide.core.errors import Finding, Refusal
from entraide.core.money import allocate
from entraide.web.claims.entry_forms import ClaimForm
from entraide.web.claims.entry_sheet import EntrySheet, TypedLine
from entraide.web.claims.reasons import category_names, told

# Reasons of the rules that say that something may be wrong with the paper or the hand.
REFUSED_AT_ONCE = frozenset({
    "NOT_COVERED", "NO_AGREEMENT", "NOT_PAID_DIRECTLY", "QUANTITY_INVALID", "SEX_NOT_ALLOWED",
    "AGE_NOT_ALLOWED", "LATE_SUBMISSION",
})  # fmt: skip
TOLD = NEEDS_REVIEW | REFUSED_AT_ONCE
# The price is shown as missing on its line: it does not hold the entry back.
NOT_HELD = frozenset({"NO_TARIFF", "PERSON_INCOMPLETE", "LATE_SUBMISSION"})


@dataclass(frozen=True, slots=True)
class ShareTold(LineShare):
    """The shares of a line, and in words why the mutual pays nothing of it; empty where it does."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Warnings:
    """The sentences, and the codes that are to be seen before the entry is recorded.

    ``told``: what makes the claim wait for a person; ``refused``: what the rules refuse at once.
    ``agreements``: the prior agreements that the lines will use. ``shares``: by the prefix of its
    form, what the rules would pay of each complete line today.
    """

    told: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    agreements: tuple[AuthorisedCare, ...] = ()
    shares: Mapping[str, ShareTold] = field(default_factory=dict)

    @property
    def written(self) -> str:
        """The codes as the form sends them back."""
        return " ".join(sorted(self.codes))

    @property
    def total(self) -> LineShare | None:
        """The shares of all lines; None while nothing can be weighed."""
        shares = self.shares.values()
        if not shares:
            return None
        return LineShare(
            payable_minor=sum(each.payable_minor for each in shares),
            member_minor=sum(each.member_minor for each in shares),
            provider_minor=sum(each.provider_minor for each in shares),
            other_minor=sum(each.other_minor for each in shares),
        )

    def are_seen(self, sent: str) -> bool:
        """Whether all of them were told before."""
        return self.codes <= set(sent.split())


def line_entries(
    lines: Sequence[TypedLine], other_paid_minor: int | None = None
) -> tuple[LineEntry, ...]:
    """The complete lines as the service takes them; ``other_paid_minor``: what another payer paid
    of them all, dealt out by what each asks."""
    entries = _entries(lines)
    asked = [entry.claimed_minor for entry in entries]
    if not other_paid_minor or min(asked, default=0) < 0 or not sum(asked):
        return entries
    parts = allocate(other_paid_minor, asked)
    return tuple(
        replace(entry, other_payer_minor=part) for entry, part in zip(entries, parts, strict=True)
    )


def _entries(lines: Sequence[TypedLine]) -> tuple[LineEntry, ...]:
    return tuple(
        LineEntry(
            line.item,
            line.quantity,
            line.unit_price_minor,
            stated_as=line.form.cleaned_data["item"].strip()[:160]
            if line.item.system == UNKNOWN
            else "",
        )
        for line in lines
        if line.item is not None and line.unit_price_minor is not None
    )


def warnings_on(
    mutual: Mutual,
    form: ClaimForm,
    sheet: EntrySheet,
    on: date,
    invoice: Invoice | None = None,
) -> Warnings:
    """What can be told of an entry as far as it is typed.

    A provider without agreement is told before any price, and beside whatever else is against the
    paper; the rest waits for a first whole line.
    """
    given: dict[str, Any] = form.cleaned_data
    how = form.circumstances_typed(mutual)
    unsigned = _without_agreement(given, sheet, how)
    paper = _paper(mutual, given, sheet, how, on)
    if paper is None:
        return _told_alone(unsigned)
    try:
        seen = weighed(mutual, replace(paper, invoice=invoice), on)
    except Refusal:
        return _told_alone(unsigned)  # the service says it beside its field
    decision, warnings = seen.decision, seen.warnings
    against = _against(decision)
    against += [each for each in unsigned if each.code not in {one.code for one in against}]
    names = category_names()
    # Closed rights are told by their own reason, where there is one.
    reasons = {id(each) for each in decision.claim_findings if each.code not in NEEDS_REVIEW}
    said = [
        *decision.claim_findings,
        *(each for each in against if not decision.claim_findings or each.code != "NOT_COVERED"),
        *warnings,
    ]
    codes = {each.code for each in (*against, *warnings)} - NOT_HELD
    waiting, refused = _parted(said, reasons, names)
    return Warnings(waiting, refused, frozenset(codes), seen.agreements,
                    _shares(sheet, decision, names))  # fmt: skip


def _parted(
    said: Iterable[Finding], reasons: set[int], names: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sentences of what waits for a person, and of what the rules refuse at once."""
    waiting: dict[str, None] = {}
    refused: dict[str, None] = {}
    for each in said:
        is_refusal = id(each) in reasons or each.code in REFUSED_AT_ONCE
        (refused if is_refusal else waiting)[told(each.code, each.data, names)] = None
    return tuple(waiting), tuple(refused)


def _paper(
    mutual: Mutual, given: dict[str, Any], sheet: EntrySheet, how: Circumstances, on: date
) -> ClaimPaper | None:
    """The paper as it can be weighed; None where something is missing or faulty: what the form or
    the service says of it comes first."""
    care_on, received_on = given.get("care_on"), given.get("received_on")
    lines = line_entries(sheet.typed, given.get("other_paid"))
    if sheet.patient is None or sheet.provider is None or not lines or not given.get("circuit"):
        return None
    if care_on is None or received_on is None or entry_findings(
        lines, care_on=care_on, received_on=received_on, on=on, currency=mutual.currency
    ):  # fmt: skip
        return None
    return ClaimPaper(
        sheet.patient.person, sheet.provider, Circuit(given["circuit"]), care_on, received_on,
        lines, given.get("attestation_number", "").strip(), given.get("stated_total"), how,
    )  # fmt: skip


def _without_agreement(
    given: dict[str, Any], sheet: EntrySheet, how: Circumstances
) -> list[Finding]:
    """NO_AGREEMENT, from the head of the paper alone: no price has to be known for it."""
    is_direct = given.get("circuit") == Circuit.THIRD_PARTY_PAYMENT
    is_unsigned = sheet.provider is not None and sheet.agreement is None
    if not is_direct or not is_unsigned or how.visit == VisitKind.EMERGENCY:
        return []
    if given.get("care_on") is None:
        return []
    return [Finding("NO_AGREEMENT", data={"care_on": given["care_on"]})]


def _told_alone(found: list[Finding]) -> Warnings:
    waiting, refused = _parted(found, set(), category_names() if found else {})
    return Warnings(waiting, refused, frozenset(each.code for each in found))


def _shares(
    sheet: EntrySheet, decision: CoreDecision, names: Mapping[str, str]
) -> dict[str, ShareTold]:
    named = [
        (line_key(rank), line.item.category.code)
        for rank, line in enumerate(sheet.typed)
        if line.item is not None
    ]
    prefixes = [str(line.form.prefix) for line in sheet.typed]
    shares = [
        ShareTold(
            each.payable_minor, each.member_minor, each.provider_minor, each.other_minor, each.why,
            _words(each.why, decision, names),
        )
        for each in line_shares(decision, named)
    ]  # fmt: skip
    return dict(zip(prefixes, shares, strict=True))


def _words(why: Finding | None, decision: CoreDecision, names: Mapping[str, str]) -> str:
    """Why nothing is paid of a line; closed rights are told by their own reason."""
    if why is None:
        return ""
    closed = [each for each in decision.claim_findings if each.code not in NEEDS_REVIEW]
    reason = closed[0] if why.code == "NOT_COVERED" and closed else why
    return told(reason.code, reason.data, names)


def _against(decision: CoreDecision) -> list[Finding]:
    """What the rules have against the lines of the paper."""
    return [
        *(
            Finding(item.code, data=item.data)
            for line in decision.lines
            for item in line.reductions
            if item.code in TOLD
        ),
        *(remark for line in decision.lines for remark in line.remarks if remark.code in TOLD),
    ]
