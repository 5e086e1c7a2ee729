"""An opinion on a claim is a line of the register too: with its coded reason, it is counted."""

from __future__ import annotations

from entraide.apps.care_control.models import EntryMode, EntryResult, QuestionKind
from entraide.apps.care_control.register import record_entry
from entraide.apps.claims.models import Claim
from entraide.apps.schemes.commands import key_of_step
from entraide.web.claims.forms import ReviewForm
from entraide.web.office import OfficeRequest, command_arguments


def write_opinion(request: OfficeRequest, claim: Claim, form: ReviewForm) -> None:
    """Keep what was answered, and by which coded reason, in the register of the médecin conseil."""
    once = command_arguments(request)
    once["idempotency_key"] = key_of_step(once["idempotency_key"], "register")
    record_entry(
        **once,
        person=claim.person,
        claim=claim,
        handled_on=request.day,
        mode=EntryMode.ON_PAPER,
        kind=QuestionKind.EXCEPTION if form.is_exception else QuestionKind.CLAIM,
        result=_result(claim, form),
        reason_code=form.cleaned_data["reason_code"],
    )


def _result(claim: Claim, form: ReviewForm) -> str:
    if not claim.payable_minor:
        return EntryResult.REFUSED
    is_less = any(change.less_minor for change in form.changes())
    return EntryResult.CUT if is_less else EntryResult.AGREED
