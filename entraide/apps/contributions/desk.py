"""What the desk asks beyond one command: a price before anything is recorded, two acts at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django_scopes import scope

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.prepared import forget_read, reading_once
from entraide.apps.access.records import whole_mutual
from entraide.apps.access.services import record_audit
from entraide.apps.contributions.dues import DueDraft, due_drafts
from entraide.apps.contributions.models import Channel, ContributionPayment, Payer
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.services import enrol_household, read_ahead
from entraide.apps.contributions.terms import at_once, named_drafts, terms_at_renewal, with_terms
from entraide.apps.enrolment.contracts import contracts_on, require_open_group, require_signed
from entraide.apps.enrolment.facts import (
    PersonEntry,
    covered_until,
    entry_facts,
    person_facts,
    present_on,
)
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup
from entraide.apps.ledger.models import Account
from entraide.apps.schemes.commands import as_one, key_of_step
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right, require_right
from entraide.apps.schemes.selectors import product_on
from entraide.core.enrolment import (
    ENROLMENT_REMARKS,
    EnrolmentFacts,
    check_enrolment,
    composition_of,
)
from entraide.core.errors import Finding, Refusal
from entraide.core.ledger import AccountRole
from entraide.core.periods import Period
from entraide.core.rating import cover_period, months_ahead, renewal_period

CHANNEL_OF_ROLE: dict[str, Channel] = {
    AccountRole.CASH: Channel.CASH,
    AccountRole.BANK: Channel.BANK,
    AccountRole.MICROFINANCE: Channel.BANK,
    AccountRole.MOBILE_MONEY: Channel.MOBILE_MONEY,
}


@dataclass(frozen=True, slots=True)
class Quote:
    """What a cover will make due, worked out and not recorded, in minor units.

    ``remarks`` are said without refusing (a photo to bring); their places are ``persons[i]``.
    """

    period: Period
    drafts: tuple[DueDraft, ...]
    remarks: tuple[Finding, ...] = ()

    @property
    def of_household(self) -> tuple[DueDraft, ...]:
        """What the household itself will owe."""
        return tuple(draft for draft in self.drafts if draft.payer is Payer.HOUSEHOLD)

    @property
    def of_others(self) -> tuple[DueDraft, ...]:
        """What the employer or the State will owe for it."""
        return tuple(draft for draft in self.drafts if draft.payer is not Payer.HOUSEHOLD)

    @property
    def total_minor(self) -> int:
        """What the household will owe in all."""
        return sum(draft.amount_minor for draft in self.of_household)

    @property
    def first_minor(self) -> int:
        """What the household is to bring first: fees and the first instalment."""
        first_on = min((draft.due_on for draft in self.of_household), default=self.period.start)
        return sum(draft.amount_minor for draft in self.of_household if draft.due_on == first_on)


def quote_enrolment(
    *,
    product: Product,
    enrolled_on: date,
    persons: Sequence[PersonEntry],
    on: date,
    loan_minor: int | None = None,
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
    group: PartnerGroup | None = None,
) -> Quote:
    """The cover and the price of a family about to join.

    Refused with ``PRODUCT_NOT_IN_FORCE``, ``COMPOSITION_INVALID``, ``LOAN_MISSING`` …: what the
    price depends on is not known; with what ``require_open_group`` says of its group.
    """
    if group is not None:
        require_open_group(group, product, enrolled_on)
    _, rules = product_on(product, enrolled_on)
    period = cover_period(rules.membership, enrolled_on)
    _, rules = product_on(product, period.start)
    priced_on = max(period.start, enrolled_on)
    facts = tuple(
        entry_facts(entry, key=f"persons[{index}]", entered_on=enrolled_on)
        for index, entry in enumerate(persons)
    )
    composition = replace(
        composition_of(facts, rules.membership, priced_on, loan_minor=loan_minor),
        income_minor=income_minor,
        pays_at_once=at_once(rules.contribution, pays_at_once, lambda: group),
        months_ahead=months_ahead(enrolled_on, period.start),
    )
    findings = check_enrolment(EnrolmentFacts(enrolled_on, facts), rules, on)
    return Quote(period, due_drafts(rules, composition, period), _remarks(findings))


def quote_renewal(
    *,
    membership: Membership,
    renewed_on: date,
    product: Product | None = None,
    loan_minor: int | None = None,
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
) -> Quote:
    """The cover and the price that would follow a membership; see :func:`quote_enrolment`."""
    chosen = product or membership.product
    _, rules = product_on(chosen, renewed_on)
    until = covered_until(membership)
    if until > membership.effective_from:
        previous = Period(membership.effective_from, until)
        period = renewal_period(rules.membership, previous, renewed_on)
    else:
        period = cover_period(rules.membership, renewed_on)
    if (group := membership.household.group) is not None:
        require_signed(group, chosen, contracts_on(group, period.start))
    _, rules = product_on(chosen, period.start)
    priced_on = max(period.start, renewed_on)
    persons = present_on(membership.household.persons.all(), priced_on)
    composition = composition_of(
        (person_facts(person) for person in persons),
        rules.membership,
        priced_on,
        is_first_enrolment=False,
        loan_minor=loan_minor,
    )
    terms = terms_at_renewal(
        membership.household,
        rules.contribution,
        renewed_on=renewed_on,
        starts_on=period.start,
        income_minor=income_minor,
        pays_at_once=pays_at_once,
    )
    drafts = due_drafts(rules, with_terms(composition, terms), period)
    return Quote(period, named_drafts(drafts, terms))


def _remarks(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.code in ENROLMENT_REMARKS)


@dataclass(frozen=True, slots=True)
class MoneyReceived:
    """Money on the table: how much, where it goes, the operator's number for mobile money."""

    amount_minor: int
    treasury_account: Account
    external_reference: str = ""

    @property
    def channel(self) -> Channel:
        """How it came, as the account that received it tells."""
        return CHANNEL_OF_ROLE[self.treasury_account.role]


