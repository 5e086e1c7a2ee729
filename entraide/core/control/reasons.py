"""The codes of medical control: dated, so that a decision of last year keeps its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Code:
    """One code, in force during ``[effective_from, effective_until)``."""

    code: str
    effective_from: date
    effective_until: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it may be chosen on a day."""
        until = self.effective_until
        return self.effective_from <= on and (until is None or on < until)


SOURCE = "Entraide 0.1, after the registers of three networks"
_FIRST = date(2020, 1, 1)

REASONS: tuple[Code, ...] = (
    Code("justified", _FIRST),  # the care is what the illness asks for
    Code("not_justified", _FIRST),
    Code("not_in_package", _FIRST),
    Code("dearer_than_needed", _FIRST),  # a cheaper drug or act does the same
    Code("too_long", _FIRST),  # quantity or duration beyond the usual
    Code("missing_paper", _FIRST),
    Code("too_late", _FIRST),
    Code("rights_unclear", _FIRST),
    Code("hardship", _FIRST),
    Code("emergency", _FIRST),
    Code("advice_only", _FIRST),
)
"""Why the médecin conseil answers as they do."""

FINDINGS: tuple[Code, ...] = (
    Code("conform", _FIRST),
    Code("not_in_register", _FIRST),  # the provider's register does not know the visit
    Code("patient_denies", _FIRST),
    Code("act_not_done", _FIRST),
    Code("drug_not_given", _FIRST),
    Code("price_above_tariff", _FIRST),
    Code("wrong_person", _FIRST),
    Code("not_justified", _FIRST),
    Code("paper_missing", _FIRST),
)
"""What a control finds on one claim; ``conform`` alone is no fault."""

RECODINGS: tuple[Code, ...] = (
    Code("entry_error", _FIRST),  # the paper says otherwise
    Code("unknown_act_found", _FIRST),  # no list had it; it was found out what it was
    Code("provider_coding", _FIRST),  # the provider names it otherwise than the guide
    Code("guide_applied", _FIRST),  # the coding guide says so
    Code("medical_reason", _FIRST),  # what was done is clear from the illness
)
"""Why an act, a category or an illness is coded otherwise than at entry."""

CHECKLIST: tuple[str, ...] = (
    "in_provider_register",
    "same_person",
    "same_day",
    "acts_done",
    "drugs_given",
    "price_of_tariff",
    "signed_by_patient",
)
"""What is looked at on each claim of a control, at the provider's and with the patient."""


def in_force(codes: Sequence[Code], on: date) -> tuple[str, ...]:
    """The codes that may be chosen on a day, in their order."""
    return tuple(each.code for each in codes if each.is_in_force(on))
