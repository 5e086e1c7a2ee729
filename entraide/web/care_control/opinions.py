"""An opinion on a claim is a line of the register too: with its coded reason, it is counted."""

from __future__ import annotations

from typing import Any

from entraide.apps.care_control.models import EntryMode, EntryResult, QuestionKind
from entraide.apps.care_control.register import record_entry
from entraide.apps.claims.models import Claim
from entraide.apps.schemes.commands import key_of_step
from entraide.web.claims.forms import ReviewForm
from entraide.web.office import OfficeRequest, command_arguments


def write_opinion(request: OfficeRequest, claim: Claim, form: ReviewForm) -> None:
    """Keep what was answered, and by which coded reason, in the register of the médecin conseil."""
    _write(
        request,
        claim,
        command_arguments(request),
        kind=QuestionKind.EXCEPTION if form.is_exception else QuestionKind.CLAIM,
        result=_result(claim, form),
        reason_code=form.cleaned_data["reason_code"],
    )


def write_confirmation(request: OfficeRequest, claim: Claim, once: dict[str, Any]) -> None:
    """The line of one claim confirmed among others: no reason was coded, none is written.

    ``once``: the arguments of the command that confirmed this claim, with its own key.
    """
    result = EntryResult.AGREED if claim.payable_minor else EntryResult.REFUSED
    _write(request, claim, once, kind=QuestionKind.CLAIM, result=result, reason_code="")


def _write(
    request: OfficeRequest, claim: Claim, once: dict[str, Any], *, kind: str, result: str,
    reason_code: str,
) -> None:  # fmt: skip
    record_entry(
        **{**once, "idempotency_key": key_of_step(once["idempotency_key"], "register")},
        person=claim.person,
        claim=claim,
        handled_on=request.day,
        mode=EntryMode.ON_PAPER,
        kind=kind,
        result=result,
        reason_code=reason_code,
    )


def _result(claim: Claim, form: ReviewForm) -> str:
    """Cut where the claim pays less than by the decision before, whatever the way: an amount taken
    away, or a smaller quantity or amount admitted as justified."""
    if not claim.payable_minor:
        return EntryResult.REFUSED
    is_less = any(change.less_minor for change in form.changes())
    before = claim.decisions.filter(number=claim.decision_number - 1).first()
    if before is not None and claim.payable_minor < before.payable_minor:
        is_less = True
    return EntryResult.CUT if is_less else EntryResult.AGREED
