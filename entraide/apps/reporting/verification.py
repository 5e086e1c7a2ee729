"""``verify``: the books hold by themselves, and every register agrees with the books.

``CHECKS`` is the whole list, in the order in which they are made. A check takes a mutual, inside
its scope, and yields findings; only the first of each check is kept, since one broken record
breaks others after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django_scopes import scope

from entraide.apps.banking import verification as banking
from entraide.apps.claims import verification as claims
from entraide.apps.claims.replay import check_replay
from entraide.apps.claims.use_checks import check_agreements, check_attestations
from entraide.apps.ledger import verification as ledger
from entraide.apps.ledger.models import Entry, LedgerHead
from entraide.apps.reporting import payout_checks as payouts
from entraide.apps.reporting import receipt_checks as receipts
from entraide.apps.reporting import register_checks as registers
from entraide.apps.reporting import shortage_checks as shortages
from entraide.apps.reporting.aside_checks import check_asides
from entraide.apps.reporting.entry_checks import check_entries_of_records
from entraide.apps.reporting.number_checks import (
    check_numbers,
    check_ranges,
    check_shared_numbers,
)
from entraide.apps.reporting.people_checks import check_people_of_records, check_separation
from entraide.apps.reporting.subsidy_checks import check_subsidies
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.verification import check_product_versions
from entraide.core.errors import Finding

Check = Callable[[Mutual], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    ledger.check_chain,
    ledger.check_documents,
    registers.check_dues,
    registers.check_paid_dues,
    registers.check_payments,
    receipts.check_receipt_accounts,
    receipts.check_reassignments,
    receipts.check_refunds,
    receipts.check_lump_sums,
    receipts.check_advances,
    registers.check_receivables,
    registers.check_slips,
    registers.check_claims,
    claims.check_decisions,
    claims.check_claim_lines,
    claims.check_stated_facts,
    check_replay,
    claims.check_counters,
    check_attestations,
    check_agreements,
    payouts.check_payouts,
    payouts.check_recoveries,
    payouts.check_floats,
    check_subsidies,
    registers.check_payables,
    registers.check_entries_have_records,
    check_entries_of_records,
    check_separation,
    check_people_of_records,
    registers.check_statements,
    banking.check_matches,
    banking.check_line_states,
    banking.check_reconciliation,
    check_numbers,
    check_ranges,
    check_shared_numbers,
    check_product_versions,
    receipts.check_custody,
    shortages.check_shortages,
    shortages.check_surpluses,
    check_asides,
)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proven of one mutual, or what was found broken, the first record first."""

    mutual: Mutual
    entry_count: int
    findings: tuple[Finding, ...]


def verify(mutual: Mutual) -> Verified:
    """Make every check on one mutual. Nobody posts meanwhile: the head of its chain is locked."""
    with transaction.atomic(), scope(mutual=mutual):
        LedgerHead.objects.select_for_update().filter(mutual=mutual).first()
        findings = tuple(finding for check in CHECKS for finding in islice(check(mutual), 1))
        return Verified(mutual, Entry.objects.filter(mutual=mutual).count(), findings)


def verify_network(code: str = "") -> tuple[tuple[Verified, ...], tuple[Finding, ...]]:
    """Verify every mutual (or one), then that the database still guards what is recorded."""
    mutuals = Mutual.objects.order_by("code")
    if code:
        mutuals = mutuals.filter(code=code)
    verified = tuple(verify(mutual) for mutual in mutuals)
    return verified, tuple(ledger.check_guards())
