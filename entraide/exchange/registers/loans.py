"""A lender's disbursements: contracts renewed or refinanced, contributions kept back paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Sum

from entraide.apps.contributions.advances import rests_minor
from entraide.apps.contributions.models import Channel, ContributionDue, Payer
from entraide.apps.contributions.payments import ROLES_OF_CHANNEL, record_contribution_payment
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.facts import covered_until, person_facts
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.ledger.models import Account
from entraide.apps.schemes.models import Product
from entraide.apps.takeover.asides import settled_rows
from entraide.apps.takeover.clients import link_client, note_payout_account
from entraide.apps.takeover.models import AsideSettlement, ImportRun
from entraide.apps.takeover.refinancing import refinance_membership, settled
from entraide.apps.takeover.rows import Kept, content_hash, keep_rows, known_rows
from entraide.core.enrolment import composition_of
from entraide.core.errors import Finding, Refusal
from entraide.core.ledger import AccountRole
from entraide.core.rating import contribution_due
from entraide.core.refinancing import SettledContribution
from entraide.exchange.registers.clients import Clients, Match
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow

_TOLD_EVERY = 50


@dataclass(frozen=True, slots=True)
class _Loan:
    """A row that will be carried out."""

    row: TableRow
    key: str
    match: Match
    last: Membership
    action: Action
    expected_minor: int
    paid_minor: int


def plan_loans(asked: Asked) -> Plan:
    """Each loan: renewed, refinanced, known, or of a client to be found.

    A client who is not found, of whom more was kept back than is owed, whose cover begins after
    the loan, or of whom the file has two loans, is set aside with the amount and holds nobody
    back; carried out again, the file adds only them.
    """
    plan = Plan(asked)
    lender, account = asked.options.group, asked.options.account or _usual_account(asked)
    if lender is None:
        plan.faults.append(Finding("LENDER_NOT_SAID", place="group"))
    if account is None:
        plan.faults.append(Finding("LENDER_ACCOUNT_MISSING", place="account"))
    if lender is None or account is None:
        return plan
    rows = sorted(asked.table.rows, key=lambda row: (row.values["disbursed_on"], row.number))
    keys = {row.number: f"{lender.code}:{row.text('loan_number')}" for row in rows}
    known = known_rows(asked.mutual, "loans", keys.values())
    settled_before = settled_rows(asked.mutual, "loans", keys.values())
    fresh = []
    for row in rows:
        before = known.get(keys[row.number])
        if before is None:
            otherwise = settled_before.get(keys[row.number])
            if otherwise is None:
                fresh.append(row)
            else:
                _settled(plan, row, keys[row.number], otherwise)
            continue
        plan.lines.append(_known(row, keys[row.number]))
        if before.content_hash != content_hash(row.values):
            plan.faults.append(row.fault("LOAN_SAID_OTHERWISE", "loan_number",
                                         number=row.text("loan_number")))  # fmt: skip
    clients = Clients(asked.mutual, lender, fresh)
    matched = {row.number: match for row in fresh if (match := clients.match(row)) is not None}
    households = _Households([match.household for match in matched.values()])
    loans: list[_Loan] = []
    of_family: dict[int, list[int]] = defaultdict(list)
    for number, found in matched.items():
        of_family[found.household.pk].append(number)
    for row in fresh:
        match = matched.get(row.number)
        if match is None:
            kept_back: int | None = row.get("contribution_minor")
            plan.lines.append(_line(row, Action.UNMATCHED, keys[row.number], kept_back))
            plan.remarks.append(row.fault("CLIENT_UNMATCHED", "client_number",
                                          number=row.text("client_number"),
                                          client=_name(row)))  # fmt: skip
            continue
        others = [number for number in of_family[match.household.pk] if number != row.number]
        if others:  # one cover, and nothing says which loan is meant
            why = row.fault("CLIENT_TWO_LOANS", "client_number", client=_name(row),
                            others=", ".join(map(str, sorted(others))))  # fmt: skip
            _set_aside(plan, row, keys[row.number], match.household, why)
            continue
        loan = _loan(asked, plan, row, keys[row.number], match, households)
        if loan is not None:
            loans.append(loan)
            plan.lines.append(_line(row, loan.action, loan.key, loan.paid_minor, match.household))
    _count(plan, loans, rows)
    plan.write = lambda run: _write(asked, run, loans, lender, account)
    return plan


def _usual_account(asked: Asked) -> Account | None:
    """Where contributions kept back arrive when nobody says: at the lender's, else at the bank."""
    roles = [role.value for role in ROLES_OF_CHANNEL[Channel.LENDER]]
    accounts = list(Account.objects.filter(mutual=asked.mutual, role__in=roles, key=""))
    order = (AccountRole.MICROFINANCE, AccountRole.BANK, AccountRole.MOBILE_MONEY)
    ranked = sorted(accounts, key=lambda each: order.index(AccountRole(each.role)))
    return ranked[0] if ranked else None


