"""Commands that make a contribution due, receive it, or take one of both back.

A cover always comes with its dues: enrolling, renewing and adding a dependant are commands of
this layer, which records the cover through ``enrolment.covers`` and raises what is owed, in one
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.db.models import F, Sum

from entraide.apps.access.models import User
from entraide.apps.access.prepared_writes import PreparedInsert
from entraide.apps.contributions.advances import use_advance
from entraide.apps.contributions.dues import (
    DueDraft,
    due_drafts,
    due_entry,
    further_due_drafts,
    party_of,
)
from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.contributions.terms import (
    keep_terms,
    named_drafts,
    priced_composition,
    terms_for,
    terms_of,
)
from entraide.apps.enrolment.asked_about import require_told_apart
from entraide.apps.enrolment.checks import require_timely
from entraide.apps.enrolment.covers import record_dependant, record_household, record_renewal
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.papers import UNSIGNED, Signature, paper_on
from entraide.apps.enrolment.selectors import persons_of
from entraide.apps.ledger.selectors import entry_by_document
from entraide.apps.ledger.services import Draft, accounts_of, post_entries_in_bulk, reverse_posted
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.choices import ARREARS_BEFORE_REENTRY
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.numbering import document_number, next_numbers
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_on
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.core.rating import cover_period


def read_ahead(
    *, mutual: Mutual, on: date, product: Product, enrolled_on: date, **_content: Any
) -> None:
    """Read what recording a family and its dues asks of steady rows, before the transaction."""
    paper_on(mutual, enrolled_on)
    accounts_of(mutual)
    with suppress(Refusal):  # said where the whole form is checked
        _, rules = product_on(product, enrolled_on)
        product_on(product, cover_period(rules.membership, enrolled_on).start)


@command("enrol_household", right=Right.ENROL, reads=read_ahead)
def enrol_household(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    product: Product,
    enrolled_on: date,
    persons: tuple[PersonEntry, ...],
    group: PartnerGroup | None = None,
    area: Area | None = None,
    address: str = "",
    phone: str = "",
    declared_size: int | None = None,
    declared_group_size: int | None = None,
    loan_minor: int | None = None,
    loan_reference: str = "",
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
    source: str = "direct",
    signature: Signature = UNSIGNED,
    late_reason: str = "",
) -> Household:
    """A household joins: it, its persons, its first cover, and what it owes for it.

    The household takes the next number ``F-<year>-<nnnnn>``, its persons that number and their
    rank. ``income_minor`` is declared by the month, for products that ask for it; with
    ``pays_at_once`` the household pays in one part, and has that discount; None leaves the plan to
    its group (``terms.at_once``). Every fault of the form
    is refused at once (:class:`~entraide.core.errors.RefusedRows`, places such as
    ``persons[2].birth_on``); see ``enrolment.covers.record_household``, then who was entered while
    the door asked (``asked_about.require_told_apart``). A paper signed longer ago
    than the mutual allows needs ``late_reason`` and whoever may mend the register.
    """
    is_late = require_timely(mutual, actor, enrolled_on, on, late_reason, source)
    membership, joined = record_household(
        mutual=mutual,
        on=on,
        product=product,
        enrolled_on=enrolled_on,
        persons=persons,
        group=group,
        area=area,
        address=address,
        phone=phone,
        declared_size=declared_size,
        declared_group_size=declared_group_size,
        loan_minor=loan_minor,
        loan_reference=loan_reference,
        source=source,
        signature=signature,
    )
    require_told_apart(mutual, persons, joined)
    if is_late:
        act = Act(actor, on, occurred_on=enrolled_on, reason=late_reason)
        note(act, membership.household, Change.ENROLLED_LATE)
    raise_contributions(
        membership=membership,
        actor=actor,
        on=on,
        persons=joined,
        income_minor=income_minor,
        pays_at_once=pays_at_once,
    )
    return membership.household


@command("renew_membership", right=Right.ENROL)
def renew_membership(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    membership: Membership,
    renewed_on: date,
    product: Product | None = None,
    loan_minor: int | None = None,
    loan_reference: str = "",
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
) -> Membership:
    """The next cover of a household, with the same product or another, and what it owes for it.

    See ``enrolment.covers.renewal_terms`` for the days, the seniority and the refusals; where the
    mutual wants it, a family that comes back after days without cover pays its arrears first.
    """
    arrears_first = ARREARS_BEFORE_REENTRY.of(mutual)
    renewal = record_renewal(
        previous=membership,
        on=on,
        renewed_on=renewed_on,
        product=product,
        loan_minor=loan_minor,
        loan_reference=loan_reference,
        arrears_minor=_overdue_minor(membership.household, on) if arrears_first else 0,
        arrears_first=arrears_first,
    )
    raise_contributions(
        membership=renewal,
        actor=actor,
        on=on,
        income_minor=income_minor,
        pays_at_once=pays_at_once,
    )
    return renewal


def _overdue_minor(household: Household, on: date) -> int:
    """What the household itself let pass before a day, in minor units."""
    owed = ContributionDue.objects.filter(
        household=household,
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        due_on__lt=on,
        paid_minor__lt=F("amount_minor"),
    )
    total = owed.aggregate(total=Sum(F("amount_minor") - F("paid_minor"), default=0))["total"]
    return int(total)


@command("add_dependant", right=Right.ENROL)
def add_dependant(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    membership: Membership,
    entry: PersonEntry,
    entered_on: date,
) -> Person:
    """A person enters a household during its cover, and what the price adds for them is due.

    See ``enrolment.covers.record_dependant`` and ``dues.further_due_drafts``.
    """
    household = membership.household
    before = list(household.persons.all())
    person = record_dependant(
        household=household, membership=membership, entry=entry, entered_on=entered_on, on=on
    )
    require_told_apart(mutual, [entry], [person])
    raise_further_dues(
        membership=membership,
        before=before,
        person=person,
        occurred_on=entered_on,
        actor=actor,
        on=on,
    )
    note(Act(actor, on, occurred_on=entered_on), household, Change.ENTERED, person=person)
    return person


def raise_further_dues(
    *,
    membership: Membership,
    before: list[Person],
    person: Person,
    occurred_on: date,
    actor: User,
    on: date,
) -> list[ContributionDue]:
    """What the price of a running cover adds for one person more, beside those ``before``."""
    drafts = further_drafts(
        membership=membership, before=before, person=person, occurred_on=occurred_on
    )
    return record_dues(
        membership=membership, drafts=drafts, occurred_on=occurred_on, actor=actor, on=on
    )


def further_drafts(
    *, membership: Membership, before: list[Person], person: Person, occurred_on: date
) -> tuple[DueDraft, ...]:
    """What a person more will make due, worked out and not recorded."""
    _, rules = product_on(membership.product, membership.effective_from)
    terms = terms_of(membership)
    return further_due_drafts(
        rules,
        priced_composition(before, rules.membership, membership, occurred_on, terms),
        priced_composition([*before, person], rules.membership, membership, occurred_on, terms),
        Period(membership.effective_from, membership.effective_until),
        occurred_on,
    )


def raise_contributions(
    *,
    membership: Membership,
    actor: User,
    on: date,
    persons: Sequence[Person] | None = None,
    income_minor: int | None = None,
    pays_at_once: bool | None = None,
) -> list[ContributionDue]:
    """Everything due for a cover just recorded, at the rules of its first day; each due posted.

    Called once, by the command that records the cover. A household is priced as it stands when
    cover begins, or on the enrolment when that comes later. ``persons``: its persons, where they
    are at hand.
    """
    _, rules = product_on(membership.product, membership.effective_from)
    period = Period(membership.effective_from, membership.effective_until)
    priced_on = max(membership.effective_from, membership.enrolled_on)
    if persons is None:
        persons = persons_of(membership.household)
    terms = terms_for(
        membership, rules.contribution, income_minor=income_minor, pays_at_once=pays_at_once
    )
    keep_terms(membership, terms, rules)
    composition = priced_composition(persons, rules.membership, membership, priced_on, terms)
    return record_dues(
        membership=membership,
        drafts=named_drafts(due_drafts(rules, composition, period), terms),
        occurred_on=membership.enrolled_on,
        actor=actor,
        on=on,
    )


def record_dues(
    *,
    membership: Membership,
    drafts: Iterable[DueDraft],
    occurred_on: date,
    actor: User,
    on: date,
    uses_advance: bool = True,
) -> list[ContributionDue]:
    """Number, record and post dues, inside the caller's transaction.

    What the family had paid ahead before the books opened pays them, unless ``uses_advance`` is
    false: they take the place of a due that still stands.
    """
    household, mutual = membership.household, membership.mutual
    dues, entries, drafts = [], [], tuple(drafts)
    if not drafts:
        return []
    first = next_numbers(mutual=mutual, prefix="APP", on=on, count=len(drafts))
    for taken, draft in enumerate(drafts, start=first):
        number = document_number("APP", on.year, taken)
        entry = due_entry(
            draft,
            document_number=number,
            occurred_on=occurred_on,
            party=party_of(household.uid),
            label=household.number,
        )
        due = ContributionDue(
            mutual=mutual,
            membership=membership,
            household=household,
            document_number=number,
            **draft.fields(),
        )
        dues.append(due)
        entries.append(Draft(entry, on, actor))
    post_entries_in_bulk(mutual=mutual, drafts=entries)
    for due in dues:
        _NEW_DUE.one(due)
    if uses_advance:
        use_advance(household, actor=actor, on=on)
    return dues


_NEW_DUE = PreparedInsert(ContributionDue)


@command("cancel_due", right=Right.REVERSE)
def cancel_due(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    due: ContributionDue,
    reason: str,
) -> ContributionDue:
    """A due that nobody owes any more, taken back by a reversal entry.

    The cover goes on. For what was raised in error: a family that need not pay is exempted
    (``contributions.exemptions``), and who pays instead then owes it. Refused with
    ``REASON_MISSING``, ``DUE_ALREADY_CANCELLED`` or, when money has been received for it,
    ``DUE_PAID``: the payment is reversed first.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    return take_back(due=due, actor=actor, on=on, reason=reason)


def take_back(*, due: ContributionDue, actor: User, on: date, reason: str) -> ContributionDue:
    """Cancel an open due by a reversal entry, inside the caller's transaction."""
    mutual = due.mutual
    due = ContributionDue.objects.select_for_update().get(pk=due.pk)
    if due.cancelled_on is not None:
        raise Refusal(
            "DUE_ALREADY_CANCELLED", document_number=due.document_number, day=due.cancelled_on
        )
    if due.paid_minor > 0:
        raise Refusal(
            "DUE_PAID",
            document_number=due.document_number,
            paid_minor=due.paid_minor,
            currency=mutual.currency,
        )
    due.cancelled_on = on
    due.save(update_fields=["cancelled_on"])
    entry = entry_by_document(mutual, due.document_number)
    reverse_posted(mutual=mutual, entry=entry, actor=actor, on=on, reason=reason)
    return due
