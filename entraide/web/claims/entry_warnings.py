"""What is odd about an entry, told while it is typed and once more before it is recorded.

Nothing here refuses: what was told is sent back with the form (``seen``), and the same entry sent
again is recorded with its warnings, which stay on the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from entraide.apps.claims.around import AuthorisedCare
from entraide.apps.claims.desk import LineEntry, entry_findings
from entraide.apps.claims.gathering import ClaimPaper, weighed
from entraide.apps.claims.models import Circuit, Invoice
from entraide.apps.nomenclature.services import UNKNOWN
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import NEEDS_REVIEW
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Finding
from entraide.core.money import allocate
from entraide.web.claims.entry_forms import ClaimForm
from entraide.web.claims.entry_sheet import EntrySheet, TypedLine
from entraide.web.claims.reasons import category_names, told

# Reasons of the rules that say that something may be wrong with the paper or the hand.
TOLD = NEEDS_REVIEW | {
    "NOT_COVERED", "NO_AGREEMENT", "NOT_PAID_DIRECTLY", "QUANTITY_INVALID", "SEX_NOT_ALLOWED",
    "AGE_NOT_ALLOWED", "LATE_SUBMISSION",
}  # fmt: skip
# The price is shown as missing on its line: it does not hold the entry back.
NOT_HELD = frozenset({"NO_TARIFF", "PERSON_INCOMPLETE", "LATE_SUBMISSION"})


@dataclass(frozen=True, slots=True)
class Warnings:
    """The sentences, and the codes that are to be seen before the entry is recorded; beside them
    the prior agreements found for it."""

    told: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    agreements: tuple[AuthorisedCare, ...] = ()  # prior agreements that the lines will use

    @property
    def written(self) -> str:
        """The codes as the form sends them back."""
        return " ".join(sorted(self.codes))

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
    """What can be told of an entry as far as it is typed; nothing before a first whole line."""
    given: dict[str, Any] = form.cleaned_data
    care_on, received_on = given.get("care_on"), given.get("received_on")
    circuit = given.get("circuit")
    lines = line_entries(sheet.typed, given.get("other_paid"))
    if sheet.patient is None or sheet.provider is None or not lines or not circuit:
        return Warnings()
    if care_on is None or received_on is None or entry_findings(
        lines, care_on=care_on, received_on=received_on, on=on, currency=mutual.currency
    ):  # fmt: skip
        return Warnings()  # what the form or the service says of it comes first
    paper = ClaimPaper(
        sheet.patient.person, sheet.provider, Circuit(circuit), care_on, received_on, lines,
        given.get("attestation_number", "").strip(), given.get("stated_total"),
        form.how_they_came(), invoice,
    )  # fmt: skip
    seen = weighed(mutual, paper, on)
    decision, warnings = seen.decision, seen.warnings
    against = _against(decision)
    names = category_names()
    # Closed rights are told by their own reason, where there is one.
    said = [
        *decision.claim_findings,
        *(each for each in against if not decision.claim_findings or each.code != "NOT_COVERED"),
        *warnings,
    ]
    codes = {each.code for each in (*against, *warnings)} - NOT_HELD
    sentences = dict.fromkeys(told(each.code, each.data, names) for each in said)
    return Warnings(tuple(sentences), frozenset(codes), seen.agreements)


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