def enrol_with_payment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    money: MoneyReceived,
    enrolled_on: date,
    **content: Any,
) -> tuple[Household, ContributionPayment]:
    """A household joins and pays in one act: both are recorded, or neither.

    ``content`` is that of ``enrol_household``. The refusal of either is raised and journaled.
    """

    def both() -> tuple[Household, ContributionPayment]:
        with _read_ahead(mutual, actor, on, enrolled_on, content), transaction.atomic():
            household = enrol_household(
                mutual=mutual,
                actor=actor,
                on=on,
                idempotency_key=idempotency_key,
                enrolled_on=enrolled_on,
                **content,
            )
            payment = record_contribution_payment(
                mutual=mutual,
                actor=actor,
                on=on,
                idempotency_key=key_of_step(idempotency_key, "payment"),
                household=household,
                amount_minor=money.amount_minor,
                channel=money.channel,
                treasury_account=money.treasury_account,
                paid_on=enrolled_on,
                external_reference=money.external_reference,
            )
        return household, payment

    try:
        return as_one(both)
    except Refusal as refusal:
        # What the two commands journaled was undone with them.
        record_audit(
            kind=AuditKind.REFUSAL,
            mutual=mutual,
            actor=actor,
            code=refusal.code,
            subject="enrol_household",
            details={"place": refusal.place, "key": idempotency_key},
        )
        raise


@contextmanager
def _read_ahead(
    mutual: Mutual, actor: User, on: date, enrolled_on: date, content: Mapping[str, Any]
) -> Iterator[None]:
    """Read before the transaction what its two commands would read inside of steady rows."""
    with reading_once():
        with scope(mutual=mutual), whole_mutual():
            require_right(actor, mutual, Right.ENROL, on)
            read_ahead(mutual=mutual, on=on, enrolled_on=enrolled_on, **content)
        try:
            yield
        finally:
            forget_read()
