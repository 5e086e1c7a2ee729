"""What ``verify`` proves of matches: their two sums agree, and lines say what their matches say.

That statements add up and follow one another is proven with the other registers.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Sum

from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchedEntry,
    MatchedLine,
    StatementLine,
)
from entraide.apps.banking.open_items import COUNTING
from entraide.apps.banking.selectors import reconciliation_state
from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import SIGNED
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding


def _finding(
    code: str, mutual: Mutual, kind: str, document: str, found_minor: int, expected_minor: int
) -> Finding:
    data = {
        "kind": kind,
        "document": document,
        "found_minor": found_minor,
        "expected_minor": expected_minor,
        "currency": mutual.currency,
    }
    return Finding(code, place=document, data=data)


def check_matches(mutual: Mutual) -> Iterator[Finding]:
    """In each match that counts, the lines and the entries make the same sum."""
    of_lines = dict(
        MatchedLine.objects.filter(mutual=mutual, is_active=True, match__state__in=COUNTING)
        .order_by()
        .values_list("match_id")
        .annotate(total=Sum("line__amount_minor"))
    )
    moved: dict[tuple[int, int], int] = {
        (account_id, entry_id): total
        for account_id, entry_id, total in Posting.objects.filter(
            mutual=mutual,
            account__in=BankAccount.objects.filter(mutual=mutual).values("account_id"),
        )
        .order_by()
        .values_list("account_id", "entry_id")
        .annotate(total=Sum(SIGNED))
    }
    of_entries: dict[int, int] = {}
    entries = MatchedEntry.objects.filter(mutual=mutual, is_active=True, match__state__in=COUNTING)
    for match_id, account_id, entry_id in entries.values_list(
        "match_id", "bank_account__account_id", "entry_id"
    ):
        of_entries[match_id] = of_entries.get(match_id, 0) + moved.get((account_id, entry_id), 0)
    matches = Match.objects.filter(mutual=mutual, state__in=COUNTING).order_by("pk")
    for pk, account in matches.values_list("pk", "bank_account__name"):
        found, expected = of_lines.get(pk, 0), of_entries.get(pk, 0)
        if found != expected:
            line = MatchedLine.objects.filter(match=pk).select_related("line").first()
            document = f"{account} {line.line.label if line else ''}".strip()
            yield _finding("MATCH_DIFFERS", mutual, "match", document, found, expected)


def check_line_states(mutual: Mutual) -> Iterator[Finding]:
    """A line is marked as matched when, and only when, a match that counts holds it."""
    counting = MatchedLine.objects.filter(
        line=OuterRef("pk"),
        is_active=True,
        match__state__in=COUNTING,
        match__bank_account=OuterRef("bank_account"),
    )
    astray = StatementLine.objects.filter(
        Q(~Exists(counting), state=LineState.MATCHED)
        | (Q(Exists(counting)) & ~Q(state=LineState.MATCHED))
        | ~Q(bank_account=F("statement__bank_account")),
        mutual=mutual,
    )
    for line in astray.select_related("bank_account").order_by("pk")[:1]:
        document = f"{line.bank_account.name} {line.booked_on} {line.label}".strip()
        data = {"kind": "line", "document": document, "found": line.state, "expected": ""}
        yield Finding("LINE_STATE_DIFFERS", place=document, data=data)


def check_reconciliation(mutual: Mutual) -> Iterator[Finding]:
    """What lies between each account's statement and the books accounts for all the difference."""
    for bank_account in BankAccount.objects.filter(mutual=mutual).select_related(
        "account", "mutual"
    ):
        state = reconciliation_state(bank_account)
        if state is not None and state.residual_minor != 0:
            found, expected = state.statement_minor, state.statement_minor - state.residual_minor
            name = bank_account.name
            yield _finding("RECONCILIATION_DIFFERS", mutual, "account", name, found, expected)
