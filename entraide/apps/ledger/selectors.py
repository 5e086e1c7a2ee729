"""Reading the books: accounts, entries, balances. Always inside ``scope(mutual=…)``.

Balances stand on the day of the event (``occurred_on``), so that they agree with the registers of
the same period; ``posted_on`` tells when the books learnt of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, Sum, When

from entraide.apps.access.prepared import Prepared
from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.schemes.models import Mutual
from entraide.core import ledger as core
from entraide.core.errors import Refusal
from entraide.core.periods import add_months

SIGNED = Case(
    When(side=core.Side.DEBIT.value, then=F("amount_minor")),
    default=-F("amount_minor"),
    output_field=BigIntegerField(),
)  # positive in debit, negative in credit


TREASURY = tuple(role.value for role in core.TREASURY_ROLES)


def account_for(mutual: Mutual, role: core.AccountRole | str, key: str = "") -> Account:
    """The account of a role (``key`` where the role has several); ``ACCOUNT_MISSING`` otherwise."""
    account = Account.objects.filter(mutual=mutual, role=str(role), key=key).first()
    if account is None:
        raise Refusal("ACCOUNT_MISSING", role=str(role), key=key)
    return account


def account_by_uid(mutual: Mutual, uid: UUID) -> Account:
    """One account, for doors; ``NOT_FOUND`` otherwise."""
    account = Account.objects.filter(mutual=mutual, uid=uid).first()
    if account is None:
        raise Refusal("NOT_FOUND", record="account", key=str(uid))
    return account


def accounts(mutual: Mutual) -> QuerySet[Account]:
    """The chart of accounts, by number."""
    return Account.objects.filter(mutual=mutual).order_by("number")


def treasury_accounts(mutual: Mutual) -> QuerySet[Account]:
    """Where the money lies: cash, banks, mobile money, lenders; by number."""
    return accounts(mutual).filter(role__in=TREASURY)


_TREASURY_ACCOUNT: Prepared[Account] = Prepared(
    lambda mutual, number: Account.objects.filter(
        mutual=mutual, number=number, role__in=TREASURY
    ).order_by("pk")[:1],
    mutual=BigIntegerField(),
    number=CharField(),
)


def treasury_account_numbered(mutual: Mutual, number: str) -> Account:
    """The account of this number where money lies; ``NOT_FOUND`` otherwise."""
    account = _TREASURY_ACCOUNT.first(mutual=mutual, number=number)
    if account is None:
        raise Refusal("NOT_FOUND", record="account", key=number)
    return account


def entry_by_document(mutual: Mutual, document_number: str) -> Entry:
    """The entry of a paper, its postings and reversal loaded; ``NOT_FOUND`` otherwise."""
    entry = (
        Entry.objects.select_related("posted_by", "reverses", "reversed_by")
        .prefetch_related("postings__account")
        .filter(mutual=mutual, document_number=document_number)
        .first()
    )
    if entry is None:
        raise Refusal("NOT_FOUND", record="entry", key=document_number)
    return entry


def entry_for(mutual: Mutual, uid: UUID) -> Entry:
    """One entry with its postings and reversal, for doors; ``NOT_FOUND`` otherwise."""
    entry = (
        Entry.objects.select_related("posted_by", "reverses", "reversed_by")
        .prefetch_related("postings__account")
        .filter(mutual=mutual, uid=uid)
        .first()
    )
    if entry is None:
        raise Refusal("NOT_FOUND", record="entry", key=str(uid))
    return entry


def entry_uids(ids: Iterable[int]) -> dict[int, UUID]:
    """The uid of each of these entries, for the addresses of their pages. One query."""
    return dict(Entry.objects.filter(pk__in=list(ids)).values_list("pk", "uid"))


def core_entry(row: Entry) -> core.Entry:
    """A posted entry as the value that was posted."""
    return core.Entry(
        document_number=row.document_number,
        journal=core.Journal(row.journal),
        kind=core.EntryKind(row.kind),
        occurred_on=row.occurred_on,
        label=row.label,
        reverses=row.reverses.document_number if row.reverses is not None else "",
        postings=tuple(
            core.Posting(
                role=core.AccountRole(posting.account.role),
                fund=core.FundCode(posting.fund),
                side=core.Side(posting.side),
                amount_minor=posting.amount_minor,
                account_key=posting.account.key,
                party=posting.party,
            )
            for posting in row.postings.select_related("account").order_by("position")
        ),
    )


def entries(
    mutual: Mutual,
    *,
    start: date | None = None,
    until: date | None = None,
    journal: str = "",
    kind: str = "",
    text: str = "",
    party: str = "",
    account: Account | None = None,
    fund: str = "",
    change: str = "",
) -> QuerySet[Entry]:
    """The entries of ``[start, until)``, the latest first, that agree with every filter given.

    ``text`` is looked for in the document number and the label. ``change``: a kind of
    :func:`fund_changes`, with the reversals of it, of which money moved.
    """
    found = Entry.objects.filter(mutual=mutual).select_related("posted_by", "reversed_by")
    if start is not None:
        found = found.filter(occurred_on__gte=start)
    if until is not None:
        found = found.filter(occurred_on__lt=until)
    if journal:
        found = found.filter(journal=journal)
    if kind:
        found = found.filter(kind=kind)
    if change:
        found = found.filter(
            Q(kind=change, reverses__isnull=True) | Q(reverses__kind=change),
            pk__in=Posting.objects.filter(mutual=mutual, account__role__in=TREASURY).values(
                "entry_id"
            ),
        )
    if text:
        found = found.filter(Q(document_number__icontains=text) | Q(label__icontains=text))
    postings = Posting.objects.filter(mutual=mutual)
    if party:
        found = found.filter(pk__in=postings.filter(party=party).values("entry_id"))
    if account is not None:
        found = found.filter(pk__in=postings.filter(account=account).values("entry_id"))
    if fund:
        found = found.filter(pk__in=postings.filter(fund=fund).values("entry_id"))
    return found.prefetch_related("postings__account").order_by("-occurred_on", "-sequence")


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """The movements of one account within one fund, in minor units."""

    account: Account
    fund: str
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits − credits: positive for a debtor account."""
        return self.debit_minor - self.credit_minor


