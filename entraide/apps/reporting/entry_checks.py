"""Each receipt, claim, payout and due leads to its own entry: number, kind, day and payee.

The sums of a register may agree with the books while two records have exchanged their numbers, a
day was moved, or another household was put in: these checks hold one record against one entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.contributions.models import (
    ContributionDue,
    ContributionPayment,
    PaymentReassignment,
)
from entraide.apps.ledger.models import Posting
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.families import parties_that_stay
from entraide.apps.settlement.models import PayeeKind, Payout
from entraide.core.errors import Finding
from entraide.core.ledger import EntryKind
from entraide.core.posting_rules import PAYABLE_ROLES, RECEIVABLE_ROLES

# Number, day, then the number, the kind and the day of the entry, then whom it is owed to or by.
Led = tuple[str, date, str, str, date, str]


def check_entries_of_records(mutual: Mutual) -> Iterator[Finding]:
    """``ENTRY_OF_OTHER_RECORD``, ``RECORD_DAY_DIFFERS``, ``RECORD_PARTY_DIFFERS``."""
    parties = _parties(mutual)
    stays = parties_that_stay(mutual)
    for kind, led in (
        (EntryKind.CONTRIBUTION_PAID, _payments(mutual)),
        (EntryKind.CLAIM_APPROVED, _claims(mutual)),
        (EntryKind.PAYOUT_MADE, _payouts(mutual)),
    ):
        for document, on, entry, entry_kind, entry_on, party in led:
            if document != entry or entry_kind != kind:
                yield _finding("ENTRY_OF_OTHER_RECORD", kind, document, document, entry)
            elif on != entry_on:
                yield _finding("RECORD_DAY_DIFFERS", kind, document, on, entry_on)
            # Approved before its family's file was merged, or after: one family.
            elif {stays.get(each, each) for each in parties[entry]} != {stays.get(party, party)}:
                yield _finding(
                    "RECORD_PARTY_DIFFERS", kind, document, party, sorted(parties[entry])
                )
    dues = ContributionDue.objects.filter(mutual=mutual).order_by("pk")
    for document, household in dues.values_list("document_number", "household__uid"):
        if document in parties and parties[document] != {f"household:{household}"}:
            yield _finding(
                "RECORD_PARTY_DIFFERS",
                EntryKind.CONTRIBUTION_RAISED,
                document,
                f"household:{household}",
                sorted(parties[document]),
            )


def _finding(code: str, kind: EntryKind, document: str, found: Any, expected: Any) -> Finding:
    data = {"kind": kind.value, "document": document, "found": found, "expected": expected}
    return Finding(code, place=document, data=data)


def _parties(mutual: Mutual) -> dict[str, set[str]]:
    """Who stands in the books on what is owed, by the number of the entry."""
    kinds = (
        EntryKind.CONTRIBUTION_RAISED,
        EntryKind.CONTRIBUTION_PAID,
        EntryKind.CLAIM_APPROVED,
        EntryKind.PAYOUT_MADE,
    )
    found: dict[str, set[str]] = defaultdict(set)
    rows = Posting.objects.filter(
        mutual=mutual,
        account__role__in=[role.value for role in (*PAYABLE_ROLES, *RECEIVABLE_ROLES)],
        entry__kind__in=[kind.value for kind in kinds],
    )
    for document, party in rows.order_by().values_list("entry__document_number", "party"):
        found[document].add(party)
    return found


_ENTRY = ("entry__document_number", "entry__kind", "entry__occurred_on")


def _payments(mutual: Mutual) -> Iterator[Led]:
    # A receipt moved to another family was posted for the first one.
    first = PaymentReassignment.objects.filter(payment=OuterRef("pk")).order_by("pk")
    found = (
        ContributionPayment.objects.filter(mutual=mutual)
        .annotate(
            posted_for=Coalesce(
                Subquery(first.values("from_household__uid")[:1]), F("household__uid")
            )
        )
        .order_by("pk")
    )
    for *led, household in found.values_list(
        "document_number", "paid_on", *_ENTRY, "posted_for"
    ).iterator():
        yield _led(led, "household", household)


def _claims(mutual: Mutual) -> Iterator[Led]:
    found = Claim.objects.filter(mutual=mutual, entry__isnull=False).order_by("pk")
    # A claim whose approval was taken back is posted under its next number.
    again = Count("again", filter=Q(again__entry__isnull=False))
    for earlier, document, *led, circuit, household, provider in (
        found.annotate(earlier=again)
        .values_list(
            "earlier", "document_number", "care_on", *_ENTRY, "circuit", "household__uid",
            "provider__uid",
        )
        .iterator()
    ):  # fmt: skip
        led.insert(0, f"{document}/{earlier + 1}" if earlier else document)
        if circuit == Circuit.REIMBURSEMENT:
            yield _led(led, "household", household)
        else:
            yield _led(led, "provider", provider)


def _payouts(mutual: Mutual) -> Iterator[Led]:
    found = Payout.objects.filter(mutual=mutual, entry__isnull=False).order_by("pk")
    for *led, payee, household, provider in found.values_list(
        "document_number", "paid_on", *_ENTRY, "payee_kind", "household__uid", "provider__uid"
    ).iterator():
        if payee == PayeeKind.PROVIDER:
            yield _led(led, "provider", provider)
        else:
            yield _led(led, "household", household)


def _led(led: list[Any], kind: str, uid: UUID | None) -> Led:
    document, on, entry, entry_kind, entry_on = led
    return document, on, entry, entry_kind, entry_on, f"{kind}:{uid}"
