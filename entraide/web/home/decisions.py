"""« What waits for your decision »: only what this person may do, the oldest act first.

An act that the same person already prepared is left out: another must do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from entraide.apps.banking.models import LineState
from entraide.apps.banking.selectors import bank_accounts, lines
from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import claims_by_state, next_to_review
from entraide.apps.contributions.advances import waiting_sources
from entraide.apps.contributions.custody import cash_without_slip, shortages_owed
from entraide.apps.contributions.daily_check import to_explain_count
from entraide.apps.contributions.exemptions import exemptions_to_approve
from entraide.apps.contributions.models import ClearanceState
from entraide.apps.contributions.selectors import slips_to_deposit
from entraide.apps.contributions.surpluses import clearances_to_decide, surpluses_waiting
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.hands import not_handled_by
from entraide.apps.settlement.selectors import (
    batches_to_authorise,
    batches_to_pay,
    payouts_of,
    waiting_for_batch,
)
from entraide.apps.takeover.asides import runs_with_asides
from entraide.documents import writing
from entraide.web.home.claim_decisions import (
    claims_of_the_rules,
    claims_to_approve,
    stuck_invoices,
)
from entraide.web.home.decision import AT_MOST, Decision
from entraide.web.home.duties import tasks_of
from entraide.web.home.provider_decisions import (
    conventions_to_renew,
    papers_to_approve,
    prices_to_approve,
    providers_to_accept,
)
from entraide.web.home.risk_decisions import assumptions_to_approve, gaps_of_care, gaps_to_look_at
from entraide.web.home.version_decisions import versions_sent_back, versions_waiting
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way

Finder = Callable[[OfficeRequest], Iterator[Decision]]


def decisions_for(request: OfficeRequest) -> list[Decision]:
    """What waits for this person, step by step along the chain backwards: money first.

    Then what their post is asked beside, and the groups that they follow.
    """
    of_rights = [
        decision
        for right, find in FINDERS
        if right in request.rights
        for decision in find(request)
        if decision.url
    ]
    of_duties = [
        Decision(what, why, verb, url) for what, why, verb, url in tasks_of(request) if url
    ]
    return [*of_rights, *of_duties]


def oldest_days(decisions: list[Decision], day: date) -> int | None:
    """For how many days the oldest of them has waited; None when none has a day."""
    days = [(day - each.since).days for each in decisions if each.since is not None]
    return max(days) if days else None


def _day(on: date) -> str:
    return writing.day_of_month(on, get_language() or "fr")


def _batches_to_authorise(request: OfficeRequest) -> Iterator[Decision]:
    batches = not_handled_by(batches_to_authorise(request.mutual), request.user)
    for batch in batches[:AT_MOST]:
        payouts = ngettext("{count} payout", "{count} payouts", batch.payout_count)
        claims = ngettext("{count} claim", "{count} claims", batch.claim_count)
        why = _("{payouts}, {claims}. Prepared by {person} on {day}.").format(
            payouts=payouts.format(count=batch.payout_count),
            claims=claims.format(count=batch.claim_count),
            person=batch.prepared_by,
            day=_day(batch.prepared_on),
        )
        yield Decision(
            _("Authorise settlement batch {number}").format(number=batch.document_number),
            why,
            pgettext("verb", "Authorise"),
            page_way(request.mutual, "", "batch", uid=batch.uid).url,
            batch.total_minor,
            batch.prepared_on,
        )


def _batches_to_pay(request: OfficeRequest) -> Iterator[Decision]:
    batches = batches_to_pay(request.mutual).exclude(authorised_by=request.user)
    for batch in batches[:AT_MOST]:
        left = [payout for payout in payouts_of(batch) if payout.paid_on is None]
        text = ngettext(
            "{count} payout to make. Authorised by {person} on {day}.",
            "{count} payouts to make. Authorised by {person} on {day}.",
            len(left),
        )
        yield Decision(
            _("Pay settlement batch {number}").format(number=batch.document_number),
            text.format(count=len(left), person=batch.authorised_by, day=_day(batch.authorised_on)),
            pgettext("verb", "Pay"),
            page_way(request.mutual, "", "batch", uid=batch.uid).url,
            sum(payout.amount_minor for payout in left),
            batch.authorised_on,
        )


def _claims_to_review(request: OfficeRequest) -> Iterator[Decision]:
    waiting = claims_by_state(request.mutual).get(ClaimState.IN_REVIEW)
    oldest = next_to_review(request.mutual)
    if waiting is None or oldest is None:
        return
    text = ngettext(
        "Give an opinion on {count} claim", "Give an opinion on {count} claims", waiting.count
    )
    yield Decision(
        text.format(count=waiting.count),
        _("The oldest, {number}, was received on {day}.").format(
            number=oldest.document_number, day=_day(oldest.received_on)
        ),
        pgettext("verb", "Examine"),
        page_way(request.mutual, "", "claim", uid=oldest.uid).url,
        waiting.payable_minor,
        oldest.received_on,
    )


def _claims_to_settle(request: OfficeRequest) -> Iterator[Decision]:
    waiting = waiting_for_batch(request.mutual)
    if not waiting.is_any:
        return
    text = ngettext(
        "{count} approved claim is on no batch yet.",
        "{count} approved claims are on no batch yet.",
        waiting.count,
    )
    if not waiting.count:
        text = ngettext(
            "{count} amount owed by a convention is on no batch yet.",
            "{count} amounts owed by conventions are on no batch yet.",
            waiting.award_count,
        )
    yield Decision(
        _("Prepare a settlement batch"),
        text.format(count=waiting.count or waiting.award_count),
        pgettext("verb", "Prepare"),
        page_way(request.mutual, "", "batch-new").url,
        waiting.payable_minor + waiting.award_minor,
    )


def _slips_to_deposit(request: OfficeRequest) -> Iterator[Decision]:
    for slip in islice(slips_to_deposit(request.mutual), AT_MOST):
        yield Decision(
            _("Take collection slip {number} to the bank").format(number=slip.document_number),
            _("Cash held by {person}, counted on {day}.").format(
                person=slip.holder, day=_day(slip.prepared_on)
            ),
            pgettext("verb", "Deposit"),
            page_way(request.mutual, "", "slip", uid=slip.uid).url,
            slip.held_minor,
            slip.prepared_on,
        )


def _cash_without_slip(request: OfficeRequest) -> Iterator[Decision]:
    cash = cash_without_slip(request.mutual)
    if not cash.pieces_count:
        return
    text = ngettext(
        "{count} piece of cash is on no slip yet.",
        "{count} pieces of cash are on no slip yet.",
        cash.pieces_count,
    )
    yield Decision(
        _("Prepare a collection slip"),
        text.format(count=cash.pieces_count),
        pgettext("verb", "Prepare"),
        page_way(request.mutual, "", "slip-new").url,
        cash.amount_minor,
    )


def _lines_to_explain(request: OfficeRequest) -> Iterator[Decision]:
    count = to_explain_count(request.mutual, request.day)
    if not count:
        return
    text = ngettext(
        "Explain {count} line of the check of the day",
        "Explain {count} lines of the check of the day",
        count,
    )
    yield Decision(
        text.format(count=count),
        _("Numbers missing or twice, receipts without slip, cash held for too long."),
        pgettext("verb", "Explain"),
        page_way(request.mutual, "", "daily-check").url,
    )


def _lines_to_match(request: OfficeRequest) -> Iterator[Decision]:
    for account in bank_accounts(request.mutual):
        amounts = [
            (line.booked_on, line.amount_minor) for line in lines(account, state=LineState.OPEN)
        ]
        if not amounts:
            continue
        oldest = min(day for day, _amount in amounts)
        text = ngettext(
            "Match {count} movement of {account}", "Match {count} movements of {account}",
            len(amounts),
        )  # fmt: skip
        yield Decision(
            text.format(count=len(amounts), account=account.name),
            _("The oldest is of {day}.").format(day=_day(oldest)),
            pgettext("verb", "Match"),
            page_way(request.mutual, "", "reconciliation").url,
            sum(amount for _day_of, amount in amounts),
            oldest,
        )


def _exemptions_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    waiting = exemptions_to_approve(request.mutual).exclude(entered_by=request.user)
    for exemption in waiting[:AT_MOST]:
        yield Decision(
            _("Approve the exemption of family {number}").format(number=exemption.household.number),
            _("Entered by {person}, after: {source}.").format(
                person=exemption.entered_by, source=exemption.source
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "exemptions").url,
            since=exemption.entered_on,
        )


def _advances_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    mine = [each for each in waiting_sources(request.mutual) if each.prepared_by != request.user.pk]
    for each in mine[:AT_MOST]:
        text = ngettext(
            "Approve the advance of {count} family", "Approve the advances of {count} families",
            each.count,
        )  # fmt: skip
        yield Decision(
            text.format(count=each.count),
            _("Paid ahead according to {file}.").format(file=each.source),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "import-advances", uid=each.source_uid).url,
            each.amount_minor,
            each.since,
        )


def _shortages_to_decide(request: OfficeRequest) -> Iterator[Decision]:
    """Missing cash that somebody still owes: followed up, or written off by who decides here."""
    owed = shortages_owed(request.mutual)
    mine = owed.exclude(holder=request.user).exclude(established_by=request.user)
    for shortage in mine[:AT_MOST]:
        yield Decision(
            _("Decide shortage {number}").format(number=shortage.document_number),
            _("{person} owes it since {day}: to be paid back, or written off.").format(
                person=shortage.holder, day=_day(shortage.found_on)
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "shortage", uid=shortage.uid).url,
            shortage.remaining_minor,
            shortage.found_on,
        )


def _surpluses_to_decide(request: OfficeRequest) -> Iterator[Decision]:
    """Proposals to make cash found too much income: by another person than finder and proposer."""
    waiting = clearances_to_decide(request.mutual).exclude(proposed_by=request.user)
    for each in waiting.exclude(surplus__found_by=request.user)[:AT_MOST]:
        yield Decision(
            _("Decide surplus {number}").format(number=each.surplus.document_number),
            _("{person} proposes it as income: {reason}").format(
                person=each.proposed_by, reason=each.reason
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "surplus", uid=each.surplus.uid).url,
            each.amount_minor,
            each.proposed_on,
        )


def _surpluses_to_settle(request: OfficeRequest) -> Iterator[Decision]:
    """Cash found too much that waits in suspense, and of which nobody proposed anything."""
    waiting = surpluses_waiting(request.mutual)
    waiting = waiting.exclude(clearances__state=ClearanceState.PROPOSED)
    for each in waiting[:AT_MOST]:
        yield Decision(
            _("Say whose surplus {number} is").format(number=each.document_number),
            _("Found by {person}, in suspense since {day}.").format(
                person=each.found_by, day=_day(each.found_on)
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "surplus", uid=each.uid).url,
            each.remaining_minor,
            each.found_on,
        )


def _asides_to_settle(request: OfficeRequest) -> Iterator[Decision]:
    """What lenders kept back of clients whom an import set aside."""
    waiting = runs_with_asides(request.mutual)
    for run in [each for each in waiting if each.carried_out_by_id != request.user.pk][:AT_MOST]:
        count = run.aside_count
        text = ngettext(
            "Settle {count} client set aside", "Settle {count} clients set aside", count
        )
        yield Decision(
            text.format(count=count),
            _("Kept back according to {file}, not received here.").format(file=run.file_name),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "import-clients", uid=run.uid).url,
            run.counts["aside_minor"],
            run.carried_out_on,
        )


FINDERS: tuple[tuple[Right, Finder], ...] = (
    (Right.AUTHORISE_BATCH, _batches_to_authorise),
    (Right.RECORD_PAYOUT, _batches_to_pay),
    (Right.REVIEW_CLAIM, _claims_to_review),
    (Right.APPROVE_CLAIM, claims_to_approve),
    (Right.APPROVE_CLAIM, stuck_invoices),
    (Right.PREPARE_BATCH, claims_of_the_rules),
    (Right.PREPARE_BATCH, _claims_to_settle),
    (Right.RECORD_DEPOSIT, _slips_to_deposit),
    (Right.PREPARE_SLIP, _cash_without_slip),
    (Right.KEEP_RECEIPTS, _lines_to_explain),
    (Right.MATCH, _lines_to_match),
    (Right.APPROVE_PRODUCT, versions_waiting),
    (Right.ENTER_PRODUCT, versions_sent_back),
    (Right.APPROVE_PRODUCT, assumptions_to_approve),
    (Right.PLAN, gaps_to_look_at),
    (Right.CONTROL_CARE, gaps_of_care),
    (Right.APPROVE_EXEMPTION, _exemptions_to_approve),
    (Right.APPROVE_CONVENTION, papers_to_approve),
    (Right.APPROVE_CONVENTION, prices_to_approve),
    (Right.APPROVE_CONVENTION, providers_to_accept),
    (Right.KEEP_PROVIDERS, conventions_to_renew),
    (Right.POST_OPERATION, _advances_to_approve),
    (Right.WRITE_OFF, _shortages_to_decide),
    (Right.WRITE_OFF, _surpluses_to_decide),
    (Right.POST_OPERATION, _surpluses_to_settle),
    (Right.POST_OPERATION, _asides_to_settle),
)