def trial_balance(
    mutual: Mutual, *, start: date | None = None, until: date | None = None, fund: str = ""
) -> list[BalanceRow]:
    """Every account that moved in ``[start, until)``, by number and fund. Two queries."""
    postings = _between(Posting.objects.filter(mutual=mutual), start, until)
    if fund:
        postings = postings.filter(fund=fund)
    sums = postings.values("account_id", "fund").annotate(
        debit=Sum("amount_minor", filter=Q(side="debit"), default=0),
        credit=Sum("amount_minor", filter=Q(side="credit"), default=0),
    )
    by_id = {account.pk: account for account in accounts(mutual)}
    rows = [
        BalanceRow(by_id[row["account_id"]], row["fund"], row["debit"], row["credit"])
        for row in sums.order_by()
    ]
    return sorted(rows, key=lambda row: (row.account.number, row.fund))


def fund_balance(
    mutual: Mutual,
    fund: core.FundCode | str,
    on: date,
    *,
    besides: Collection[int] = (),
) -> int:
    """The money of a fund at the end of a day: what all treasury accounts hold of it.

    ``besides`` leaves accounts out, by their keys.
    """
    return treasury_balance(mutual, on, fund=str(fund), besides=besides)


def treasury_balance(
    mutual: Mutual,
    on: date,
    *,
    account: Account | None = None,
    fund: str = "",
    besides: Collection[int] = (),
) -> int:
    """What the treasury accounts (or one of them) hold at the end of a day, of all funds or one.

    ``besides`` leaves accounts out, by their keys.
    """
    postings = Posting.objects.filter(
        mutual=mutual,
        account__role__in=TREASURY,
        entry__occurred_on__lte=on,
    )
    if account is not None:
        postings = postings.filter(account=account)
    if fund:
        postings = postings.filter(fund=fund)
    if besides:
        postings = postings.exclude(account__in=besides)
    return int(postings.aggregate(total=Sum(SIGNED, default=0))["total"])


