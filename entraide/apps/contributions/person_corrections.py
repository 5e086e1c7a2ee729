"""The facts of a person put right, and what a birth put right changes of what the family owes.

The price counts adults and children by their births. A cover that still runs, or has not begun,
is priced again as it was the first time, with the birth as it should have been: what is missing
becomes due as a supplement, what is too much is taken off what the dues leave to pay, the last one
first; what was paid already stays until its receipt is given back, and is taken off then. A cover
that is over keeps its price.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.dues import (
    DueDraft,
    due_drafts,
    further_due_drafts,
    supplement_draft,
)
from entraide.apps.contributions.lowering import lower_due
from entraide.apps.contributions.models import (
    ContributionDue,
    ContributionPayment,
    DueKind,
    Payer,
)
from entraide.apps.contributions.overpayments import corrected_minor
from entraide.apps.contributions.services import record_dues
from entraide.apps.contributions.terms import Terms, priced_composition, terms_of
from entraide.apps.enrolment.corrections import (
    PersonFile,
    corrected_file,
    record_correction,
)
from entraide.apps.enrolment.facts import covered_until
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_on
from entraide.core.periods import Period
from entraide.core.product import Product
from entraide.core.rating import HouseholdComposition


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What one payer owes for one cover, before and after a correction, in minor units.

    ``credited_minor`` of what it lowers can be taken back from open dues; ``overpaid_minor`` was
    paid already and is given back, or kept for what follows, by whoever may reverse a receipt.
    """

    membership: Membership
    payer: Payer
    before_minor: int
    after_minor: int
    credited_minor: int = 0
    overpaid_minor: int = 0

    @property
    def difference_minor(self) -> int:
        """What is added; below zero when the price goes down."""
        return self.after_minor - self.before_minor


@command("correct_person", right=Right.ENROL)
def correct_person(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    file: PersonFile,
    mother: Person | None = None,
    reason: str = "",
    shown: Mapping[str, Any] | None = None,
) -> Person:
    """The facts of a person as they shall be, with what they change of what the family owes.

    See ``enrolment.corrections.record_correction`` for the refusals and :func:`price_changes` for
    the difference: it is written in the history with the reason of the correction. ``shown``: what
    the page showed, of which only what was changed is written (``corrections.corrected_file``).
    """
    person = Person.objects.select_related("household").select_for_update().get(pk=person.pk)
    file, mother = corrected_file(person, file, mother, shown)
    changes = price_changes(person, file, on)
    act = Act(actor, on, reason=reason)
    record_correction(act=act, person=person, file=file, mother=mother)
    for each in changes:
        if each.difference_minor > 0:
            _raise_supplement(each, act)
        else:
            _take_back(each, act)
        before, after = (str(minor) for minor in (each.before_minor, each.after_minor))
        note(act, person.household, Change.PRICE, person=person, before=before, after=after)
        if each.overpaid_minor:
            paid = str(each.overpaid_minor)
            note(act, person.household, Change.OVERPAID, person=person, after=paid)
    return person


def price_changes(person: Person, file: PersonFile, on: date) -> tuple[PriceChange, ...]:
    """What the facts of ``file`` would change of the price of each cover not over on a day.

    Nothing is recorded. The cover is priced twice by the rules, the terms and the persons of its
    first day and of each later entry: as the register stands, and as it would. What exemptions and
    cancellations did to its dues since is left as it is.
    """
    is_same = (file.birth_on, file.birth_precision) == (person.birth_on, person.birth_precision)
    # A person who joined after the birth now told is refused by the correction itself.
    if is_same or file.birth_on > person.entered_on:
        return ()
    persons = list(person.household.persons.order_by("entered_on", "id"))
    corrected = [_with_birth(each, file) if each.pk == person.pk else each for each in persons]
    covers = person.household.memberships.select_related("product").order_by("effective_from")
    found: list[PriceChange] = []
    for membership in covers.filter(effective_until__gt=on):
        if covered_until(membership) > on:
            found += _changes_of(membership, persons, corrected)
    return tuple(found)


def _with_birth(person: Person, file: PersonFile) -> Person:
    changed = copy.copy(person)
    changed.birth_on, changed.birth_precision = file.birth_on, file.birth_precision
    return changed