class _Households:
    """Persons, covers and debts of the families concerned: four queries for all of them."""

    def __init__(self, households: Iterable[Household]) -> None:
        keys = [household.pk for household in households]
        self.last: dict[int, Membership] = {}
        covers = Membership.objects.filter(household__in=keys).select_related("product")
        for membership in covers.order_by("effective_from", "id"):
            self.last[membership.household_id] = membership
        self.persons: dict[int, list[Person]] = defaultdict(list)
        for person in Person.objects.filter(household__in=keys):
            self.persons[person.household_id].append(person)
        self.ahead_minor = rests_minor(keys)
        self.owed_minor = dict(
            ContributionDue.objects.filter(
                household__in=keys, payer=Payer.HOUSEHOLD, cancelled_on__isnull=True,
                paid_minor__lt=F("amount_minor"),
            )
            .values_list("household")
            .annotate(total=Sum(F("amount_minor") - F("paid_minor")))
            .order_by()
        )  # fmt: skip


def _loan(
    asked: Asked, plan: Plan, row: TableRow, key: str, match: Match, households: _Households
) -> _Loan | None:
    """What becomes of a loan of a known family; a fault where it cannot be carried out."""
    household, day = match.household, row.values["disbursed_on"]
    last = households.last.get(household.pk)
    if day > asked.on:
        plan.faults.append(row.fault("DATE_IN_FUTURE", "disbursed_on", day=day, on=asked.on))
        return None
    if last is None or last.effective_from > day:
        starts_on = last.effective_from if last is not None else None
        code = "LOAN_WITHOUT_COVER" if starts_on is None else "LOAN_BEFORE_COVER"
        said = row.fault(code, "disbursed_on", starts_on=starts_on, household=household.number,
                         client=_name(row))  # fmt: skip
        _set_aside(plan, row, key, household, said)
        return None
    if last.loan_reference and last.loan_reference == row.text("loan_number"):
        return _cover_here(asked, plan, row, key, match, last)
    product = _product(asked, last)
    try:
        expected = _price(asked, row, product, households.persons[household.pk], day)
    except Refusal as refusal:
        plan.faults.append(row.fault(refusal.code, "loan_minor", **refusal.data))
        return None
    action, price, credited, part = Action.RENEW, expected, 0, None
    most = households.owed_minor.get(household.pk, 0)
    if day < covered_until(last):
        part = settled(last, day)
        if part.months_left:
            action = Action.REFINANCE
            credited = min(part.credit_minor, expected)
            expected -= credited
            most -= part.cancelled_minor
    paid: int = row.get("contribution_minor", expected)
    # What the family had paid ahead before the books opened pays first.
    ahead = households.ahead_minor.get(household.pk, 0)
    most = max(0, most + expected - ahead)
    expected = min(expected, most)
    shown = {"expected_minor": expected, "found_minor": paid, "currency": asked.mutual.currency}
    if paid > most:
        why = {"price_minor": price, "credit_minor": credited, "ahead_minor": ahead,
               "last_on": covered_until(last) - timedelta(days=1)}  # fmt: skip
        _set_aside_above(plan, row, key, household, {**shown, "expected_minor": most, **why})
        return None
    if part is not None and part.months_left:
        plan.counts["credits_minor"] += credited
        plan.counts["cancelled_minor"] += part.cancelled_minor
        if part.unpaid_minor:
            plan.remarks.append(_partly_paid(row, part, asked.mutual.currency))
    if paid < expected:
        plan.remarks.append(row.fault("LOAN_CONTRIBUTION_BELOW", "contribution_minor", **shown))
    return _Loan(row, key, match, last, action, expected, paid)


