"""The State's share of care: invoices against their claims, and what the books hold of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Sum

from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import SIGNED
from entraide.apps.reporting.register_checks import finding_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import (
    RepaymentState,
    SubsidyCredit,
    SubsidyCreditLine,
    SubsidyInvoice,
    SubsidyLine,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyRepayment,
    SubsidyState,
)
from entraide.core.errors import Finding
from entraide.core.ledger import AccountRole


def check_subsidies(mutual: Mutual) -> Iterator[Finding]:
    """``SUBSIDY_DIFFERS``: an invoice and a credit note are the sum of their lines; what the State
    owes in the books is what was invoiced less what was given back and what it paid and was not
    paid back; what is owed
    on is the lines less what was given back and what was passed on."""
    invoices = SubsidyInvoice.objects.filter(mutual=mutual).order_by("pk")
    summed = invoices.annotate(lines_minor=Sum("lines__amount_minor", default=0))
    for document, total, lines in summed.values_list(
        "document_number", "total_minor", "lines_minor"
    ):
        if total != lines:
            yield finding_of("SUBSIDY_DIFFERS", mutual, "subsidy", document, total, lines)
    notes = SubsidyCredit.objects.filter(mutual=mutual).order_by("pk")
    given = notes.annotate(lines_minor=Sum("lines__amount_minor", default=0))
    for document, total, lines in given.values_list(
        "document_number", "total_minor", "lines_minor"
    ):
        if total != lines:
            yield finding_of("SUBSIDY_DIFFERS", mutual, "subsidy", document, total, lines)
    issued = invoices.filter(state=SubsidyState.ISSUED).aggregate(n=Sum("total_minor", default=0))
    received = SubsidyReceipt.objects.filter(mutual=mutual, reversal__isnull=True)
    back = notes.filter(state=SubsidyState.ISSUED).aggregate(n=Sum("total_minor", default=0))
    paid = received.aggregate(n=Sum("amount_minor", default=0))["n"]
    repaid = SubsidyRepayment.objects.filter(mutual=mutual, state=RepaymentState.PAID)
    paid -= repaid.aggregate(n=Sum("amount_minor", default=0))["n"]
    expected = issued["n"] - back["n"] - paid
    books = sum(_balances(mutual, AccountRole.CARE_PAYERS_RECEIVABLE).values())
    if books != expected:
        yield finding_of("SUBSIDY_DIFFERS", mutual, "subsidy", mutual.name, expected, books)
    owed = _owed(mutual)
    held = _balances(mutual, AccountRole.CARE_SHARES_DUE)
    for party in sorted(owed.keys() | held.keys()):
        if owed[party] != -held[party]:
            yield finding_of("SUBSIDY_DIFFERS", mutual, "subsidy", party, owed[party], -held[party])


def _owed(mutual: Mutual) -> Counter[str]:
    """What each provider and household is owed of issued invoices, less what was given back to the
    State and what was passed on."""
    owed: Counter[str] = Counter()
    lines = SubsidyLine.objects.filter(mutual=mutual, invoice__state=SubsidyState.ISSUED)
    given = SubsidyCreditLine.objects.filter(mutual=mutual, credit__state=SubsidyState.ISSUED)
    payments = SubsidyPayment.objects.filter(mutual=mutual)
    for rows, sign, on in ((lines, 1, ""), (given, -1, "line__"), (payments, -1, "")):
        who = rows.order_by().values_list(  # type: ignore[attr-defined]
            f"{on}provider__uid", f"{on}household__uid"
        )
        for provider, household, amount in who.annotate(total=Sum("amount_minor")):
            party = f"provider:{provider}" if provider else f"household:{household}"
            owed[party] += sign * amount
    return owed


def _balances(mutual: Mutual, role: AccountRole) -> Counter[str]:
    """Debits − credits of a role by party."""
    rows = Posting.objects.filter(mutual=mutual, account__role=role.value).order_by()
    return Counter(dict(rows.values_list("party").annotate(total=Sum(SIGNED))))