def _changes_of(
    membership: Membership, persons: Sequence[Person], corrected: Sequence[Person]
) -> list[PriceChange]:
    _, rules = product_on(membership.product, membership.effective_from)
    terms = terms_of(membership)
    before, after = (_prices(membership, rules, terms, each) for each in (persons, corrected))
    found = []
    for payer in Payer:
        was, now = before[payer], after[payer]
        if was == now:
            continue
        open_minor = sum(due.remaining_minor for due in _open(membership, payer))
        lower_minor = max(was - now, 0)
        credited = min(lower_minor, open_minor)
        found.append(PriceChange(membership, payer, was, now, credited, lower_minor - credited))
    return found


def _prices(
    membership: Membership, rules: Product, terms: Terms, persons: Sequence[Person]
) -> Counter[Payer]:
    """What each payer owes in all for a cover: its first price, then what each entry added."""
    period = Period(membership.effective_from, membership.effective_until)
    priced_on = max(membership.effective_from, membership.enrolled_on)

    def composition(those: Sequence[Person], day: date) -> HouseholdComposition:
        return priced_composition(those, rules.membership, membership, day, terms)

    first = [each for each in persons if each.entered_on <= priced_on]
    drafts: list[DueDraft] = [*due_drafts(rules, composition(first, priced_on), period)]
    for later in persons:
        day = later.lapse_until or later.entered_on
        # A newborn only declared owes nothing; who entered after the cover was not priced in it.
        if day <= priced_on or day >= period.until or later.provisional_until is not None:
            continue
        drafts += further_due_drafts(
            rules, composition(first, day), composition([*first, later], day), period, day
        )
        first.append(later)
    totals: Counter[Payer] = Counter()
    for draft in drafts:
        totals[draft.payer] += draft.amount_minor
    return totals


def _open(membership: Membership, payer: Payer) -> list[ContributionDue]:
    """The contributions of a cover that leave something to pay, the last one first."""
    return list(
        ContributionDue.objects.filter(
            membership=membership,
            payer=payer,
            kind=DueKind.CONTRIBUTION,
            cancelled_on__isnull=True,
            paid_minor__lt=F("amount_minor"),
        ).order_by("-due_on", "-document_number")
    )


def _raise_supplement(change: PriceChange, act: Act) -> None:
    membership = change.membership
    _, rules = product_on(membership.product, membership.effective_from)
    period = Period(membership.effective_from, membership.effective_until)
    draft = supplement_draft(
        rules, change.payer, change.difference_minor, period, max(act.on, period.start)
    )
    record_dues(
        membership=membership, drafts=[draft], occurred_on=act.on, actor=act.actor, on=act.on
    )


def _take_back(change: PriceChange, act: Act) -> None:
    _take_off(change.membership, change.payer, change.credited_minor, act)


def _take_off(membership: Membership, payer: Payer, amount_minor: int, act: Act) -> None:
    """Take an amount off what the dues of a cover leave to pay, the last one first."""
    left_minor = amount_minor
    for due in _open(membership, payer):
        taken_minor = min(left_minor, due.remaining_minor)
        if taken_minor:
            lower_due(due=due, by_minor=taken_minor, actor=act.actor, on=act.on, reason=act.reason)
            left_minor -= taken_minor


def take_off_given_back(payment: ContributionPayment, household: Household, act: Act) -> None:
    """A receipt of ``household`` is given back or moved: what a price corrected downwards had left
    paid too much is not owed again, inside the caller's transaction.

    Of each cover no more than what its dues still ask beyond its price of today: another receipt
    of the family, or an exemption since, changes nothing here.
    """
    if payment.payer != Payer.HOUSEHOLD:
        return
    left_minor = corrected_minor([household.pk], besides=payment).get(household.pk, (0, act.on))[0]
    covers = household.memberships.select_related("product", "household").filter(
        pk__in=payment.allocations.values("due__membership")
    )
    for membership in covers.order_by("-effective_from", "-id"):
        if left_minor > 0:
            taken_minor = min(left_minor, payment.amount_minor, _beyond_price(membership))
            _take_off(membership, Payer.HOUSEHOLD, taken_minor, act)
            left_minor -= taken_minor


def _beyond_price(membership: Membership) -> int:
    """What the family's dues of a cover leave to pay beyond its price by today's register."""
    _, rules = product_on(membership.product, membership.effective_from)
    persons = list(membership.household.persons.order_by("entered_on", "id"))
    price_minor = _prices(membership, rules, terms_of(membership), persons)[Payer.HOUSEHOLD]
    standing = membership.dues.filter(payer=Payer.HOUSEHOLD, cancelled_on__isnull=True)
    sums = standing.aggregate(called=Sum("amount_minor", default=0))
    open_minor = sum(due.remaining_minor for due in _open(membership, Payer.HOUSEHOLD))
    return max(0, min(open_minor, sums["called"] - price_minor))