def _settled(plan: Plan, row: TableRow, key: str, otherwise: AsideSettlement) -> None:
    """A row that was settled otherwise stays so; said otherwise now, it is set aside."""
    is_same = otherwise.content_hash == content_hash(row.values)
    kept_back: int | None = row.get("contribution_minor")
    action = Action.SETTLED if is_same else Action.ASIDE
    plan.lines.append(_line(row, action, key, kept_back, otherwise.household))
    if not is_same:
        why = {"day": otherwise.settled_on, "person": str(otherwise.settled_by)}
        plan.remarks.append(
            row.fault("LOAN_SETTLED_OTHERWISE", "loan_number", client=_name(row), **why)
        )


def _set_aside(plan: Plan, row: TableRow, key: str, household: Household, why: Finding) -> None:
    """A client of whom nothing is written: listed with what was kept back, and why."""
    kept_back: int | None = row.get("contribution_minor")
    plan.lines.append(_line(row, Action.ASIDE, key, kept_back, household))
    plan.remarks.append(why)


def _set_aside_above(
    plan: Plan, row: TableRow, key: str, household: Household, shown: Mapping[str, Any]
) -> None:
    """More was kept back than is owed: set aside with why."""
    if shown.get("credit_minor"):
        code = "LOAN_ASIDE_CREDITED"
    else:
        code = "LOAN_ASIDE_AHEAD" if shown.get("ahead_minor") else "LOAN_CONTRIBUTION_ABOVE"
    why = row.fault(code, "contribution_minor", client=_name(row), **shown)
    _set_aside(plan, row, key, household, why)


def _partly_paid(row: TableRow, part: SettledContribution, currency: str) -> Finding:
    """What is told of an earlier contribution not wholly paid."""
    return row.fault("REFINANCE_PARTLY_PAID", "loan_number", currency=currency,
                     unpaid_minor=part.unpaid_minor, cancelled_minor=part.cancelled_minor,
                     remaining_minor=part.still_due_minor)  # fmt: skip


def _cover_here(
    asked: Asked, plan: Plan, row: TableRow, key: str, match: Match, last: Membership
) -> _Loan | None:
    """A loan whose cover was entered at the desk: what the lender kept back pays for it."""
    owed = sum(
        due.remaining_minor
        for due in last.dues.filter(payer=Payer.HOUSEHOLD, cancelled_on__isnull=True)
    )
    paid: int = row.get("contribution_minor", owed)
    if owed <= 0 or paid <= 0:
        plan.lines.append(_known(row, key, match.household))
        return None
    shown = {"expected_minor": owed, "found_minor": paid, "currency": asked.mutual.currency}
    if paid > owed:
        _set_aside_above(plan, row, key, match.household, shown)
        return None
    if paid < owed:
        plan.remarks.append(row.fault("LOAN_CONTRIBUTION_BELOW", "contribution_minor", **shown))
    return _Loan(row, key, match, last, Action.PAY, owed, paid)


def _product(asked: Asked, last: Membership) -> Product:
    """The product asked for, else the lender's, else the family's own."""
    group = asked.options.group
    return asked.options.product or (group.product if group and group.product else last.product)


def _price(asked: Asked, row: TableRow, product: Product, persons: list[Person], day: date) -> int:
    """What the household owes for the cover of a loan, by the product's formula."""
    _, rules = asked.versions.on(product, day)
    composition = replace(
        composition_of(
            [person_facts(person) for person in persons],
            rules.membership,
            day,
            is_first_enrolment=False,
            loan_minor=row.values["loan_minor"],
        ),
        pays_at_once=True,  # the lender keeps it back at the disbursement
    )
    return contribution_due(rules, composition).household_minor


def _name(row: TableRow) -> str:
    return f"{row.text('name')} {row.text('given_name')}".strip()


def _line(
    row: TableRow,
    action: Action,
    key: str,
    amount_minor: int | None = None,
    household: Household | None = None,
) -> Line:
    return Line(
        action, row.place(), f"{_name(row)} · {row.text('loan_number')}", row=row.number, key=key,
        amount_minor=amount_minor, day=row.values["disbursed_on"],
        household_uid=household.uid if household is not None else None,
        household_number=household.number if household is not None else row.text("client_number"),
    )  # fmt: skip


