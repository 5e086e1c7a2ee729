"""A trial from the wish to the record: asked for, run in the background, kept with its rows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from django_tasks import task

from entraide.apps.access.models import User
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right
from entraide.apps.what_if.approval import has_past_claims
from entraide.apps.what_if.models import RuleTrial, TrialRow, TrialState
from entraide.apps.what_if.processes import decide_chunks
from entraide.apps.what_if.reading import chunks_of, heads_of
from entraide.core.care_needs import needs_of
from entraide.core.errors import Refusal
from entraide.core.what_if.effect import Effect
from entraide.core.what_if.fold import Outcome
from entraide.rulebook import parse_product

AT_ONCE_CLAIMS = 400
"""A trial of no more claims runs while the person waits."""
IN_PARALLEL_CLAIMS = 20_000
SILENT = timedelta(seconds=90)
_ROWS_AT_ONCE = 2000


def _asked(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    product: Product,
    document: Mapping[str, Any],
    effective_from: date,
    start: date,
    until: date,
) -> RuleTrial:
    rules = parse_product(dict(document))
    if start >= until or until > on + timedelta(days=1):
        raise Refusal("TRIAL_PERIOD", place="until", start=start, until=until)
    claims = [head for head in heads_of(product, start, until) if not head.is_before]
    if not claims:
        raise Refusal("TRIAL_WITHOUT_CLAIMS", product=product.name)
    trial = RuleTrial.objects.create(
        mutual=mutual, product=product, title=rules.titles["fr"][:160], checksum=rules.checksum,
        document=rules.document, effective_from=max(effective_from, rules.begins_on), start=start,
        until=until, asked_by=actor, asked_on=on, claims_count=len(claims),
    )  # fmt: skip
    if len(claims) > AT_ONCE_CLAIMS:
        transaction.on_commit(lambda: run_in_background.enqueue(trial=str(trial.uid)))
    return trial


_WRITERS = (Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.PLAN)
_ASK = {right: command("try_rules", right=right)(_asked) for right in _WRITERS}


def try_rules(*, right: Right, **said: Any) -> RuleTrial:
    """Try rules on the claims of a product in ``[start, until)``; a large trial is left to the
    background worker.

    ``right``: by which of those who may ask. Refused with every fault of the rules at once, with
    ``TRIAL_PERIOD`` or ``TRIAL_WITHOUT_CLAIMS``.
    """
    trial = _ASK[right](**said)
    if trial.state == TrialState.ASKED and trial.claims_count <= AT_ONCE_CLAIMS:
        run_trial(trial)
        trial.refresh_from_db()
    return trial


@command("waive_trial", right=Right.ENTER_PRODUCT)
def waive_trial(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    product: Product,
    document: Mapping[str, Any],
    effective_from: date,
    reason: str,
) -> RuleTrial:
    """Write why rules may be approved without a trial: nothing was decided under the product.

    Refused with ``TRIAL_REASON_MISSING``, or ``TRIAL_POSSIBLE`` where there are past claims.
    """
    if not reason.strip():
        raise Refusal("TRIAL_REASON_MISSING", place="reason")
    if has_past_claims(product, on):
        raise Refusal("TRIAL_POSSIBLE", product=product.name)
    rules = parse_product(dict(document))
    return RuleTrial.objects.create(
        mutual=mutual, product=product, title=rules.titles["fr"][:160], checksum=rules.checksum,
        document=rules.document, effective_from=effective_from, start=on, until=on,
        state=TrialState.DONE, asked_by=actor, asked_on=on, done_on=on, reason=reason.strip(),
        effect=Effect().to_json(),
    )  # fmt: skip


def run_trial(trial: RuleTrial) -> None:
    """Decide the claims again and keep what it adds up to; only one worker runs a trial."""
    mine = RuleTrial.objects.filter(pk=trial.pk, state=TrialState.ASKED)
    if not mine.update(state=TrialState.RUNNING, heard_at=timezone.now()):
        return
    try:
        _run(trial)
    except Exception:
        RuleTrial.objects.filter(pk=trial.pk).update(state=TrialState.FAILED)
        raise


def _run(trial: RuleTrial) -> None:
    assert trial.product is not None, "only what has claims is run"
    product = parse_product(trial.document, is_kept=True).on(trial.effective_from)
    heads = heads_of(trial.product, trial.start, trial.until)
    processes = min(2, os.cpu_count() or 1) if len(heads) > IN_PARALLEL_CLAIMS else 1
    effect, left_out, seen = Effect(), 0, 0
    for done in decide_chunks(chunks_of(heads, needs_of(product)), product, processes=processes):
        effect.join(done.effect)
        left_out += done.left_out_count
        seen += done.claims_count
        # Rows of a trial that fails later stay, and no page shows them.
        TrialRow.objects.bulk_create(
            (row for outcome in done.outcomes for row in _rows_of(trial, outcome)),
            batch_size=_ROWS_AT_ONCE,
        )
        RuleTrial.objects.filter(pk=trial.pk).update(
            claims_done_count=min(seen, trial.claims_count), heard_at=timezone.now()
        )
    RuleTrial.objects.filter(pk=trial.pk).update(
        state=TrialState.DONE, done_on=timezone.localdate(), effect=effect.to_json(),
        claims_count=effect.total.claims_count, left_out_count=left_out,
        claims_done_count=effect.total.claims_count,
    )  # fmt: skip


def _rows_of(trial: RuleTrial, outcome: Outcome) -> list[TrialRow]:
    is_changed = outcome.is_changed
    rows = []
    for category in sorted(outcome.before.keys() | outcome.after.keys()):
        paid_before, member_before = outcome.before.get(category, (0, 0))
        paid_after, member_after = outcome.after.get(category, (0, 0))
        rows.append(
            TrialRow(
                mutual_id=trial.mutual_id,
                trial=trial,
                claim_id=outcome.key,
                household_id=outcome.household,
                category_code=category,
                sector=outcome.sector,
                paid_before_minor=paid_before,
                paid_after_minor=paid_after,
                member_before_minor=member_before,
                member_after_minor=member_after,
                is_changed=is_changed,
                codes_before=sorted(outcome.codes_before) if is_changed else [],
                codes_after=sorted(outcome.codes_after) if is_changed else [],
            )
        )
    return rows


@task()
def run_in_background(*, trial: str) -> str:
    """What the worker does with a trial that was asked for; answers the state it ends in."""
    with scopes_disabled():
        wanted = RuleTrial.objects.select_related("mutual", "product").get(uid=trial)
    with scope(mutual=wanted.mutual):
        run_trial(wanted)
        wanted.refresh_from_db()
    return str(wanted.state)


def is_interrupted(trial: RuleTrial) -> bool:
    """Whether the worker that ran a trial is gone: it is asked for anew."""
    heard = trial.heard_at
    return trial.state == TrialState.RUNNING and (heard is None or timezone.now() - heard > SILENT)


def trials_of(mutual: Mutual) -> QuerySet[RuleTrial]:
    """The trials of a mutual, the latest first."""
    trials = RuleTrial.objects.filter(mutual=mutual).select_related("asked_by", "product")
    return trials.defer("document").order_by("-id")


def trial_for(mutual: Mutual, uid: Any) -> RuleTrial:
    """One trial of a mutual; ``NOT_FOUND`` otherwise."""
    trial = trials_of(mutual).filter(uid=uid).first()
    if trial is None:
        raise Refusal("NOT_FOUND", record="rule_trial", key=str(uid))
    return trial
