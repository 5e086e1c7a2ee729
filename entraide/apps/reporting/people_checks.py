"""Who did what: each record's people against the books and the log, and no two steps by one.

The poster of an entry stands in the chain of hashes, the actor of a command in a log that nobody
may alter: a register in which a name was exchanged disagrees with one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from entraide.apps.access.models import CommandLog, User
from entraide.apps.care_control.models import Recovery
from entraide.apps.claims.again_models import DecidedAgain
from entraide.apps.claims.deciders import decided_by
from entraide.apps.claims.models import Claim, PreAuthorisation, PreAuthorisationState
from entraide.apps.contributions.models import (
    CashShortage,
    CashSurplus,
    ContributionPayment,
    OpeningAdvance,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.contributions.terms_records import Exemption
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.hands import signed_by_a_hand_before
from entraide.apps.settlement.models import (
    BatchState,
    IncentiveAward,
    Payout,
    PayoutClaim,
    SettlementBatch,
)
from entraide.core.errors import Finding

_TAKEN_UP = Q(approved_by__isnull=True, again__entry__isnull=False)
_SIGNED = (BatchState.AUTHORISED, BatchState.PAID)


def check_people_of_records(mutual: Mutual) -> Iterator[Finding]:
    """``RECORD_PERSON_DIFFERS``: who received, approved, paid or established is who posted it;
    who entered, prepared or authorised is whom the log of commands names."""
    receipts = ContributionPayment.objects.filter(mutual=mutual)
    claims = Claim.objects.filter(mutual=mutual)
    payouts = Payout.objects.filter(mutual=mutual)
    by_rules = Q(approved_by__is_system=True)  # decided by the rules alone, posted by a person
    for found, person in (
        (receipts, "received_by"),
        (claims.exclude(by_rules), "approved_by"),
        (payouts, "paid_by"),
        (CashShortage.objects.filter(mutual=mutual), "established_by"),
        (ShortageSettlement.objects.filter(mutual=mutual), "received_by"),
        (CashSurplus.objects.filter(mutual=mutual), "found_by"),
        (SurplusClearance.objects.filter(mutual=mutual), "decided_by"),
    ):
        posted = found.filter(entry__isnull=False)
        astray = posted.filter(
            Q(**{f"{person}__isnull": True}) | ~Q(**{person: F("entry__posted_by")})
        )
        yield from _differing(astray, person, F("entry__posted_by"))
    # An approval that was taken back stands beside the decision made again.
    reopened = DecidedAgain.objects.filter(mutual=mutual, entry__isnull=False).exclude(by_rules)
    astray = reopened.exclude(approved_by=F("entry__posted_by"))
    of_claims = astray.annotate(document_number=F("claim__document_number"))
    yield from _differing(of_claims, "approved_by", F("entry__posted_by"))
    batches = SettlementBatch.objects.filter(mutual=mutual)
    for records, person, command in (
        (claims, "entered_by", "submit_claim"),
        (claims.exclude(_TAKEN_UP), "approved_by", "approve_claim"),
        (batches, "prepared_by", "prepare_batch"),
        (batches.filter(state__in=_SIGNED), "authorised_by", "authorise_batch"),
    ):
        logged = CommandLog.objects.filter(mutual=mutual, name=command, result_uid=OuterRef("uid"))
        astray = records.filter(Exists(logged)).exclude(
            Exists(logged.filter(actor=OuterRef(person)))
        )
        yield from _differing(astray, person, Subquery(logged.values("actor")[:1]))


def check_separation(mutual: Mutual) -> Iterator[Finding]:
    """``DUTIES_NOT_SEPARATED``: one person entered or decided and approved, prepared and
    authorised, prepared or authorised and paid, authorised or paid what they had entered, decided
    or approved, asked for a prior agreement and answered it, or waived what they had asked back.
    ``SIGNATORY_MISSING``: nobody authorised a batch."""
    claims = Claim.objects.filter(mutual=mutual, approved_by__is_system=False)
    batches = SettlementBatch.objects.filter(mutual=mutual)
    awards = IncentiveAward.objects.filter(mutual=mutual, approved_by__isnull=False)
    paid = Payout.objects.filter(mutual=mutual, paid_by__is_system=False)
    theirs_too = PayoutClaim.objects.filter(
        Q(claim__approved_by=OuterRef("paid_by"))
        | Q(claim__entered_by=OuterRef("paid_by"))
        | decided_by(OuterRef("paid_by"), "claim"),
        payout=OuterRef("pk"),
        is_cancelled=False,
    )
    for found, person in (
        (claims.filter(approved_by=F("entered_by")), "approved_by"),
        (claims.filter(decided_by(F("approved_by"))), "approved_by"),
        (batches.filter(authorised_by=F("prepared_by")), "authorised_by"),
        (awards.filter(approved_by=F("prepared_by")), "approved_by"),
        (signed_by_a_hand_before(batches), "authorised_by"),
        (paid.filter(paid_by=F("batch__authorised_by")), "paid_by"),
        (paid.filter(paid_by=F("batch__prepared_by")), "paid_by"),
        (paid.filter(Exists(theirs_too)), "paid_by"),
        (_answered(mutual).filter(decided_by=F("asked_by")), "decided_by"),
        (Recovery.objects.filter(mutual=mutual, waived_by=F("asked_by")), "waived_by"),
    ):
        rows = found.exclude(**{f"{person}__is_system": True}).order_by("pk")
        for document, pk in rows.values_list("document_number", person)[:1]:
            yield _finding("DUTIES_NOT_SEPARATED", document, found=_name(pk), expected="")
    alone = Exemption.objects.filter(
        mutual=mutual, approved_by=F("entered_by"), approved_by__is_system=False
    )
    for number, pk in alone.order_by("pk").values_list("household__number", "approved_by")[:1]:
        yield _finding("DUTIES_NOT_SEPARATED", number, found=_name(pk), expected="")
    carried = OpeningAdvance.objects.filter(mutual=mutual, approved_by=F("prepared_by"))
    for number, pk in carried.order_by("pk").values_list("document_number", "approved_by")[:1]:
        yield _finding("DUTIES_NOT_SEPARATED", number, found=_name(pk), expected="")
    # The hand that signed is in the log that nobody may alter: a state alone is no signature.
    logged = CommandLog.objects.filter(
        mutual=mutual, name="authorise_batch", result_uid=OuterRef("uid")
    )
    unsigned = batches.filter(
        Q(authorised_by=None) | Q(authorised_on=None) | ~Exists(logged), state__in=_SIGNED
    )
    for document in unsigned.order_by("pk").values_list("document_number", flat=True)[:1]:
        yield _finding("SIGNATORY_MISSING", document, found="", expected="")


def _answered(mutual: Mutual) -> QuerySet[PreAuthorisation]:
    states = (PreAuthorisationState.GIVEN, PreAuthorisationState.REFUSED)
    return PreAuthorisation.objects.filter(mutual=mutual, state__in=states)


def _differing(astray: QuerySet[Any], person: str, expected: F | Subquery) -> Iterator[Finding]:
    rows = astray.annotate(expected=expected).order_by("pk")
    for document, *people in rows.values_list("document_number", person, "expected")[:1]:
        found, told = (_name(pk) for pk in people)
        yield _finding("RECORD_PERSON_DIFFERS", document, found=found, expected=told)


def _name(pk: int | None) -> str:
    person = User.objects.filter(pk=pk).first() if pk else None
    return str(person) if person else "–"


def _finding(code: str, document: str, *, found: str, expected: str) -> Finding:
    data = {"kind": "person", "document": document, "found": found, "expected": expected}
    return Finding(code, place=document, data=data)