def _known(row: TableRow, key: str, household: Household | None = None) -> Line:
    """What is here already, with the amount that the file says."""
    amount: int | None = row.get("contribution_minor")
    return _line(row, Action.KNOWN, key, amount, household)


def _count(plan: Plan, loans: list[_Loan], rows: list[TableRow]) -> None:
    """The figures: the file's sum and what it does not say = received + here already + aside +
    settled otherwise."""
    for each in rows:
        plan.counts["told_minor"] += each.get("contribution_minor", 0)
    for loan in loans:
        if "contribution_minor" not in loan.row.values:
            plan.counts["supposed_minor"] += loan.paid_minor
    for line in plan.lines:
        if line.action is Action.KNOWN:
            plan.counts["known_minor"] += line.amount_minor or 0
        elif line.action in (Action.ASIDE, Action.UNMATCHED):
            plan.counts["aside_minor"] += line.amount_minor or 0
        elif line.action is Action.SETTLED:
            plan.counts["settled_minor"] += line.amount_minor or 0
    plan.counts["settled"] = sum(line.action is Action.SETTLED for line in plan.lines)
    plan.counts["aside"] = sum(line.action is Action.ASIDE for line in plan.lines)
    plan.counts["renewals"] = sum(loan.action is Action.RENEW for loan in loans)
    plan.counts["refinanced"] = sum(loan.action is Action.REFINANCE for loan in loans)
    plan.counts["payments"] = sum(loan.paid_minor > 0 for loan in loans)
    plan.counts["payments_minor"] = sum(loan.paid_minor for loan in loans)
    plan.counts["unmatched"] = sum(line.action is Action.UNMATCHED for line in plan.lines)
    plan.counts["known"] = sum(line.action is Action.KNOWN for line in plan.lines)


def _write(
    asked: Asked, run: ImportRun, loans: list[_Loan], lender: PartnerGroup, account: Account
) -> None:
    kept = []
    for done, loan in enumerate(loans, start=1):
        membership = _carry_out(asked, run, loan, lender, account)
        kept.append(
            Kept(
                loan.key,
                content_hash(loan.row.values),
                "enrolment.Membership",
                membership.uid,
            )
        )
        if done % _TOLD_EVERY == 0 or done == len(loans):
            asked.progress("renewals", done, len(loans))
    keep_rows(run, "loans", kept)


def _carry_out(
    asked: Asked, run: ImportRun, loan: _Loan, lender: PartnerGroup, account: Account
) -> Membership:
    row, household = loan.row, loan.match.household
    common: dict[str, Any] = {"mutual": asked.mutual, "actor": asked.actor, "on": asked.on}
    key, number = f"{run.uid}-{row.number}", row.text("loan_number")
    said = {
        "membership": loan.last,
        "product": _product(asked, loan.last),
        "loan_minor": row.values["loan_minor"],
        "loan_reference": number,
    }
    day = row.values["disbursed_on"]
    if loan.action is Action.PAY:
        membership = loan.last
    elif loan.action is Action.REFINANCE:
        membership = refinance_membership(
            **common, **said, idempotency_key=f"{key}-cover", refinanced_on=day
        )
    else:
        membership = renew_membership(
            **common, **said, idempotency_key=f"{key}-cover", renewed_on=day, pays_at_once=True
        )
    if loan.paid_minor > 0:
        record_contribution_payment(
            **common,
            idempotency_key=f"{key}-paid",
            household=household,
            amount_minor=loan.paid_minor,
            channel=Channel.LENDER,
            treasury_account=account,
            paid_on=day,
            external_reference=f"{lender.code}/{number}"[:80],
            payer_name=lender.name,
        )
    if loan.match.is_new:
        link_client(
            **common, idempotency_key=f"{key}-client", lender=lender,
            number=row.text("client_number"), household=household,
        )  # fmt: skip
    if row.text("savings_account"):
        note_payout_account(
            **common, idempotency_key=f"{key}-account", household=household,
            institution=lender.name[:120], number=row.text("savings_account"),
            holder_name=_name(row),
        )  # fmt: skip
    return membership