def fund_changes(mutual: Mutual, start: date, until: date) -> dict[str, dict[str, int]]:
    """What moved the money of the funds in ``[start, until)``: entry kind → fund → sum.

    A reversal counts as what it takes back. Kinds whose sums are all zero (cash taken to the bank)
    are left out. One query.
    """
    told_as = Case(
        When(entry__reverses__isnull=False, then=F("entry__reverses__kind")),
        default=F("entry__kind"),
    )
    sums = (
        _between(Posting.objects.filter(mutual=mutual), start, until)
        .filter(account__role__in=TREASURY)
        .order_by()
        .annotate(told_as=told_as)
        .values_list("told_as", "fund")
        .annotate(total=Sum(SIGNED))
    )
    changes: dict[str, dict[str, int]] = {}
    for kind, fund, total in sums:
        if total:
            changes.setdefault(kind, {})[fund] = total
    return changes


def month_end_balances(mutual: Mutual, fund: str, last_day: date, months: int) -> list[int]:
    """The money of a fund at the end of each of the last months, the last one on ``last_day``."""
    first = add_months(last_day.replace(day=1), 1 - months)
    balance = treasury_balance(mutual, first - timedelta(days=1), fund=fund)
    by_month: Counter[date] = Counter()
    by_day = (
        _between(Posting.objects.filter(mutual=mutual, fund=fund), first, None)
        .filter(
            account__role__in=TREASURY,
            entry__occurred_on__lte=last_day,
        )
        .order_by()
        .values_list("entry__occurred_on")
        .annotate(total=Sum(SIGNED))
    )
    for day, total in by_day:
        by_month[day.replace(day=1)] += total
    balances = []
    for step in range(months):
        balance += by_month[add_months(first, step)]
        balances.append(balance)
    return balances


def account_balance(
    mutual: Mutual,
    role: core.AccountRole | str,
    *,
    until: date | None = None,
    fund: str = "",
    party: str = "",
) -> int:
    """Debits − credits of all accounts of a role before a day, of a fund or a party if given."""
    postings = _between(Posting.objects.filter(mutual=mutual, account__role=str(role)), None, until)
    if fund:
        postings = postings.filter(fund=fund)
    if party:
        postings = postings.filter(party=party)
    return int(postings.aggregate(total=Sum(SIGNED, default=0))["total"])


def _between(
    postings: QuerySet[Posting], start: date | None, until: date | None
) -> QuerySet[Posting]:
    if start is not None:
        postings = postings.filter(entry__occurred_on__gte=start)
    if until is not None:
        postings = postings.filter(entry__occurred_on__lt=until)
    return postings


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry moved on one account, all funds together: money in is positive."""

    entry_id: int
    document_number: str
    kind: str
    label: str
    occurred_on: date
    amount_minor: int


def movements(
    account: Account, *, start: date | None = None, until: date | None = None, fund: str = ""
) -> list[Movement]:
    """The movements of an account in ``[start, until)``, in the order of days. One query."""
    postings = _between(
        Posting.objects.filter(mutual=account.mutual_id, account=account), start, until
    )
    if fund:
        postings = postings.filter(fund=fund)
    rows = (
        postings.values_list(
            "entry_id",
            "entry__document_number",
            "entry__kind",
            "entry__label",
            "entry__occurred_on",
            "entry__sequence",
        )
        .annotate(total=Sum(SIGNED))
        .order_by("entry__occurred_on", "entry__sequence")
    )
    return [
        Movement(entry_id, number, kind, label, on, total)
        for entry_id, number, kind, label, on, _sequence, total in rows
        if total != 0
    ]


@dataclass(frozen=True, slots=True)
class GeneralLedger:
    """The page of one account: balance before, movements with the balance after each, balance."""

    account: Account
    opening_minor: int
    lines: tuple[tuple[Movement, int], ...]
    closing_minor: int


def general_ledger(
    account: Account, *, start: date | None = None, until: date | None = None, fund: str = ""
) -> GeneralLedger:
    """The general ledger of an account over ``[start, until)``; balances are debits − credits."""
    opening = 0
    if start is not None:
        before = _between(Posting.objects.filter(account=account), None, start)
        if fund:
            before = before.filter(fund=fund)
        opening = int(before.aggregate(total=Sum(SIGNED, default=0))["total"])
    balance = opening
    lines: list[tuple[Movement, int]] = []
    for movement in movements(account, start=start, until=until, fund=fund):
        balance += movement.amount_minor
        lines.append((movement, balance))
    return GeneralLedger(account, opening, tuple(lines), balance)
